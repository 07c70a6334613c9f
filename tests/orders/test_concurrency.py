"""The checkout under parallel use: threads on one application, real locks, real commits."""

from collections import Counter
from functools import partial
from typing import Any

import pytest

from tests.orders.programme import rule
from tests.support.api import TestBrand
from tests.support.members import audit, balance, make_member
from tests.support.parallel import at_once


def order(member: str | None = "ext:17850", **more: Any) -> dict[str, Any]:
    return {
        "external_id": "M-1",
        "member": member,
        "lines": [{"sku": "a", "quantity": 7, "unit_price": 1430}],
        "shipping_fee": 3000,
        **more,
    }


@pytest.mark.parametrize("member", ["ext:17850", None])
def test_fifty_equal_orders_with_one_key_are_one_order_and_one_answer(
    busy: TestBrand, member: str | None
) -> None:
    path = make_member(busy, "17850", points=1000)
    body = order(member, redeem_points=500 if member else None)

    answers = at_once([partial(busy.api.send, "POST", "/v1/orders", body, key="once")] * 50)

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.get_data() for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert len(busy.api.get("/v1/orders")["data"]) == 1
    assert balance(busy, path)["available"] == (500 if member else 1000)
    assert audit(busy) == []


@pytest.mark.parametrize("member", ["ext:17850", None])
def test_one_order_sent_under_many_keys_at_once_is_one_order(
    busy: TestBrand, member: str | None
) -> None:
    path = make_member(busy, "17850", points=1000)
    body = order(member, redeem_points=500 if member else None)

    answers = at_once([partial(busy.api.send, "POST", "/v1/orders", body)] * 20)

    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 19}
    assert len({answer.get_json()["id"] for answer in answers}) == 1
    assert balance(busy, path)["available"] == (500 if member else 1000)
    assert audit(busy) == []


def test_one_external_id_with_other_contents_at_once_is_one_order(busy: TestBrand) -> None:
    make_member(busy, "17850")

    answers = at_once(
        [partial(busy.api.send, "POST", "/v1/orders", order(shipping_fee=fee)) for fee in range(20)]
    )

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 19}
    codes = {answer.get_json(force=True).get("code") for answer in answers}
    assert codes == {None, "order_already_exists"}


def test_a_key_used_for_another_order_is_refused_and_nothing_is_written(busy: TestBrand) -> None:
    path = make_member(busy, "17850", points=1000)
    busy.api.post("/v1/orders", order(), key="once")

    for body in (order(external_id="M-2"), order(shipping_fee=0)):
        busy.api.refused("POST", "/v1/orders", body, code="idempotency_key_reused", key="once")
    points = {"points": 1}
    busy.api.refused(
        "POST", f"{path}/points/accruals", points, code="idempotency_key_reused", key="once"
    )

    assert len(busy.api.get("/v1/orders")["data"]) == 1
    assert balance(busy, path)["available"] == 1000


def test_orders_that_spend_one_balance_at_once_spend_it_exactly(busy: TestBrand) -> None:
    path = make_member(busy, "17850", points=1000)

    answers = at_once(
        [
            partial(
                busy.api.send,
                "POST",
                "/v1/orders",
                order(external_id=f"M-{number}", redeem_points=300),
            )
            for number in range(40)
        ]
    )

    assert Counter(answer.status_code for answer in answers) == {201: 3, 422: 37}
    assert balance(busy, path)["available"] == 100
    assert balance(busy, path)["pending"] == 3 * 97
    assert audit(busy) == []


def test_fifty_equal_refunds_with_one_key_are_one_refund_and_one_answer(busy: TestBrand) -> None:
    path = make_member(busy, "17850", points=1000)
    busy.api.post("/v1/orders", order(redeem_points=1000))
    body = {"external_id": "R-1", "lines": [{"line": 1, "quantity": 2}]}
    send = partial(busy.api.send, "POST", "/v1/orders/ext:M-1/refunds", body, key="once")

    answers = at_once([send] * 50)

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.get_data() for answer in answers}) == 1
    assert balance(busy, path)["available"] == 285
    assert len(busy.api.get("/v1/orders/ext:M-1")["refunded"]["refunds"]) == 1
    assert audit(busy) == []


