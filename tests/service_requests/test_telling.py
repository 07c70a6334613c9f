"""The owner is told: of the request, of what changes, of quotes; and nobody else."""

from app.messages import services as messages
from app.service_requests import services
from tests.messages.post import set_host
from tests.service_requests.shop import ask, open_service, paid_and_quoted, set_clock, step
from tests.support.members import make_member, member_id, unit_of_work


def outbox(brand) -> list[tuple[str, str]]:
    with unit_of_work(brand):
        opened = messages.list_outbox(brand.brand_id, 50)
        return [
            (each.message.code, each.texts["sms"]["text"])
            for each in reversed(opened)
            if each.message.purpose == "service_status"
        ]


def test_the_owner_is_told_what_happens_with_a_link_to_the_request(brand) -> None:
    host = set_host(brand)
    (serial, _) = open_service(brand)
    brand.api.patch("/v1/members/ext:mina", {"phone": "010-1234-5678"})
    asked = paid_and_quoted(brand, serial)
    step(brand, asked, "arrive")
    brand.api.post(
        f"/v1/service-requests/{asked['id']}/notes", {"text": "안내", "visibility": "customer"}
    )
    brand.api.post(f"/v1/service-requests/{asked['id']}/notes", {"text": "우리끼리"})
    link = f"https://{host}/my/requests/AS-261122-0001"
    told = outbox(brand)
    assert [code for code, _ in told] == [
        "service_request_received", "service_request_quote", "service_request_status",
    ]  # fmt: skip
    assert all(link in text for _, text in told)
    assert "75,000원" in told[1][1]
    assert "안내 말씀이 있어요" in told[2][1]


def test_nothing_is_sent_without_a_host_or_without_a_way_to_reach_the_owner(make_brand) -> None:
    silent = make_brand()
    (serial, _) = open_service(silent)
    silent.api.patch("/v1/members/ext:mina", {"phone": "010-1234-5678"})
    ask(silent, serial)
    unreachable = make_brand()
    set_host(unreachable)
    (serial, free) = open_service(unreachable)
    ask(unreachable, serial)
    ask(unreachable, free)
    assert outbox(silent) == outbox(unreachable) == []


def test_a_request_of_a_merged_member_belongs_to_the_survivor(brand) -> None:
    (serial, _) = open_service(brand)
    asked = ask(brand, serial)
    survivor = member_id(brand, make_member(brand, "minah"))
    brand.api.post("/v1/members/ext:mina/merge", {"into": "ext:minah"}, expect=200)
    set_clock(brand, "2026-11-23T10:00:00+09:00")
    with unit_of_work(brand):
        found = services.list_of_member(brand.brand_id, survivor, 5)
    assert [each.request.number for each in found] == [asked["number"]]
    assert ask(brand, serial)["member"] == brand.api.get("/v1/members/ext:minah")["id"]
