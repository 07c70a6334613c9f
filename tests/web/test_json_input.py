"""Junk gets 400, 413, 415 or 422, never 500, and quickly."""

import json
import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.web.json_input import DEPTH_MAX, parse
from tests.support.problems import assert_problem

REFUSED = {400, 413, 415, 422}
SENT = {"content_type": "application/json"}

fuzz = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def send(brand, raw: bytes, **options):
    return brand.api.send("PATCH", "/v1/brand", data=raw, **{**SENT, **options})


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"{", 400, "malformed_json"),
        (b"{} {}", 400, "malformed_json"),
        (b"{'name': 1}", 400, "malformed_json"),
        (b'{"name": "a\nb"}', 400, "malformed_json"),
        (b'{"name": "a\x00b"}', 400, "malformed_json"),
        (b"\xef\xbb\xbf{}", 400, "malformed_json"),
        (b'{"name": "a", "name": "b"}', 400, "duplicate_json_key"),
        (b'{"accrual": {"rounding": "up", "rounding": "down"}}', 400, "duplicate_json_key"),
        (b'{"name": "\\u0061", "na\\u006de": "b"}', 400, "duplicate_json_key"),
        (b'{"name": NaN}', 400, "json_number_out_of_range"),
        (b'{"name": -Infinity}', 400, "json_number_out_of_range"),
        (b'{"name": 1e400}', 400, "json_number_out_of_range"),
        (b'{"name": 9007199254740992}', 400, "json_number_out_of_range"),
        (b'{"name": -9007199254740992}', 400, "json_number_out_of_range"),
        (b'{"name": ' + b"9" * 100_000 + b"}", 400, "json_number_out_of_range"),
        (b'{"name": "\\u0000"}', 400, "forbidden_character"),
        (b'{"name": "\\ud800"}', 400, "forbidden_character"),
        (b'{"name": "\\uDFFF x"}', 400, "forbidden_character"),
        (b'{"na\\udc00me": 1}', 400, "forbidden_character"),
        (b'{"x": [{"y": "\\u0000"}]}', 400, "forbidden_character"),
        (b'{"name": "\xff"}', 400, "json_not_utf8"),
        (b'{"name": "\xed\xa0\x80"}', 400, "json_not_utf8"),
        ('{"name": "단골"}'.encode("utf-16"), 400, "json_not_utf8"),
        ('{"name": "단골"}'.encode("cp949"), 400, "json_not_utf8"),
        (b"[" * 100_000, 400, "json_too_deep"),
        (b'{"a":' * 33 + b"1" + b"}" * 33, 400, "json_too_deep"),
        (b"[" * 33 + b"]" * 33, 400, "json_too_deep"),
        (b" " * (256 * 1024 + 1), 413, "body_too_large"),
        (b"0" * 10_000_000, 413, "body_too_large"),
        (b'{"name": "a", "timezone": 1.9}', 422, "invalid_request"),
        (b"", 200, None),
        (b'{"name": "\\ub2e8\\uace8 \\ud83d\\ude00"}', 200, None),
        ('{"name": "단골 😀"}'.encode(), 200, None),
        (b'{"name": "back\\\\u0000slash"}', 200, None),
    ],
)
def test_junk_is_refused_with_its_code(brand, raw, status, code):
    response = send(brand, raw)
    if code is None:
        assert response.status_code == status, response.get_data(as_text=True)
    else:
        assert_problem(response, status, code)


def test_nesting_is_allowed_up_to_the_limit():
    deepest = b"[" * DEPTH_MAX + b"]" * DEPTH_MAX
    assert parse(deepest) is not None
    wide = b"[" + b",".join([b'{"a":[1]}'] * 500) + b"]"
    assert len(parse(wide)) == 500


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("Application/JSON; Charset=UTF-8", 200),
        ("application/json; charset=euc-kr", 415),
        ("application/json-patch+json", 415),
        ("application/problem+json", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("", 415),
        (";;;", 415),
    ],
)
def test_only_json_in_utf8_is_taken(brand, content_type, status):
    response = send(brand, b'{"name": "a"}', content_type=content_type)
    if status == 200:
        assert response.status_code == 200, response.get_data(as_text=True)
    else:
        assert_problem(response, status, "unsupported_media_type")


