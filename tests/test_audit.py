"""``flask audit`` proves every book at once, and names the one that does not hold."""

import json
from typing import Any

import psycopg
import pytest
from click.testing import Result

from app.audit import BOOKS
from tests.consents.asking import answer
from tests.coupons.shop import define
from tests.exchanges.shop import exchange, open_shop
from tests.messages.post import tell
from tests.orders.programme import card, ladder, rule
from tests.orders.shop import NOW, place
from tests.support.api import TestBrand
from tests.support.members import make_member
from tests.warranties.shop import make_batch
from tests.warranties.shop import open_shop as open_maker

# One lie in each book, told behind the application's back.
LIES = {
    "consents": "UPDATE consent_states SET state = 'granted' WHERE brand_id = %s",
    "messages": "UPDATE messages SET attempts = attempts + 1 WHERE brand_id = %s",
    "points": "UPDATE point_accounts SET held = held + 1 WHERE brand_id = %s",
    "coupons": "UPDATE coupon_counters SET issued = issued + 1 WHERE brand_id = %s",
    "benefits": "UPDATE benefit_counters SET grants = grants + 1 WHERE brand_id = %s",
    "stamps": "UPDATE stamp_accounts SET debt = debt + 1 WHERE brand_id = %s",
    "tiers": "UPDATE member_tiers SET changes = changes + 1 WHERE brand_id = %s",
    "rewards": "UPDATE referrals SET state = 'review' WHERE brand_id = %s",
    "exchanges": "UPDATE exchange_items SET taken = taken + 1 WHERE brand_id = %s",
    "warranties": "UPDATE warranty_units SET version = version + 1 WHERE brand_id = %s",
    "service_requests": "UPDATE service_request_counters SET count = 2 WHERE brand_id = %s",
}


WORN = {"symptom": "other", "description": "밑창이 닳았어요", "method": "visit"}


@pytest.fixture
def shop(make_brand: Any) -> TestBrand:
    """A brand that has something in every book."""
    brand: TestBrand = make_brand(accrual={"pending": "immediate"})
    open_shop(brand, now=NOW)
    define(brand, "TEN", name="TEN", kind="percent", percent_basis_points=1000, total_limit=5)
    ladder(brand)
    card(brand, rewards=[{"at": 3, "benefits": [{"points": 100}]}])
    rule(
        brand,
        "FIRST",
        trigger={"on": "order_paid"},
        effects=[{"points": 1000}, {"coupon": "TEN"}],
        limits={"total_grants": 5},
    )
    rule(
        brand,
        "FRIEND",
        trigger={"on": "referral_qualified", "to": "inviter"},
        effects=[{"points": 500}],
    )
    inviter = make_member(brand, "1", points=5000)
    code = brand.api.get(f"{inviter}/referral-code")["code"]
    brand.api.put("/v1/members/ext:17850", {"referred_by_code": code}, expect=201)
    place(brand)
    brand.api.post("/v1/orders/ext:M-1/confirm", expect=200)
    exchange(brand, inviter)
    answer(brand, inviter, ad_sms="refused")
    open_maker(brand)
    make_batch(brand, 2)
    brand.api.post("/v1/service-requests", {"product": "BOOT", **WORN})
    tell(brand)
    return brand


def run(brand: TestBrand, *options: str) -> Result:
    arguments = ["audit", "--brand", str(brand.brand_id), *options]
    return brand.app.test_cli_runner().invoke(args=arguments)


def test_books_that_hold_are_clean_and_counted(shop: TestBrand) -> None:
    done = run(shop)

    assert done.exit_code == 0, done.output
    assert done.output == f"1 brands, {sum(map(len, BOOKS.values()))} checks each: clean\n"
    assert json.loads(run(shop, "--json").output) == {
        "clean": True,
        "brands": {str(shop.brand_id): []},
    }


@pytest.mark.parametrize("book", BOOKS)
def test_whatever_book_does_not_hold_is_named_and_the_command_fails(
    shop: TestBrand, owner: psycopg.Connection, book: str
) -> None:
    assert owner.execute(LIES[book], (shop.brand_id,)).rowcount

    done = run(shop)

    assert done.exit_code == 1
    lines = done.output.splitlines()
    assert {line.split()[1].split(".")[0] for line in lines[:-1]} == {book}
    assert "clean" not in lines[-1]
    assert json.loads(run(shop, "--json").output)["clean"] is False


def test_a_brand_that_is_not_there_is_refused(brand: TestBrand) -> None:
    done = brand.app.test_cli_runner().invoke(
        args=["audit", "--brand", "00000000-0000-7000-8000-000000000000"]
    )
    assert done.exit_code != 0
    assert "clean" not in done.output
