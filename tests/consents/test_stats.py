"""How each version of a text was answered, against figures counted by hand."""

import pytest

from app.consents import services
from tests.consents.asking import PLAIN, answer, history, publish
from tests.support.members import make_member, unit_of_work


def stats(brand, purpose="ad_sms", **query):
    extra = "".join(f"&{name}={value}" for name, value in query.items())
    found = brand.api.get(f"/v1/consents/stats?purpose={purpose}{extra}")["data"]
    return [
        tuple(each[name] for name in
              ("version", "asked", "granted", "refused", "withdrawn", "rate_basis_points"))
        for each in found
    ]  # fmt: skip


@pytest.fixture
def shop(brand):
    publish(brand, "ad_sms")
    return brand


def test_every_version_is_counted_apart_by_the_last_answer_of_each_member(shop) -> None:
    people = [make_member(shop, f"m{number}") for number in range(7)]
    a, b, c, d, e, f, _never_asked = people
    answer(shop, a, ad_sms="granted")
    answer(shop, b, ad_sms="granted")
    answer(shop, b, ad_sms="withdrawn")
    answer(shop, c, asked=("ad_sms",))  # no answer is a refusal
    answer(shop, d, ad_sms="refused")
    answer(shop, d, ad_sms="granted")  # thinks again: counted once, as agreed
    answer(shop, e, ad_sms="refused")
    assert stats(shop) == [(1, 5, 3, 2, 1, 6000)]
    publish(shop, "ad_sms", use="다른 안내")
    assert stats(shop) == [(1, 5, 3, 2, 1, 6000), (2, 0, 0, 0, 0, None)]
    answer(shop, a, ad_sms="granted")  # to the new text
    answer(shop, a, ad_sms="withdrawn")  # takes back what was agreed to last
    answer(shop, f, ad_sms="refused")
    assert stats(shop) == [(1, 5, 3, 2, 1, 6000), (2, 2, 1, 1, 1, 5000)]


def test_a_third_is_told_in_basis_points_rounded_down(shop) -> None:
    for number, said in enumerate(("granted", "refused", "refused")):
        answer(shop, make_member(shop, f"m{number}"), ad_sms=said)
    assert stats(shop) == [(1, 3, 1, 2, 0, 3333)]


def test_what_a_merge_or_an_erasure_writes_down_nobody_said(shop) -> None:
    a, b, c = (make_member(shop, name) for name in "abc")
    answer(shop, a, ad_sms="granted")
    answer(shop, b, ad_sms="granted")
    answer(shop, c, ad_sms="refused")
    shop.api.post(f"{a}/erase", expect=200)
    shop.api.post(f"{c}/merge", {"into": "ext:b"}, expect=200)
    assert stats(shop) == [(1, 3, 2, 1, 0, 6666)]


def test_a_guardian_without_proof_is_neither_yes_nor_no(brand) -> None:
    publish(brand, "guardian")
    answer(brand, make_member(brand, "a"), guardian="granted", by="guardian")
    [shown] = brand.api.get("/v1/consents/stats")["data"]
    assert (shown["asked"], shown["pending"], shown["granted"]) == (1, 1, 0)


def test_texts_are_paged_in_their_order_and_drafts_left_out(brand) -> None:
    for purpose in ("ad_sms", "ad_email", "ad_push"):
        publish(brand, purpose)
    publish(brand, "ad_email", use="다른 안내")
    brand.api.put("/v1/consent-texts/ad_kakao/ko", PLAIN, expect=201)
    first = brand.api.get("/v1/consents/stats?limit=3")
    rest = brand.api.get(f"/v1/consents/stats?limit=3&cursor={first['next_cursor']}")
    assert [(each["purpose"], each["version"]) for each in first["data"] + rest["data"]] == [
        ("ad_email", 1), ("ad_email", 2), ("ad_push", 1), ("ad_sms", 1),
    ]  # fmt: skip
    assert rest["has_more"] is False


def test_the_figures_are_those_of_counting_every_record_one_by_one(shop) -> None:
    publish(shop, "ad_email")
    choices = ["granted", "refused", "withdrawn"]
    for number in range(12):
        member = make_member(shop, f"m{number}")
        for turn in range(3):
            purpose = ("ad_sms", "ad_email")[(number + turn) % 2]
            answer(shop, member, **{purpose: choices[(number * 2 + turn) % 3]})
    with unit_of_work(shop):
        rows = services.count_answers(shop.brand_id, purpose=None, after=None, limit=9)
    assert [row.purpose for row in rows] == ["ad_email", "ad_sms"]
    for row in rows:
        last = {}  # by member: what was said last, and whether it was taken back
        for number in range(12):
            for each in history(shop, f"/v1/members/ext:m{number}"):
                if each["purpose"] == row.purpose and each["version"] == row.version:
                    last[number] = [each["action"], False]
                elif each["purpose"] == row.purpose and number in last:
                    last[number][1] = last[number][0] == "granted"
        said = [action for action, _ in last.values()]
        assert (row.asked, row.granted, row.refused, row.withdrawn) == (
            len(said), said.count("granted"), said.count("refused"),
            sum(back for _, back in last.values()),
        )  # fmt: skip
        assert min(row.granted, row.refused, row.withdrawn) > 0
