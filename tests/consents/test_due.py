"""What falls due by itself (warranty.md §5.2: A8, A9)."""

import json

from app import clock
from app.brands import services as brands
from app.consents import services
from app.consents.jobs import tidy_consents
from tests.consents.asking import answer, audit, history, publish, states
from tests.support.members import make_member, run_job, unit_of_work


def notices(owner, brand, kind):
    return owner.execute(
        "SELECT purpose, state, (due_at AT TIME ZONE 'Asia/Seoul')::text FROM consent_notices"
        " WHERE brand_id = %s AND kind = %s ORDER BY due_at, purpose",
        (brand.brand_id, kind),
    ).fetchall()


def set_clock(brand, day) -> None:
    brand.api.post("/v1/test-clock", {"now": f"{day}T09:00:00+09:00"}, expect=200)


def late(brand) -> int:
    with unit_of_work(brand):
        now = brands.brand_now(brand.brand_id, clock.now())
        return services.count_overdue_notices(brand.brand_id, now=now)


def test_a8_every_answer_on_advertising_is_to_be_told_within_14_days(asking, alice, owner) -> None:
    set_clock(asking, "2026-11-01")
    answer(asking, alice, ad_sms="granted", ad_push="refused", third_party="granted")
    due = "2026-11-15 09:00:00"
    assert notices(owner, asking, "result") == [
        ("ad_push", "pending", due), ("ad_sms", "pending", due),
    ]  # fmt: skip
    set_clock(asking, "2026-11-14")
    assert late(asking) == 0
    set_clock(asking, "2026-11-16")
    assert late(asking) == 2


def test_a9_a_consent_is_to_be_told_again_before_two_years_are_over(asking, alice, owner) -> None:
    set_clock(asking, "2024-11-22")
    answer(asking, alice, ad_sms="granted", ad_email="refused", marketing_pi="granted")
    set_clock(asking, "2026-10-22")
    assert run_job(asking, tidy_consents) == 0
    set_clock(asking, "2026-10-23")
    assert run_job(asking, tidy_consents) == 1
    assert run_job(asking, tidy_consents) == 0
    assert notices(owner, asking, "reconfirm") == [("ad_sms", "pending", "2026-11-22 00:00:00")]
    assert audit(asking) == []


def test_a9_a_consent_of_29_february_is_told_before_the_28th(asking, alice, owner) -> None:
    set_clock(asking, "2024-02-29")
    answer(asking, alice, ad_sms="granted")
    set_clock(asking, "2026-02-20")
    run_job(asking, tidy_consents)
    assert notices(owner, asking, "reconfirm") == [("ad_sms", "pending", "2026-02-28 00:00:00")]


def test_consents_lapse_in_chunks_once(asking) -> None:
    publish(asking, "pi_optional", valid_months=1)
    set_clock(asking, "2026-01-10")
    people = [make_member(asking, str(number)) for number in range(3)]
    for person in people:
        answer(asking, person, pi_optional="granted", ad_sms="granted")
    set_clock(asking, "2026-02-10")
    assert run_job(asking, tidy_consents, chunk=2) == 3
    assert run_job(asking, tidy_consents, chunk=2) == 0
    for person in people:
        assert states(asking, person) == {"pi_optional": "expired", "ad_sms": "granted"}
        assert history(asking, person)[-1]["source"] == "retention"
    assert audit(asking) == []


def test_a8_what_was_not_told_by_day_15_raises_the_alarm(asking, alice) -> None:
    set_clock(asking, "2026-11-01")
    answer(asking, alice, ad_sms="granted", ad_push="refused")

    def alarm() -> tuple[int, bool]:
        run_job(asking, tidy_consents)
        command = ["jobs", "status", "--json", "--brand", str(asking.brand_id)]
        result = asking.app.test_cli_runner().invoke(args=command)
        told = json.loads(result.output.splitlines()[-1])
        return told["late"], "consents.tidy" in result.output

    set_clock(asking, "2026-11-15")
    assert alarm() == (2, True)
    set_clock(asking, "2026-11-14")
    assert alarm()[0] == 0
