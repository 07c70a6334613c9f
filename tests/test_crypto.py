"""Sealed values open in their own cell, under a key that is there, and nowhere else."""

import uuid
from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app import crypto
from app.crypto import Cell, SealBroken

KEYS = {"k2": b"2" * 32, "k1": b"1" * 32}
CELL = Cell(uuid.UUID(int=1), "members", "phone", uuid.UUID(int=2))


@given(st.text(max_size=300))
def test_what_is_sealed_opens(text: str) -> None:
    assert crypto.decrypt(KEYS, crypto.encrypt(KEYS, text, CELL), CELL) == text


def test_the_first_key_seals_and_every_key_opens() -> None:
    old = crypto.encrypt({"k1": KEYS["k1"]}, "김단골", CELL)

    assert old.startswith(crypto.header_of("k1"))
    assert crypto.encrypt(KEYS, "김단골", CELL).startswith(crypto.header_of("k2"))
    assert crypto.decrypt(KEYS, old, CELL) == "김단골"


def test_a_value_does_not_open_without_its_key() -> None:
    sealed = crypto.encrypt(KEYS, "김단골", CELL)
    with pytest.raises(SealBroken, match="a key that is not"):
        crypto.decrypt({"k1": KEYS["k1"]}, sealed, CELL)
    with pytest.raises(SealBroken):
        crypto.decrypt({"k2": b"3" * 32}, sealed, CELL)


@pytest.mark.parametrize(
    "other",
    [
        replace(CELL, brand_id=uuid.UUID(int=9)),
        replace(CELL, table="orders"),
        replace(CELL, column="email"),
        replace(CELL, row_id=uuid.UUID(int=9)),
        # The same letters, parted elsewhere.
        replace(CELL, table="membersp", column="hone"),
    ],
)
def test_a_value_opens_in_its_own_cell_only(other: Cell) -> None:
    with pytest.raises(SealBroken):
        crypto.decrypt(KEYS, crypto.encrypt(KEYS, "010", CELL), other)


@given(st.data())
def test_a_changed_byte_is_noticed(data: st.DataObject) -> None:
    sealed = bytearray(crypto.encrypt(KEYS, "+821012345678", CELL))
    position = data.draw(st.integers(0, len(sealed) - 1))
    sealed[position] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        crypto.decrypt(KEYS, bytes(sealed), CELL)


@given(st.binary(max_size=60))
def test_any_other_bytes_are_refused_the_same_way(junk: bytes) -> None:
    with pytest.raises(SealBroken):
        crypto.decrypt(KEYS, junk, CELL)


def test_equal_texts_are_sealed_differently() -> None:
    assert len({crypto.encrypt(KEYS, "김단골", CELL) for _ in range(50)}) == 50


def test_an_index_is_equal_for_equal_texts_of_one_brand_and_column_only() -> None:
    def index(brand: int = 1, table: str = "members", column: str = "phone", key: int = 7) -> bytes:
        return crypto.index_of(bytes([key]) * 32, uuid.UUID(int=brand), table, column, "010")

    assert index() == index()
    others = {index(brand=2), index(table="units"), index(column="email"), index(key=8)}
    assert len(others | {index()}) == 5


def test_the_keys_come_from_the_configuration(app: Flask) -> None:
    with app.app_context():
        sealed = crypto.seal("김단골", CELL)
        assert sealed.startswith(crypto.current_header())
        assert crypto.unseal(sealed, CELL) == "김단골"
        assert crypto.decrypt(app.config["ENCRYPTION_KEYS"], sealed, CELL) == "김단골"
        assert crypto.blind_index(CELL.brand_id, "members", "phone", "010") == crypto.index_of(
            app.config["INDEX_KEY"], CELL.brand_id, "members", "phone", "010"
        )
