"""Consents of members who merge or leave: never wider, and provable after all."""

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app import clock
from app.consents import services
from app.consents.jobs import purge_consents
from app.db import db
from tests.consents.asking import answer, audit, history, states
from tests.support.members import make_member, member_id, run_job, unit_of_work


def merge(brand, member, into) -> None:
    into_id = brand.api.get(into)["id"]
    brand.api.post(f"{member}/merge", {"into": into_id}, expect=200)


def test_of_two_answers_the_stricter_one_stays(asking, alice) -> None:
    bob = make_member(asking, "bob")
    answer(asking, alice, ad_sms="granted", ad_push="granted", ad_email="withdrawn")
    answer(asking, bob, ad_sms="withdrawn", ad_push="granted", ad_email="granted")
    merge(asking, bob, alice)
    assert states(asking, alice) == {
        "ad_sms": "withdrawn", "ad_push": "granted", "ad_email": "withdrawn",
    }  # fmt: skip
    assert audit(asking) == []


def test_a_consent_of_the_merged_member_alone_is_not_carried_over(asking, alice) -> None:
    bob = make_member(asking, "bob")
    answer(asking, bob, ad_sms="granted", marketing_pi="granted", ad_push="refused")
    merge(asking, bob, alice)
    assert states(asking, alice) == {"ad_push": "refused"}
    last = {each["purpose"]: each["action"] for each in history(asking, alice)}
    assert (last["ad_sms"], last["marketing_pi"]) == ("expired", "expired")
    assert audit(asking) == []


def test_the_history_of_both_stays_with_the_survivor_each_in_its_own_chain(asking, alice) -> None:
    bob = make_member(asking, "bob")
    answer(asking, alice, ad_sms="granted")
    answer(asking, bob, ad_sms="granted")
    before = {each["hash"] for each in history(asking, alice) + history(asking, bob)}
    merge(asking, bob, alice)
    records = history(asking, alice)
    assert before <= {each["hash"] for each in records}
    assert len({each["member"] for each in records}) == 2


def test_r4_erasure_ends_consents_and_keeps_the_proof_without_the_person(
    asking, alice, owner
) -> None:
    evidence = {"ip": "203.0.113.9", "user_agent": "Safari", "otp_ref": "otp_1"}
    answer(asking, alice, ad_sms="granted", marketing_pi="granted", evidence=evidence)
    member = member_id(asking, alice)
    asking.api.post(f"{alice}/erase", {}, expect=200)
    rows = owner.execute(
        "SELECT purpose, action, evidence_sha256 IS NOT NULL FROM consent_records"
        " WHERE brand_id = %s AND member_id = %s ORDER BY seq",
        (asking.brand_id, member),
    ).fetchall()
    assert rows == [
        ("marketing_pi", "granted", True), ("ad_sms", "granted", True),
        ("ad_sms", "withdrawn", False), ("marketing_pi", "withdrawn", False),
    ]  # fmt: skip
    kept = owner.execute(
        "SELECT salt, ip_hash, user_agent, otp_ref, emptied_at IS NOT NULL FROM consent_evidence"
        " WHERE brand_id = %s",
        (asking.brand_id,),
    ).fetchall()
    assert kept == [(None, None, None, None, True)]
    pending = owner.execute(
        "SELECT count(*) FROM consent_notices WHERE brand_id = %s AND state = 'pending'",
        (asking.brand_id,),
    ).fetchone()
    assert pending == (0,)
    assert audit(asking) == []


def test_erasing_a_merged_person_ends_the_consents_of_both(asking, alice) -> None:
    bob = make_member(asking, "bob")
    answer(asking, alice, ad_sms="granted")
    answer(asking, bob, ad_sms="granted")
    merge(asking, bob, alice)
    asking.api.post(f"{alice}/erase", {}, expect=200)
    assert audit(asking) == []


def counts(owner, brand) -> dict[str, int]:
    return {
        table: owner.execute(
            f"SELECT count(*) FROM {table} WHERE brand_id = %s", (brand.brand_id,)
        ).fetchone()[0]
        for table in ("consent_records", "consent_evidence", "consent_states", "consent_chains",
                      "consent_notices")
    }  # fmt: skip


def test_r5_once_its_time_is_over_the_proof_of_an_erased_member_is_gone_for_good(
    asking, alice, owner
) -> None:
    asking.api.post("/v1/test-clock", {"now": "2026-11-22T03:00:00Z"}, expect=200)
    asking.api.patch("/v1/brand", {"consents": {"keep_days_after_erasure": 1826}})
    bob = make_member(asking, "bob")
    evidence = {"ip": "203.0.113.9", "user_agent": "Safari"}
    for member in (alice, bob):
        answer(asking, member, ad_sms="granted", evidence=evidence)
    asking.api.post(f"{alice}/erase", {}, expect=200)
    before = counts(owner, asking)
    asking.api.post("/v1/test-clock", {"advance": "P1826D"}, expect=200)
    assert run_job(asking, purge_consents) == 0  # the last day is kept to its end
    assert counts(owner, asking) == before
    asking.api.post("/v1/test-clock", {"advance": "P1D"}, expect=200)
    assert run_job(asking, purge_consents, chunk=1) == 1
    assert run_job(asking, purge_consents) == 0
    assert counts(owner, asking) == {
        "consent_records": 1, "consent_evidence": 1, "consent_states": 1, "consent_chains": 1,
        "consent_notices": 1,
    }  # fmt: skip
    assert states(asking, bob)["ad_sms"] == "granted"
    assert audit(asking) == []


def test_r5_nobody_who_is_a_member_loses_a_record(asking, alice, owner) -> None:
    answer(asking, alice, ad_sms="granted")
    owner.execute(
        "UPDATE consent_chains SET purge_on = '2020-01-01' WHERE brand_id = %s",
        (asking.brand_id,),
    )
    assert run_job(asking, purge_consents) == 0
    assert counts(owner, asking)["consent_records"] == 1


def test_after_a_purge_records_cannot_be_deleted_by_others_as_before(asking, alice, owner) -> None:
    answer(asking, alice, ad_sms="granted")
    with unit_of_work(asking):
        services.purge_chunk(asking.brand_id, 10, now=clock.now())
        with pytest.raises(ProgrammingError):
            db.session.execute(text("DELETE FROM consent_records"))
    with pytest.raises(psycopg.DatabaseError, match="never changes"):
        owner.execute("DELETE FROM consent_records WHERE brand_id = %s", (asking.brand_id,))
