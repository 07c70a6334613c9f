"""Personal data at rest: sealed with AES-256-GCM, found again by blind index.

A sealed value is bound to its cell (brand, table, column, row): moved anywhere else
it does not open. It begins with the id of its key, so that several keys can be in
use: the first one seals, all of them open (``DANGOL_ENCRYPTION_KEYS``).

A blind index is an HMAC-SHA-256 under a key of the brand and column, derived from
``DANGOL_INDEX_KEY``: equal values can be found, in one brand and column only, and
without the key nobody can try out phone numbers on a stolen copy of the database.

``seal``, ``unseal``, their twins for bytes and ``blind_index`` take the keys from the application's
configuration; the functions below them are pure.
"""

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

# The layout of a sealed value: this byte, the length of the key's id, the id, the
# nonce, the ciphertext with its tag. Another layout gets another first byte.
LAYOUT = 1
NONCE_LENGTH = 12


class SealBroken(Exception):
    """A sealed value does not open: wrong cell, missing key, or damaged."""


@dataclass(frozen=True)
class Cell:
    """The place of a sealed value."""

    brand_id: UUID
    table: str
    column: str
    row_id: UUID

    def binding(self) -> bytes:
        """Return the cell as bytes; no two cells give the same."""
        return _joined(
            self.brand_id.bytes, self.table.encode(), self.column.encode(), self.row_id.bytes
        )


def seal(text: str, cell: Cell) -> bytes:
    """Return ``text`` encrypted under the first key, for ``cell`` alone."""
    return encrypt(current_app.config["ENCRYPTION_KEYS"], text, cell)


def unseal(sealed: bytes, cell: Cell) -> str:
    """Return the text sealed in ``cell``.

    :raises SealBroken: it was sealed for another cell or under a key that is gone
    """
    return decrypt(current_app.config["ENCRYPTION_KEYS"], sealed, cell)


def seal_bytes(content: bytes, cell: Cell) -> bytes:
    """Return ``content``, a file, encrypted as :func:`seal` does."""
    return encrypt_bytes(current_app.config["ENCRYPTION_KEYS"], content, cell)


def unseal_bytes(sealed: bytes, cell: Cell) -> bytes:
    """Return the content sealed in ``cell``.

    :raises SealBroken: see :func:`unseal`
    """
    return decrypt_bytes(current_app.config["ENCRYPTION_KEYS"], sealed, cell)


def blind_index(brand_id: UUID, table: str, column: str, text: str) -> bytes:
    """Return what ``text`` is found by in one column of one brand."""
    return index_of(current_app.config["INDEX_KEY"], brand_id, table, column, text)


def current_header() -> bytes:
    """Return how every value begins that is sealed under the first key."""
    return header_of(_first(current_app.config["ENCRYPTION_KEYS"]))


def encrypt(keys: Mapping[str, bytes], text: str, cell: Cell) -> bytes:
    """Seal under the first of ``keys``, with a random nonce."""
    return encrypt_bytes(keys, text.encode(), cell)


def decrypt(keys: Mapping[str, bytes], sealed: bytes, cell: Cell) -> str:
    """Open with whichever of ``keys`` it was sealed under.

    :raises SealBroken: see :func:`unseal`
    """
    try:
        return decrypt_bytes(keys, sealed, cell).decode()
    except UnicodeDecodeError as error:
        raise SealBroken(f"{cell.table}.{cell.column} is no text") from error


def encrypt_bytes(keys: Mapping[str, bytes], content: bytes, cell: Cell) -> bytes:
    """Do :func:`encrypt` for any bytes."""
    key_id = _first(keys)
    header = header_of(key_id)
    nonce = os.urandom(NONCE_LENGTH)
    bound = header + cell.binding()
    return header + nonce + _cipher(keys[key_id]).encrypt(nonce, content, bound)


def decrypt_bytes(keys: Mapping[str, bytes], sealed: bytes, cell: Cell) -> bytes:
    """Do :func:`decrypt` for any bytes.

    :raises SealBroken: see :func:`unseal`
    """
    if len(sealed) < 2 or sealed[0] != LAYOUT:
        raise SealBroken("not a sealed value")
    end = 2 + sealed[1]
    header, nonce = sealed[:end], sealed[end : end + NONCE_LENGTH]
    ciphertext = sealed[end + NONCE_LENGTH :]
    key = keys.get(header[2:].decode(errors="replace"))
    if key is None:
        raise SealBroken("sealed under a key that is not in DANGOL_ENCRYPTION_KEYS")
    try:
        return _cipher(key).decrypt(nonce, ciphertext, header + cell.binding())
    except (InvalidTag, ValueError) as error:
        raise SealBroken(f"{cell.table}.{cell.column} does not open") from error


def header_in(sealed: bytes) -> bytes:
    """Return how a sealed value begins: the header of its key.

    >>> header_in(b"\\x01\\x02k1 and the rest")
    b'\\x01\\x02k1'
    """
    return sealed[: 2 + sealed[1]]


def header_of(key_id: str) -> bytes:
    """Return how every value sealed under ``key_id`` begins.

    >>> header_of("k1")
    b'\\x01\\x02k1'
    """
    encoded = key_id.encode()
    return bytes((LAYOUT, len(encoded))) + encoded


def index_of(index_key: bytes, brand_id: UUID, table: str, column: str, text: str) -> bytes:
    """Return the HMAC-SHA-256 of ``text`` under the key of this brand and column."""
    key = _index_key(index_key, brand_id, f"{table}.{column}")
    return hmac.digest(key, text.encode(), "sha256")


def _first(keys: Mapping[str, bytes]) -> str:
    return next(iter(keys))


def _joined(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)


@lru_cache(maxsize=32)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


@lru_cache(maxsize=4096)
def _index_key(index_key: bytes, brand_id: UUID, column: str) -> bytes:
    info = _joined(b"dangol blind index", brand_id.bytes, column.encode())
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(index_key)
