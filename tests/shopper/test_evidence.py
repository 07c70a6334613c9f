"""What speaks for a copied label reaches staff, who decide; nothing follows by itself."""

import psycopg
import pytest

from app import jobs
from tests.shopper.phone import Shop


def reviews(shop: Shop, state: str = "open") -> list[dict]:
    return shop.brand.api.get(f"/v1/warranty-reviews?state={state}")["data"]


def evidence(shop: Shop) -> dict[str, int]:
    return {each["what"]: each["weight"] for each in reviews(shop)[0]["evidence"]}


def ship(shop: Shop, number: int = 0) -> None:
    body = {"step": "ship"}
    shop.brand.api.post(f"/v1/units/{shop.serials[number]}/steps", body, expect=200)


def look(shop: Shop, devices: int, number: int = 0) -> None:
    for device in range(devices):
        shop.phone(ip=f"198.51.100.{device}").open(f"/q/{shop.codes[number]}")


def test_an_ordinary_purchase_asks_nobody_to_look(shop: Shop) -> None:
    ship(shop)
    look(shop, 2)
    shop.phone().register(shop.codes[0], channel="own_mall")
    look(shop, 4)
    assert reviews(shop) == []


def test_scans_before_shipment_and_from_many_devices_add_up(shop: Shop) -> None:
    look(shop, 2)
    assert reviews(shop) == []
    look(shop, 1)
    assert evidence(shop) == {"scanned_before_shipment": 2, "many_devices_before_claim": 2}
    assert reviews(shop)[0]["score"] == 4


def test_the_same_device_counts_once(shop: Shop) -> None:
    phone = shop.phone()
    for _ in range(6):
        phone.open(f"/q/{shop.codes[0]}")
    assert reviews(shop) == []


def test_who_says_that_the_unit_is_theirs_is_heard_with_their_words(shop: Shop) -> None:
    ship(shop)
    shop.phone().register(shop.codes[0], channel="own_mall")
    other = shop.phone(number="010-9999-0000", ip="198.51.100.9")
    path = f"/q/{shop.codes[0]}/report"
    other.open(path)
    page = other.send(path, {"kind": "mine", "note": "영수증이 있어요"})
    assert "사람이 보고 판단해요" in page.text
    assert evidence(shop) == {"ownership_disputed": 3}
    report = shop.brand.api.get(f"/v1/units/{shop.serials[0]}/reports")["data"][0]
    assert (report["kind"], report["note"], report["member"]) == ("mine", "영수증이 있어요", None)
    assert shop.owner() == "+821024681357"  # and keeps the unit


def test_the_words_of_a_report_are_sealed(shop: Shop, owner: psycopg.Connection) -> None:
    phone = shop.phone()
    path = f"/q/{shop.codes[0]}/report"
    phone.open(path)
    phone.send(path, {"kind": "doubtful", "note": "카나리아 010-7531-8642"})
    row = owner.execute(
        "SELECT note_sealed FROM warranty_reports WHERE brand_id = %s", (shop.brand.brand_id,)
    ).fetchone()
    assert "카나리아".encode() not in row[0]


def test_another_channel_than_allocated_speaks_for_a_copy(shop: Shop, make_brand) -> None:
    shop = Shop(make_brand(), channel="naver")
    shop.phone().register(shop.codes[0], channel="coupang")
    look(shop, 1)
    assert reviews(shop) == []
    phone = shop.phone(ip="198.51.100.7")
    phone.open(f"/q/{shop.codes[0]}/report")
    phone.send(f"/q/{shop.codes[0]}/report", {"kind": "doubtful"})
    assert evidence(shop)["other_channel"] == 1


def test_an_order_number_used_for_many_units_is_seen(shop: Shop, make_brand) -> None:
    shop = Shop(make_brand(), quantity=6)
    for number in range(5):
        ship(shop, number)
        shop.wait(minutes=11)
        shop.phone().register(shop.codes[number], order_number="3000012345678")
    phone = shop.phone(ip="198.51.100.7")
    phone.open(f"/q/{shop.codes[4]}/report")
    phone.send(f"/q/{shop.codes[4]}/report", {"kind": "doubtful"})
    assert evidence(shop) == {"order_reused": 2, "reported_doubtful": 2}


