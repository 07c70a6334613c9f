"""Codes of phones: who can read one proves the number; guessing is counted and stopped."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app import clock
from app.db import transaction
from app.messages import services as messages
from app.verifications import services
from app.verifications.errors import (
    VerificationNotFound,
    VerificationPhoneInvalid,
    VerificationRefused,
    VerificationTooMany,
)
from app.verifications.jobs import forget

PHONE = "010-1234-5678"
NOW = clock.now()


@pytest.fixture
def shop(app, brand):
    with app.app_context():
        yield Shop(brand)


class Shop:
    """Asks for codes of one brand and reads them in its outbox."""

    def __init__(self, brand):
        self.brand = brand

    def begin(self, phone=PHONE, purpose="login", now=NOW, **options):
        with transaction(self.brand.brand_id):
            return services.begin(self.brand.brand_id, phone, purpose, now=now, **options)

    def code(self):
        with transaction(self.brand.brand_id):
            opened = messages.list_outbox(self.brand.brand_id, 1)[0]
        return re.search(r"\d{6}", opened.texts["sms"]["text"])[0]

    def answer(self, started, code, purpose="login", now=NOW, **options):
        with transaction(self.brand.brand_id):
            return services.answer(
                self.brand.brand_id,
                started.challenge_id,
                code,
                purpose=purpose,
                now=now,
                **options,
            )

    def waiting(self, started, device_hash=b"mine", now=NOW):
        with transaction(self.brand.brand_id):
            return services.get_waiting(
                self.brand.brand_id, started.challenge_id, device_hash=device_hash, now=now
            )


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_the_code_that_was_sent_proves_the_phone(shop) -> None:
    started = shop.begin()
    proof = shop.answer(started, shop.code()).proof()
    assert (proof.phone, proof.purpose) == ("+821012345678", "login")


def test_a_code_is_good_once(shop) -> None:
    started = shop.begin()
    code = shop.code()
    shop.answer(started, code).proof()
    with pytest.raises(VerificationRefused):
        shop.answer(started, code).proof()


def test_a_second_click_from_the_same_device_is_no_refusal(shop) -> None:
    started = shop.begin(device_hash=b"mine")
    code = shop.code()
    proof = shop.answer(started, code, device_hash=b"mine").proof()
    assert shop.answer(started, code, device_hash=b"mine").proof() == proof
    for change in (
        {"code": wrong(code)},
        {"device_hash": b"another"},
        {"device_hash": None},
        {"purpose": "transfer"},
        {"now": NOW + timedelta(minutes=1)},
    ):
        with pytest.raises(VerificationRefused):
            shop.answer(started, **{"code": code, "device_hash": b"mine", **change}).proof()


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": "transfer"},
        {"now": NOW + timedelta(minutes=5)},
        {"device_hash": b"another"},
    ],
    ids=["another purpose", "too late", "another device"],
)
def test_a_right_code_is_refused_elsewhere_with_the_same_words(shop, change) -> None:
    started = shop.begin(device_hash=b"this")
    code = shop.code()
    with pytest.raises(VerificationRefused) as refused:
        shop.answer(started, code, **change).proof()
    with pytest.raises(VerificationRefused) as missed:
        shop.answer(started, wrong(code)).proof()
    assert str(refused.value) == str(missed.value)
    assert refused.value.details == missed.value.details
    shop.answer(started, code, device_hash=b"this").proof()


def test_a_right_code_is_refused_by_another_brand(app, shop, make_brand) -> None:
    started = shop.begin()
    code = shop.code()
    with pytest.raises(VerificationRefused):
        Shop(make_brand()).answer(started, code).proof()


def test_five_wrong_codes_spend_the_challenge_and_each_is_counted(shop, owner) -> None:
    started = shop.begin()
    code = shop.code()
    for _ in range(5):
        with pytest.raises(VerificationRefused):
            shop.answer(started, wrong(code)).proof()
    with pytest.raises(VerificationRefused):
        shop.answer(started, code).proof()
    assert owner.execute(
        "SELECT state, failures FROM verification_challenges WHERE brand_id = %s",
        (shop.brand.brand_id,),
    ).fetchone() == ("spent", 5)


def test_of_twenty_wrong_codes_at_once_exactly_five_are_counted(busy_app, busy, owner) -> None:
    shop = Shop(busy)
    with busy_app.app_context():
        started = shop.begin()
        code = shop.code()

    def miss(_):
        with busy_app.app_context():
            return shop.answer(started, wrong(code)).found

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(miss, range(20))) == {None}
    with busy_app.app_context():
        assert shop.answer(started, code).found is None
    assert owner.execute(
        "SELECT failures FROM verification_challenges WHERE brand_id = %s", (busy.brand_id,)
    ).fetchone() == (5,)


def test_of_twenty_right_codes_at_once_one_is_taken(busy_app, busy) -> None:
    shop = Shop(busy)
    with busy_app.app_context():
        started = shop.begin()
        code = shop.code()

    def take(_):
        with busy_app.app_context():
            return shop.answer(started, code).found

    with ThreadPoolExecutor(20) as pool:
        assert sum(found is not None for found in pool.map(take, range(20))) == 1


def test_a_further_code_waits_thirty_seconds_and_replaces_the_first(shop) -> None:
    first = shop.begin()
    code = shop.code()
    with pytest.raises(VerificationTooMany) as refused:
        shop.begin(now=NOW + timedelta(seconds=10))
    assert refused.value.details == {"retry_after": 20}
    second = shop.begin(now=NOW + timedelta(seconds=30))
    assert shop.answer(first, code, now=NOW + timedelta(seconds=31)).found is None
    shop.answer(second, shop.code(), now=NOW + timedelta(seconds=31)).proof()


def test_a_stranger_who_asks_for_a_code_does_not_end_the_code_of_the_owner(shop) -> None:
    mine = shop.begin(device_hash=b"mine")
    code = shop.code()
    shop.begin(device_hash=b"strange", now=NOW + timedelta(seconds=40))
    shop.answer(mine, code, device_hash=b"mine", now=NOW + timedelta(seconds=41)).proof()


def test_a_phone_gets_five_codes_in_an_hour_and_hears_when_to_come_back(shop) -> None:
    hour = NOW.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    for number in range(5):
        shop.begin(now=hour + timedelta(minutes=number))
    with pytest.raises(VerificationTooMany) as refused:
        shop.begin(now=hour + timedelta(minutes=50))
    assert refused.value.details["retry_after"] == 600
    shop.begin("010-8765-4321", now=hour + timedelta(minutes=50))
    shop.begin(now=hour + timedelta(minutes=61))


def test_an_address_gets_thirty_codes_in_an_hour_for_whatever_phones(shop) -> None:
    for number in range(30):
        shop.begin(f"010-1111-{number:04}", ip_hash=b"here")
    with pytest.raises(VerificationTooMany):
        shop.begin("010-2222-0000", ip_hash=b"here")
    shop.begin("010-2222-0000", ip_hash=b"elsewhere")


@pytest.mark.parametrize("phone", ["02-555-1234", "+1 415 555 0100", "010-12", "전화", ""])
def test_codes_go_to_korean_mobiles_only(shop, phone) -> None:
    with pytest.raises(VerificationPhoneInvalid):
        shop.begin(phone)


def test_the_code_is_nowhere_in_the_database_but_sealed(shop, owner) -> None:
    shop.begin()
    code = shop.code()
    for table in ("messages", "verification_challenges", "procrastinate_jobs"):
        for (row,) in owner.execute(f"SELECT {table}::text FROM {table}").fetchall():
            assert f" {code}" not in row
            assert "01012345678" not in row.replace("-", "")
            assert "821012345678" not in row


def test_an_address_gets_a_hundred_codes_in_an_hour_over_all_live_brands(app, make_brand) -> None:
    with app.app_context():
        for number in range(4):
            shop = Shop(make_brand(test=False))
            for line in range(25):
                shop.begin(f"010-{number:04}-{line:04}", ip_hash=b"a farm")
        with pytest.raises(VerificationTooMany):
            Shop(make_brand(test=False)).begin(ip_hash=b"a farm")
        Shop(make_brand(test=True)).begin(ip_hash=b"a farm")


def test_a_refused_request_for_a_code_leaves_nothing_behind(shop, owner) -> None:
    shop.begin()
    with pytest.raises(VerificationTooMany):
        shop.begin(now=NOW + timedelta(seconds=1))
    for table in ("messages", "verification_challenges"):
        assert owner.execute(
            f"SELECT count(*) FROM {table} WHERE brand_id = %s", (shop.brand.brand_id,)
        ).fetchone() == (1,)


def test_challenges_and_counters_are_forgotten(shop, owner) -> None:
    old = NOW - timedelta(days=40)
    shop.begin(now=old)
    assert forget(shop.brand.brand_id, NOW) >= 3
    assert owner.execute(
        "SELECT count(*) FROM verification_challenges WHERE brand_id = %s",
        (shop.brand.brand_id,),
    ).fetchone() == (0,)
    assert owner.execute(
        "SELECT count(*) FROM verification_limits WHERE ends_at < %s", (NOW,)
    ).fetchone() == (0,)


def test_what_was_typed_comes_back_with_the_proof_and_is_sealed_till_then(shop, owner) -> None:
    started = shop.begin(device_hash=b"mine", content={"name": "카나리아"})
    assert shop.waiting(started).content == {"name": "카나리아"}
    stored = owner.execute(
        "SELECT content_sealed FROM verification_challenges WHERE id = %s",
        (started.challenge_id,),
    ).fetchone()[0]
    assert "카나리아".encode() not in stored
    proof = shop.answer(started, shop.code(), device_hash=b"mine").proof()
    assert proof.content == {"name": "카나리아"}


def test_only_the_device_that_waits_sees_what_waits_and_for_half_an_hour(shop) -> None:
    started = shop.begin(device_hash=b"mine", content={"name": "가"})
    waiting = shop.waiting(started)
    assert (waiting.phone, waiting.tries_left) == ("+821012345678", 5)
    shop.answer(started, wrong(shop.code()), device_hash=b"mine")
    assert shop.waiting(started).tries_left == 4
    assert shop.waiting(started, now=NOW + timedelta(minutes=5)).tries_left == 0
    for change in ({"device_hash": b"another"}, {"now": NOW + timedelta(minutes=30)}):
        with pytest.raises(VerificationNotFound):
            shop.waiting(started, **change)


def test_a_further_code_keeps_what_was_typed(shop) -> None:
    started = shop.begin(device_hash=b"mine", content={"name": "가"})
    first, later = shop.code(), NOW + timedelta(seconds=31)
    with transaction(shop.brand.brand_id):
        again = services.begin_again(
            shop.brand.brand_id, started.challenge_id, device_hash=b"mine", now=later
        )
    answered = shop.answer(started, first, device_hash=b"mine", now=later)
    with pytest.raises(VerificationRefused):
        answered.proof()
    proof = shop.answer(again, shop.code(), device_hash=b"mine", now=later).proof()
    assert proof.content == {"name": "가"}


def test_what_was_typed_is_emptied_after_half_an_hour_by_the_job(shop, owner) -> None:
    shop.begin(device_hash=b"mine", content={"name": "가"})
    kept = "SELECT content_sealed IS NOT NULL FROM verification_challenges WHERE brand_id = %s"
    for minutes, expected in ((29, True), (30, False)):
        forget(shop.brand.brand_id, NOW + timedelta(minutes=minutes))
        assert owner.execute(kept, (shop.brand.brand_id,)).fetchone() == (expected,)