@pytest.mark.parametrize("member", ["ext:17850", None])
def test_refunds_at_once_never_exceed_the_order(busy: TestBrand, member: str | None) -> None:
    path = make_member(busy, "17850", points=1000)
    busy.api.post("/v1/orders", order(member, redeem_points=1000 if member else None))

    answers = at_once(
        [
            partial(
                busy.api.send,
                "POST",
                "/v1/orders/ext:M-1/refunds",
                {"external_id": f"R-{number}", "lines": [{"line": 1, "quantity": 2}]},
            )
            for number in range(20)
        ]
    )

    assert Counter(answer.status_code for answer in answers) == {201: 3, 422: 17}
    codes = {answer.get_json(force=True).get("code") for answer in answers}
    assert codes == {None, "refund_exceeds_order"}
    busy.api.post("/v1/orders/ext:M-1/refunds", {"external_id": "rest", "all": True})
    shown = busy.api.get("/v1/orders/ext:M-1")
    assert shown["status"] == "refunded"
    assert shown["refunded"]["cash"] == shown["amounts"]["due"]
    assert balance(busy, path) == {"available": 1000, "pending": 0, "held": 0, "debt": 0}
    assert audit(busy) == []


def test_confirmation_cancellation_and_refund_at_once_leave_one_story(busy: TestBrand) -> None:
    path = make_member(busy, "17850", points=5000)
    for number in range(8):
        base = f"/v1/orders/ext:M-{number}"
        busy.api.post("/v1/orders", order(external_id=f"M-{number}", redeem_points=500))

        confirmed, cancelled, refunded = at_once(
            [
                partial(busy.api.send, "POST", f"{base}/confirm"),
                partial(busy.api.send, "POST", f"{base}/cancel"),
                partial(
                    busy.api.send, "POST", f"{base}/refunds", {"external_id": "R", "all": True}
                ),
            ]
        )

        shown = busy.api.get(base)
        assert shown["status"] == ("cancelled" if cancelled.status_code == 200 else "refunded")
        assert (cancelled.status_code, refunded.status_code) in {(200, 422), (409, 201)}
        assert confirmed.status_code in (200, 409)
        assert shown["refunded"] == {**shown["refunded"], "cash": 12510, "points": 500}
    assert balance(busy, path)["available"] == 5000
    assert audit(busy) == []


def test_old_and_new_orders_of_invited_members_reward_each_invitation_once(
    busy: TestBrand,
) -> None:
    friend_rule = {"on": "referral_qualified"}
    rule(busy, "FRIEND", trigger=friend_rule, effects=[{"points": 1000}])
    # Made before and after the inviter, whose account is locked before or after theirs.
    busy.api.post("/v1/test-clock", {"now": "2026-01-01T00:00:00Z"}, expect=200)
    early = [make_member(busy, f"early-{number}") for number in range(5)]
    inviter = make_member(busy, "inviter")
    late = [make_member(busy, f"late-{number}") for number in range(5)]
    code = busy.api.get(f"{inviter}/referral-code")["code"]
    for path in (*early, *late):
        busy.api.put(path, {"referred_by_code": code})
    busy.api.post("/v1/test-clock", {"now": "2026-03-01T00:00:00Z"}, expect=200)
    calls = []
    for path in (*early, *late):
        name = path.rpartition(":")[2]
        busy.api.post("/v1/orders", order(f"ext:{name}", external_id=f"new-{name}"))
        old = order(f"ext:{name}", external_id=f"old-{name}", placed_at="2026-01-02T00:00:00Z")
        calls.append(partial(busy.api.send, "POST", "/v1/orders", old))
        calls.append(partial(busy.api.send, "POST", f"/v1/orders/ext:new-{name}/confirm"))

    answers = at_once(calls)

    assert {answer.status_code for answer in answers} == {200, 201}
    states = Counter(each["state"] for each in busy.api.get("/v1/referrals")["data"])
    assert states == {"qualified": 10}
    assert balance(busy, inviter)["available"] == 10_000
    assert audit(busy) == []
