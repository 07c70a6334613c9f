"""The wire format of the catalogue: syntax only."""

from dataclasses import asdict
from typing import Any

from marshmallow import fields, validate

from app.products.models import ProductVersion
from app.products.rules import SKU_LENGTH_MAX
from app.products.services import Catalogued
from app.web.fields import Count, Flag, PlainString
from app.web.pagination import PageQuery
from app.web.responses import show_instant
from app.web.schemas import Schema

RELATED_MAX = 200


def _skus(described: str) -> "fields.List[Any]":
    return fields.List(
        PlainString(validate=validate.Length(1, SKU_LENGTH_MAX)),
        load_default=list,
        validate=validate.Length(max=RELATED_MAX),
        metadata={"description": described},
    )


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
        **version.definition,
        "actor": version.actor,
        "created_at": show_instant(version.created_at),
    }
