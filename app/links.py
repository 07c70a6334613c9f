"""Signed links: what a page may do for whoever holds its address, without a login.

A token names its purpose, so that one made for one page opens no other, and says nothing
beyond random ids. The first of ``LINK_KEYS`` signs, all of them are accepted; the key that
is derived from ``DANGOL_INDEX_KEY`` always is, so that no link dies before its time because
nobody thought of it. Tokens do not expire by themselves.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from itsdangerous import BadSignature, Signer

LENGTH_MAX = 500
INFO = b"dangol links"


def sign(purpose: str, payload: bytes) -> str:
    """Return a token for an address: ``payload`` can be read by anyone, but not made."""
    text = base64.urlsafe_b64encode(payload).rstrip(b"=")
    return _signer(purpose).sign(text).decode()


def read(purpose: str, token: str) -> bytes | None:
    """Return what was signed for ``purpose``; None for anything else, whatever it is."""
    if len(token) > LENGTH_MAX or not token.isascii():
        return None
    try:
        text = _signer(purpose).unsign(token)
        return base64.b64decode(text + b"=" * (-len(text) % 4), b"-_", validate=True)
    except (BadSignature, binascii.Error):
        return None


def keys_of(configured: Mapping[str, bytes], index_key: bytes) -> list[bytes]:
    """Return the keys from the oldest to the one that signs, as itsdangerous takes them.

    >>> len(keys_of({}, bytes(32))), keys_of({"b": b"2", "a": b"1"}, bytes(32))[1:]
    (1, [b'1', b'2'])
    """
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=INFO).derive(index_key)
    return [derived, *reversed(list(configured.values()))]


def _signer(purpose: str) -> Signer:
    config = current_app.config
    keys = keys_of(config["LINK_KEYS"], config["INDEX_KEY"])
    return Signer(
        keys,
        salt=f"dangol/{purpose}".encode(),
        sep=b".",
        key_derivation="hmac",
        digest_method=hashlib.sha256,
    )
