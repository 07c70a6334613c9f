"""What is forgotten, and when: photos and words of an erased member, all after three years."""

import json

from app import crypto
from app.service_requests.jobs import forget_requests, move_photos
from tests.service_requests.pictures import picture
from tests.service_requests.shop import (
    ask_as_member,
    audit,
    get,
    open_service,
    request_id,
    set_clock,
    step,
    steps,
)
from tests.support.members import run_job


def rows(owner, brand, table: str) -> int:
    return owner.execute(
        f"SELECT count(*) FROM {table} WHERE brand_id = %s", (brand.brand_id,)
    ).fetchone()[0]


def shown(brand, case) -> dict:
    return brand.api.get(f"/v1/service-requests/{case.request.number}")


def test_r4_an_erased_members_request_is_archived_sealed_and_out_of_sight(brand, owner) -> None:
    (serial, _) = open_service(brand)
    asked = shown(brand, ask_as_member(brand, serial, picture()))
    steps(brand, asked, "cover", "repair", "finish", "deliver")
    assert run_job(brand, move_photos) == 1

    brand.api.post("/v1/members/ext:mina/erase", expect=200)

    after = get(brand, asked)
    assert (after["status"], after["outcome"]) == ("delivered", "repair")
    assert after["description"] is after["address"] is after["contact"] is None
    assert after["photos"] == []
    brand.api.refused(
        "GET", f"/v1/service-requests/{asked['id']}/photos/1", code="service_photo_not_found"
    )
    assert run_job(brand, move_photos) == 1
    assert rows(owner, brand, "service_request_photos") == 0
    assert rows(owner, brand, "service_request_notes") == 0
    ((sealed, kept_until),) = owner.execute(
        "SELECT content_sealed, kept_until FROM service_request_archives WHERE brand_id = %s",
        (brand.brand_id,),
    ).fetchall()
    cell = crypto.Cell(brand.brand_id, "service_request_archives", "content", request_id(asked))
    with brand.app.app_context():
        kept = json.loads(crypto.unseal(sealed, cell))
    assert kept["description"] == "밑창이 떨어졌어요"
    assert kept["notes"]
    assert kept_until.date().isoformat() == "2029-11-22"
    set_clock(brand, "2029-11-21T10:00:00+09:00")
    assert run_job(brand, forget_requests) == 0
    set_clock(brand, "2029-11-22T10:00:00+09:00")
    assert run_job(brand, forget_requests) == 1
    assert rows(owner, brand, "service_request_archives") == 0
    assert audit(brand) == []


def test_an_erasure_cancels_what_has_not_arrived_and_leaves_what_is_here_to_be_given_back(
    brand, owner
) -> None:
    serials = open_service(brand, units=2)
    coming = shown(brand, ask_as_member(brand, serials[0]))
    asked = shown(brand, ask_as_member(brand, serials[1], picture()))
    here = steps(brand, asked, "cover", "arrive")

    brand.api.post("/v1/members/ext:mina/erase", expect=200)

    assert get(brand, coming)["status"] == "cancelled"
    assert get(brand, coming)["description"] is None
    assert get(brand, here)["address"] == "서울시 마포구 1"
    assert get(brand, here)["photos"] == []
    assert run_job(brand, forget_requests) == 0
    steps(brand, here, "repair", "finish", "send", "deliver")
    assert run_job(brand, forget_requests) == 1
    assert get(brand, here)["address"] is None
    assert rows(owner, brand, "service_request_archives") == 2
    assert audit(brand) == []


def test_r5_what_was_told_is_deleted_after_three_years(brand, owner) -> None:
    (serial, _) = open_service(brand)
    asked = shown(brand, ask_as_member(brand, serial, picture()))
    step(brand, asked, "reject", reason="수리 대상이 아님")
    set_clock(brand, "2029-11-21T10:00:00+09:00")
    assert run_job(brand, forget_requests) == 0
    set_clock(brand, "2029-11-22T10:00:00+09:00")
    assert run_job(brand, forget_requests) == 1
    assert run_job(brand, forget_requests) == 0
    after = get(brand, asked)
    assert (after["status"], after["description"], after["photos"]) == ("rejected", None, [])
    assert after["forgotten_at"] is not None
    run_job(brand, move_photos)
    for table in ("photos", "notes", "archives"):
        assert rows(owner, brand, f"service_request_{table}") == 0
    assert audit(brand) == []