def test_a_form_without_a_body_is_no_json(brand):
    response = send(brand, b"", content_type="application/x-www-form-urlencoded")
    assert_problem(response, 415, "unsupported_media_type")


def test_a_body_that_ends_early_is_refused(brand):
    response = send(brand, b'{"name": "a"}', environ_overrides={"CONTENT_LENGTH": "50"})
    assert_problem(response, 400, "bad_request")


@pytest.mark.parametrize("raw", [b"[" * 250_000, b'{"a":' * 50_000, b"9" * 250_000])
def test_the_worst_bodies_are_refused_quickly(raw):
    started = time.process_time()
    with pytest.raises(Exception, match=r".") as refused:
        parse(raw)
    assert type(refused.value).__module__ == "app.web.json_input"
    assert time.process_time() - started < 0.05


@fuzz
@given(raw=st.binary(max_size=300))
@example(raw=b"null")
def test_any_bytes_are_refused_without_a_crash(brand, raw):
    assert send(brand, raw).status_code in REFUSED | ({200} if not raw.strip() else set())


texts = st.text(st.characters(codec=None, exclude_categories=()), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)
FIELDS = ["name", "timezone", "currency", "accrual", "redemption", "refund"]


@fuzz
@given(body=st.dictionaries(st.sampled_from(FIELDS) | texts, values, max_size=4))
def test_any_json_is_taken_or_refused_without_a_crash(brand, body):
    raw = json.dumps(body).encode()
    assert send(brand, raw).status_code in REFUSED | {200}


@fuzz
@given(value=values)
def test_what_is_let_in_can_be_stored(value):
    raw = json.dumps(value).encode()
    try:
        read = parse(raw)
    except Exception as error:
        assert type(error).__module__ == "app.web.json_input"  # noqa: PT017 - not any refusal
    else:
        assert "\\u0000" not in json.dumps(read, ensure_ascii=False).replace("\\\\", "")
        json.dumps(read, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("x=1", "/x"),
        ("limit=1&limit=2", "/limit"),
        ("limit=1&x=%00", "/x"),
        ("cursor=%00", "/cursor"),
        ("limit=abc", "/limit"),
        ("limit=0", "/limit"),
        ("limit=101", "/limit"),
        ("limit=1_0", "/limit"),
        ("limit=%20 1", "/limit"),
        ("limit=%EF%BC%91", "/limit"),
        ("limit=1.0", "/limit"),
        ("limit=" + "9" * 1000, "/limit"),
        ("limit=", "/limit"),
        ("&&=&x", "/x"),
    ],
)
def test_query_parameters_are_known_and_sent_once(brand, query, pointer):
    response = brand.api.send("GET", "/v1/orders", query_string=query)
    problem = assert_problem(response, 422, "invalid_request", pointer=pointer)
    assert all(fault["in"] == "query" for fault in problem["errors"])


def test_a_route_without_parameters_takes_none(brand):
    response = brand.api.send("GET", "/v1/brand", query_string="brand_id=other")
    assert_problem(response, 422, "invalid_request", pointer="/brand_id")
    response = brand.api.send("PATCH", "/v1/brand", {}, query_string="a=1")
    assert_problem(response, 422, "invalid_request", pointer="/a")


@pytest.mark.parametrize(
    "segment",
    ["%00", "ext:%00", "%ff", "ext:%ff%fe", "a" * 3000, "%2e%2e", "'", "\\", "%F0%9F%98%80"],
)
@pytest.mark.parametrize("path", ["/v1/orders/{}", "/v1/members/{}/points", "/v1/{}"])
def test_junk_in_an_address_is_not_found(brand, path, segment):
    response = brand.api.send("GET", path.format(segment))
    assert response.status_code in {404, 422}, response.get_data(as_text=True)
    assert response.mimetype == "application/problem+json"


@fuzz
@given(segment=st.binary(min_size=1, max_size=40), method=st.sampled_from(["GET", "PUT", "POST"]))
def test_any_bytes_in_an_address_crash_nothing(brand, segment, method):
    quoted = "".join(f"%{byte:02x}" for byte in segment)
    response = brand.api.send(method, f"/v1/orders/{quoted}")
    assert response.status_code < 500
