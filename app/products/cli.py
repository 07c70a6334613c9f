"""``flask import products``: a catalogue out of a shop's own files."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, validate

from app import imports
from app.csvfile import Column, whole_number
from app.imports import Importer
from app.products import rules, services
from app.products.errors import SkuInvalid
from app.products.schemas import RELATED_MAX
from app.web.fields import Count, PlainString
from app.web.messages import say

ACTOR = "import"
YES = ("y", "yes", "true", "1", "o", "예", "판매", "판매중", "판매함", "진열함", "정상")
NO = ("n", "no", "false", "0", "x", "아니요", "판매중지", "판매안함", "품절", "단종", "진열안함")
NOT_SOLD_OR_NOT = say("Neither Y nor N.", "판매 중이면 Y, 아니면 N으로 써 주세요.")
NOT_A_SKU = say(SkuInvalid.en, SkuInvalid.ko)

_SEPARATOR = re.compile(r"[,;|\n]")

COLUMNS = (
    Column(
        "sku",
        ("상품코드", "품목코드", "자체상품코드", "상품번호", "옵션코드", "품번"),
        required=True,
    ),
    Column("name", ("상품명", "품목명", "제품명", "product_name")),
    Column("category", ("카테고리", "상품분류", "분류")),
    Column("price", ("판매가", "판매단가", "단가", "가격")),
    Column("cost", ("원가", "매입가", "공급가", "상품원가", "매입단가")),
    Column("active", ("판매여부", "판매상태", "판매", "진열여부")),
    Column("complements", ("추가상품", "관련상품", "추가구성상품")),
    Column("upgrades", ("상위버전", "상위상품", "후속상품")),
)


class Sku(PlainString):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            return rules.sku_of(value)
        except SkuInvalid as error:
            raise ValidationError(NOT_A_SKU) from error


class Sold(fields.Field[bool]):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if value.casefold() in YES:
            return True
        if value.casefold() in NO:
            return False
        raise ValidationError(NOT_SOLD_OR_NOT)


class Skus(fields.Field[list[str]]):
    """Several SKUs in one cell: separated by a comma, a semicolon, ``|`` or a new line."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        named = [text.strip() for text in _SEPARATOR.split(value) if text.strip()]
        validate.Length(max=RELATED_MAX)(named)
        try:
            return [rules.sku_of(text) for text in named]
        except SkuInvalid as error:
            raise ValidationError(NOT_A_SKU) from error


@dataclass(frozen=True)
class ProductRow:
    """A row of the file: a product, and what the row says of it."""

    sku: str
    fields: Mapping[str, Any]


class RowIn(Schema):
    sku = Sku(required=True)
    name = PlainString(validate=validate.Length(1, 300))
    category = PlainString(validate=validate.Length(1, 100))
    price = Count()
    cost = Count()
    active = Sold()
    complements = Skus()
    upgrades = Skus()


_ROW = RowIn()


def read_row(cells: dict[str, str]) -> ProductRow:
    """Return a product as the API would take it; what a row does not say stays.

    :raises ValidationError: naming the columns at fault
    """
    values: dict[str, Any] = {
        **cells,
        **{name: whole_number(cells[name]) for name in ("price", "cost") if name in cells},
    }
    loaded: dict[str, Any] = _ROW.load(values)
    return ProductRow(loaded.pop("sku"), loaded)


def _apply(brand_id: UUID, rows: Sequence[ProductRow], now: datetime) -> str:
    """Import one product."""
    return _apply_all(brand_id, [rows], now)[0]


def _apply_all(brand_id: UUID, units: Sequence[Sequence[ProductRow]], now: datetime) -> list[str]:
    fields_of = {row.sku: row.fields for (row,) in units}
    done = services.put_products(brand_id, fields_of, actor=ACTOR, now=now)
    return [done[row.sku][1] for (row,) in units]


def _record(brand_id: UUID, counts: Mapping[str, int], digest: str, now: datetime) -> None:
    services.record_import(brand_id, counts=counts, digest=digest, actor="cli", now=now)


imports.command(
    Importer(
        kind="products",
        columns=COLUMNS,
        key_column="sku",
        read=read_row,
        apply=_apply,
        apply_all=_apply_all,
        record=_record,
    )
)