@pytest.mark.parametrize(("decision", "flags"), [("confirmed", ["suspect"]), ("cleared", [])])
def test_staff_decide_and_the_owner_keeps_the_unit(
    shop: Shop, decision: str, flags: list[str]
) -> None:
    shop.phone().register(shop.codes[0])
    other = shop.phone(ip="198.51.100.9")
    other.open(f"/q/{shop.codes[0]}/report")
    other.send(f"/q/{shop.codes[0]}/report", {"kind": "mine"})
    review = reviews(shop)[0]["id"]
    path, body = (
        f"/v1/warranty-reviews/{review}/decision",
        {"decision": decision, "reason": "영수증"},
    )
    decided = shop.brand.api.post(path, body, expect=200)
    assert (decided["state"], decided["reason"]) == (decision, "영수증")
    assert shop.unit()["flags"] == flags
    assert shop.unit()["state"] == "claimed"
    shop.brand.api.refused("POST", path, body, code="warranty_review_decided")


def test_what_was_cleared_comes_back_only_with_more_to_speak_for_it(shop: Shop) -> None:
    ship(shop)

    def report() -> None:
        other = shop.phone(ip="198.51.100.9")
        other.open(f"/q/{shop.codes[0]}/report")
        other.send(f"/q/{shop.codes[0]}/report", {"kind": "mine"})

    report()
    review = reviews(shop)[0]
    shop.brand.api.post(
        f"/v1/warranty-reviews/{review['id']}/decision",
        {"decision": "cleared", "reason": "확인"},
        expect=200,
    )
    look(shop, 1)
    assert reviews(shop) == []
    report()
    assert reviews(shop)[0]["id"] != review["id"]
    assert reviews(shop)[0]["score"] > review["score"]


def test_owners_report_loss_and_take_it_back(shop: Shop) -> None:
    phone = shop.phone()
    done = phone.register(shop.codes[0])
    path = next(link for link in done.links if "/my/warranties/" in link)
    phone.open(path)
    assert "분실 신고" in phone.send(f"{path}/report", {"kind": "lost"}).text
    assert shop.unit()["flags"] == ["lost"]
    other = shop.phone(ip="198.51.100.9")
    assert "분실이나 도난으로 신고된" in other.open(f"/q/{shop.codes[0]}").text
    assert "내가 등록한 제품이에요" in phone.open(f"/q/{shop.codes[0]}").text
    phone.open(path)
    phone.send(f"{path}/report", {"kind": "found"})
    assert shop.unit()["flags"] == []


def test_scans_and_words_are_forgotten_after_a_year_and_old_offers_end(
    shop: Shop, owner: psycopg.Connection
) -> None:
    look(shop, 2)
    phone = shop.phone()
    path = f"/q/{shop.codes[0]}/report"
    phone.open(path)
    phone.send(path, {"kind": "doubtful", "note": "이상해요"})
    count = (
        "SELECT (SELECT count(*) FROM warranty_scans WHERE brand_id = %(brand)s),"
        " (SELECT count(*) FROM warranty_reports"
        "   WHERE brand_id = %(brand)s AND note_sealed IS NOT NULL),"
        " (SELECT count(*) FROM warranty_reports WHERE brand_id = %(brand)s)"
    )
    for days, expected in ((364, (3, 1, 1)), (2, (0, 0, 1))):
        shop.wait(days=days)
        with shop.brand.app.app_context():
            jobs.run("warranties.tidy", shop.brand.brand_id)
        assert owner.execute(count, {"brand": shop.brand.brand_id}).fetchone() == expected


def test_a_merge_takes_reports_along_and_an_erasure_forgets_their_words(
    shop: Shop, owner: psycopg.Connection
) -> None:
    phone = shop.phone()
    phone.register(shop.codes[0])
    path = f"/q/{shop.codes[1]}/report"
    phone.open(path)
    phone.send(path, {"kind": "doubtful", "note": "이상해요"})
    found = shop.brand.api.get(f"/v1/warranties?unit={shop.serials[0]}")["data"][0]["member"]
    into = shop.brand.api.put("/v1/members/ext:b", {}, expect=201)["id"]
    shop.brand.api.post(f"/v1/members/{found}/merge", {"into": into}, expect=200)
    unit = f"/v1/units/{shop.serials[1]}/reports"
    assert shop.brand.api.get(unit)["data"][0]["member"] == into
    shop.brand.api.post(f"/v1/members/{into}/erase", expect=200)
    report = shop.brand.api.get(unit)["data"][0]
    assert (report["kind"], report["note"], report["member"]) == ("doubtful", None, None)
