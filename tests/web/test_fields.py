"""Fields guess nothing, and the quick way reads exactly what the slow way reads."""

from datetime import timedelta

import marshmallow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError, fields, validate

from app.web.fields import Count, Duration, Instant, PlainString, QueryCount
from app.web.schemas import Schema


@pytest.mark.parametrize("value", ["1", 1.0, 1.9, True, False, -1, 11, None, [], {}, "", 2**70])
def test_a_count_is_a_whole_number_within_its_bounds(value):
    with pytest.raises(ValidationError):
        Count(most=10).deserialize(value)


def test_a_count_takes_its_bounds():
    assert Count(least=2, most=10).deserialize(2) == 2
    assert Count(most=10).deserialize(10) == 10
    assert Count(most=10, allow_none=True).deserialize(None) is None


@pytest.mark.parametrize(
    "value", ["", " 1", "1_0", "+1", "-1", "1.0", "１", "9" * 17, 1, None, "11"]
)
def test_a_count_in_a_query_is_digits(value):
    with pytest.raises(ValidationError):
        QueryCount(most=10).deserialize(value)


@pytest.mark.parametrize("value", ["a\nb", "a\tb", "\x00", "\x7f", "\x85", "\ud800", 1, None, b"a"])
def test_plain_text_has_no_control_characters(value):
    for length in (validate.Length(1, 10), validate.Length(max=10), None):
        with pytest.raises(ValidationError):
            PlainString(validate=length).deserialize(value)


def test_plain_text_is_kept_as_it_is():
    for text in ("단골 ", " a", "\u00a0x", "😀", "가\u200b나"):
        assert PlainString(validate=validate.Length(1, 10)).deserialize(text) == text


def test_the_length_of_plain_text_is_checked_on_both_ways():
    field = PlainString(validate=validate.Length(2, 3))
    for text in ("a", "abcd", "\u00a0", "\u00a0" * 4):
        with pytest.raises(ValidationError):
            field.deserialize(text)


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-22",
        "2026-11-22T10:15:00",
        "0001-01-01T00:00:00+09:00",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+09:00",
        "3000-01-01T00:00:00Z",
        "2999-12-31T23:59:59-09:00",
        "9999-12-31T23:59:59-23:59",
        "2026-02-30T00:00:00Z",
        "2026-11-22T25:00:00Z",
        "22/11/2026",
        "now",
        "",
        1,
        1.5,
        True,
        None,
        "9" * 5000,
    ],
)
def test_an_instant_has_an_offset_and_a_year_that_fits(value):
    with pytest.raises(ValidationError):
        Instant().deserialize(value)


@pytest.mark.parametrize(
    "value",
    ["1970-01-01T00:00:00Z", "2026-11-22T10:15:00+09:00", "2999-12-31T23:59:59.999999Z"],
)
def test_an_instant_is_read(value):
    assert Instant().deserialize(value).tzinfo is not None


@pytest.mark.parametrize(
    ("value", "length"),
    [
        ("P30D", timedelta(days=30)),
        ("PT2H", timedelta(hours=2)),
        ("P1W2DT3H4M5S", timedelta(weeks=1, days=2, hours=3, minutes=4, seconds=5)),
        (3600, timedelta(hours=1)),
        ({"days": 1, "hours": 2}, timedelta(days=1, hours=2)),
    ],
)
def test_a_duration_is_read(value, length):
    assert Duration().deserialize(value) == length


@pytest.mark.parametrize(
    "value",
    [
        *("P", "PT", "", "P1M", "P1Y", "P-1D", "P٣D", "P99999D"),
        *(0, -1, 1.5, True, None, 2**62, [], {}),
        *(
            {"days": -1},
            {"days": 1.5},
            {"days": True},
            {"months": 1},
            {"days": 3661},
            {"days": 10**9},
            {"seconds": 10**9},
        ),
    ],
)
def test_a_duration_is_more_than_nothing_and_bounded(value):
    with pytest.raises(ValidationError):
        Duration().deserialize(value)


class PartQuick(Schema):
    points = Count(required=True, most=10)
    note = PlainString(load_default="x", validate=validate.Length(1, 5))


class Quick(Schema):
    name = PlainString(required=True, validate=validate.Length(1, 5))
    renamed = Count(data_key="re-named", most=10, allow_none=True)
    placed = Instant(load_default=None)
    parts = fields.List(
        fields.Nested(PartQuick), load_default=list, validate=validate.Length(max=2)
    )
    one = fields.Nested(PartQuick)


class PartSlow(marshmallow.Schema):
    points = Count(required=True, most=10)
    note = PlainString(load_default="x", validate=validate.Length(1, 5))


class Slow(marshmallow.Schema):
    name = PlainString(required=True, validate=validate.Length(1, 5))
    renamed = Count(data_key="re-named", most=10, allow_none=True)
    placed = Instant(load_default=None)
    parts = fields.List(fields.Nested(PartSlow), load_default=list, validate=validate.Length(max=2))
    one = fields.Nested(PartSlow)


leaves = st.sampled_from([None, 0, 5, 11, 1.5, True, "a", "abcdef", "2026-11-22T10:15:00Z", "a\nb"])
part = st.dictionaries(st.sampled_from(["points", "note", "odd"]), leaves, max_size=3)
bodies = st.fixed_dictionaries(
    {},
    optional={
        "name": leaves,
        "re-named": leaves,
        "renamed": leaves,
        "placed": leaves,
        "parts": st.lists(part | leaves, max_size=3) | leaves,
        "one": part | leaves,
        "odd": leaves,
    },
)


def outcome(schema, body):
    try:
        return "taken", schema.load(body)
    except ValidationError as error:
        return "refused", error.messages


@given(body=bodies | leaves | st.lists(part, max_size=2))
def test_the_quick_schema_answers_as_marshmallow_does(body):
    assert outcome(Quick(), body) == outcome(Slow(), body)


def test_the_quick_schema_takes_many_and_partial_bodies_as_marshmallow_does():
    assert Quick().load([{"name": "a"}], many=True) == Slow().load([{"name": "a"}], many=True)
    assert Quick().load({}, partial=True) == Slow().load({}, partial=True)
    assert Quick(partial=True).load({}) == Slow(partial=True).load({})
