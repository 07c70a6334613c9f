"""The wire format of the catalogue: syntax only."""

from dataclasses import asdict
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.products.models import ProductVersion
from app.products.rules import SERIAL_CHARACTERS, SKU_LENGTH_MAX
from app.products.services import Catalogued
from app.web.fields import Count, Flag, PlainString
from app.web.messages import say
from app.web.pagination import PageQuery
from app.web.responses import show_instant
from app.web.schemas import Schema

RELATED_MAX = 200
SERIAL_LENGTH_MAX = 40

SHORTEST_FIRST = say(
    "min_length is more than max_length.", "min_length가 max_length보다 커요. 바꿔 주세요."
)
NO_PHOTO = say("Must be an https address of a photo.", "https로 시작하는 사진 주소여야 해요.")


def _skus(described: str) -> "fields.List[Any]":
    return fields.List(
        PlainString(validate=validate.Length(1, SKU_LENGTH_MAX)),
        load_default=list,
        validate=validate.Length(max=RELATED_MAX),
        metadata={"description": described},
    )


class SerialRuleIn(Schema):
    """What the maker's own serial numbers look like; imports refuse others."""

    prefix = PlainString(load_default="", validate=validate.Length(max=20))
    min_length = Count(load_default=1, least=1, most=SERIAL_LENGTH_MAX)
    max_length = Count(load_default=SERIAL_LENGTH_MAX, least=1, most=SERIAL_LENGTH_MAX)
    characters = PlainString(
        load_default="letters_digits",
        validate=validate.OneOf(sorted(SERIAL_CHARACTERS)),
        metadata={"description": "접두어 뒤에 쓰는 글자 · What follows the prefix"},
    )

    @validates_schema
    def _shortest_first(self, data: dict[str, Any], **_: Any) -> None:
        if data["min_length"] > data["max_length"]:
            raise ValidationError(SHORTEST_FIRST, "min_length")


class ProductIn(Schema):
    name = PlainString(required=True, validate=validate.Length(1, 300))
    category = PlainString(load_default=None, allow_none=True, validate=validate.Length(1, 100))
    price = Count(load_default=None, allow_none=True)
    cost = Count(
        load_default=None,
        allow_none=True,
        metadata={"description": "What a piece costs the brand; limits by margin need it."},
    )
    active = Flag(load_default=True)
    complements = _skus("SKUs of its add-ons (추가상품).")
    upgrades = _skus("SKUs of its successors and higher grades (상위버전).")
    gtin = PlainString(
        load_default=None,
        allow_none=True,
        validate=validate.Length(8, 14),
        metadata={"description": "바코드 숫자 · Digits of the barcode, check digit included"},
    )
    photo_url = PlainString(
        load_default=None,
        allow_none=True,
        validate=[
            validate.Length(1, 1000),
            validate.Regexp(r"https://[^\s<>\"'`{}|\\^]+\Z", error=NO_PHOTO),
        ],
        metadata={"example": "https://cdn.example.com/boot.jpg"},
    )
    serials = fields.Nested(SerialRuleIn, load_default=None, allow_none=True)


class ProductsQuery(PageQuery):
    category = PlainString(load_default=None, validate=validate.Length(1, 100))
    active = PlainString(load_default=None, validate=validate.OneOf(["true", "false"]))


class DefinitionOut(Schema):
    object = fields.String()
    sku = fields.String()
    version = fields.Integer()
    name = fields.String()
    category = fields.String(allow_none=True)
    price = fields.Integer(allow_none=True)
    cost = fields.Integer(allow_none=True)
    active = fields.Boolean()
    complements = fields.List(fields.String())
    upgrades = fields.List(fields.String())
    gtin = fields.String(allow_none=True)
    photo_url = fields.String(allow_none=True)
    serials = fields.Dict(allow_none=True)


class ProductOut(DefinitionOut):
    created_at = fields.String()
    updated_at = fields.String()


class ProductVersionOut(DefinitionOut):
    actor = fields.String()
    created_at = fields.String()


def show_product(product: Catalogued) -> dict[str, Any]:
    return {
        "object": "product",
        "sku": product.sku,
        "version": product.version,
        **asdict(product.definition),
        "created_at": show_instant(product.created_at),
        "updated_at": show_instant(product.updated_at),
    }


def show_version(version: ProductVersion) -> dict[str, Any]:
    return {
        "object": "product_version",
        "sku": version.sku,
        "version": version.version,
        # What products had not yet when the version was written.
        "gtin": None,
        "photo_url": None,
        "serials": None,
        **version.definition,
        "actor": version.actor,
        "created_at": show_instant(version.created_at),
    }
