"""No schema takes a number or a text without an end."""

import marshmallow
import pytest
from marshmallow import fields, validate

from app.web.fields import Count, QueryCount

BOUNDED = (validate.OneOf, validate.Equal, validate.Regexp)


def schemas(kind: type = marshmallow.Schema):
    for child in kind.__subclasses__():
        yield child
        yield from schemas(child)


def inputs():
    return sorted(
        {
            kind
            for kind in schemas()
            if kind.__module__.startswith("app.") and kind.__name__.endswith(("In", "Query"))
        },
        key=lambda kind: (kind.__module__, kind.__name__),
    )


def within(field: fields.Field):
    yield field
    if isinstance(field, fields.List):
        yield from within(field.inner)


def has_end(field: fields.Field) -> bool:
    return any(
        isinstance(check, BOUNDED) or getattr(check, "max", None) is not None
        for check in field.validators
    )


def test_there_are_inputs_to_look_at(app):
    assert len(inputs()) > 10


def test_every_input_has_an_end(app):
    for kind in inputs():
        for name, field in kind().load_fields.items():
            for part in within(field):
                where = f"{kind.__module__}.{kind.__name__}.{name}"
                if isinstance(part, fields.Number):
                    assert isinstance(part, Count | QueryCount) or has_end(part), where
                elif type(part).__name__ in {"String", "PlainString"} or isinstance(
                    part, fields.List
                ):
                    assert has_end(part), where


@pytest.mark.parametrize("kind", [fields.Float, fields.Decimal, fields.Raw])
def test_no_input_takes_what_is_not_exact(app, kind):
    for schema in inputs():
        for name, field in schema().load_fields.items():
            assert not any(type(part) is kind for part in within(field)), (schema, name)
