"""Messages and their wording over JSON; what they said is forgotten."""

from datetime import timedelta

import pytest

from app import clock, ids
from app.audit import prove_books
from app.db import transaction
from app.messages import services
from app.messages.jobs import carry_due, forget
from app.messages.services import Address

NOW = clock.now()
MINE = {
    "channels": ["sms"],
    "sms": {"text": "#{brand}에서 #{product} 보증서를 보내 드려요 #{link}"},
}


@pytest.fixture(autouse=True)
def context(app):
    with app.app_context():
        yield


def send(brand, **changes):
    options = {
        "to": Address(phone="+821012345678"),
        "variables": {"product": "부츠", "link": "https://a.example"},
        "purpose": "warranty_issued",
        "now": NOW,
        **changes,
    }
    with transaction(brand.brand_id):
        return services.send(brand.brand_id, "certificate_link", **options)


def said(brand):
    with transaction(brand.brand_id):
        return services.list_outbox(brand.brand_id, 1)[0].texts


def test_a_draft_is_sent_only_once_it_is_published(brand) -> None:
    api = brand.api
    written = api.put("/v1/message-templates/certificate_link", MINE)
    assert written["faults"] == []
    send(brand)
    assert said(brand)["sms"]["text"].startswith("[단골상회] 부츠 보증서예요.")
    published = api.post("/v1/message-templates/certificate_link/publish", expect=200)
    assert (published["published"]["version"], published["draft"]) == (1, None)
    send(brand)
    assert said(brand)["sms"]["text"] == "단골상회에서 부츠 보증서를 보내 드려요 https://a.example"
    shown = api.get("/v1/messages")["data"]
    assert [each["template_version"] for each in shown] == [1, None]


@pytest.mark.parametrize(
    ("definition", "field"),
    [
        ({}, "channels"),
        ({"channels": ["sms"]}, "sms/text"),
        ({"channels": ["sms"], "sms": {"text": "보증서 #{password} #{link}"}}, "sms/text"),
        ({"channels": ["sms"], "sms": {"text": "보증서가 왔어요"}}, "sms/text"),
        ({"channels": ["sms"], "sms": {"text": "보증서 😀 #{link}"}}, "sms/text"),
        ({"channels": ["sms"], "sms": {"text": "가" * 1001 + "#{link}"}}, "sms/text"),
        ({"channels": ["email"], "email": {"text": "#{link}"}}, "email/subject"),
        ({"channels": ["alimtalk"], "alimtalk": {"text": "#{link}"}}, "alimtalk/template_id"),
    ],
)
def test_a_draft_that_could_not_be_sent_is_not_published(brand, definition, field) -> None:
    path = "/v1/message-templates/certificate_link"
    written = brand.api.put(path, definition)
    assert written["faults"][0]["field"] == field
    problem = brand.api.refused("POST", f"{path}/publish", code="message_template_faulty")
    assert problem["errors"][0]["pointer"] == f"/{field}"
    assert brand.api.get(path)["published"] is None


def test_every_built_in_wording_could_be_published(brand) -> None:
    for shown in brand.api.get("/v1/message-templates?limit=100")["data"]:
        path = f"/v1/message-templates/{shown['code']}"
        assert brand.api.put(path, shown["builtin"])["faults"] == []


def test_versions_stay_as_they_were(brand) -> None:
    path = "/v1/message-templates/certificate_link"
    brand.api.put(path, MINE)
    brand.api.post(f"{path}/publish", expect=200)
    brand.api.put(path, {**MINE, "sms": {"text": "둘째 #{link}"}})
    brand.api.post(f"{path}/publish", expect=200)
    brand.api.refused("POST", f"{path}/publish", code="message_template_has_no_draft")
    versions = brand.api.get(f"{path}/versions")["data"]
    assert [each["version"] for each in versions] == [2, 1]
    assert versions[1]["definition"] == MINE


def test_a_message_is_shown_with_its_tries_and_a_masked_address(brand) -> None:
    send(brand)
    carry_due(brand.brand_id, NOW)
    listed = brand.api.get("/v1/messages?state=delivered")["data"][0]
    shown = brand.api.get(f"/v1/messages/{listed['id']}")
    assert shown == listed
    assert shown["to"] == "010-****-5678"
    assert [(each["channel"], each["state"]) for each in shown["attempts"]] == [
        ("sms", "delivered")
    ]
    assert brand.api.get("/v1/messages?state=failed")["data"] == []


def test_messages_of_a_member_are_found_also_after_a_merge(brand) -> None:
    first = brand.api.put("/v1/members/ext:a", {"phone": "010-1234-5678"}, expect=201)
    brand.api.put("/v1/members/ext:b", {"name": "비"}, expect=201)

    send(brand, to=None, member_id=ids.read("mem", first["id"]))
    brand.api.post("/v1/members/ext:a/merge", {"into": "ext:b"}, expect=200)
    assert len(brand.api.get("/v1/messages?member=ext:b")["data"]) == 1


def test_what_a_message_said_is_forgotten_when_its_time_is_over(brand, owner) -> None:
    message = send(brand)
    carry_due(brand.brand_id, NOW)
    assert forget(brand.brand_id, NOW + timedelta(days=90)) == 0
    assert forget(brand.brand_id, NOW + timedelta(days=90, seconds=1)) == 1
    assert said(brand) == {}
    shown = brand.api.get("/v1/messages")["data"][0]
    assert (shown["to"], shown["state"]) == (None, "delivered")
    assert owner.execute(
        "SELECT content_sealed, recipient_index FROM messages WHERE id = %s", (message.id,)
    ).fetchone() == (None, None)


def test_erasing_a_member_forgets_what_it_was_told_and_stops_what_is_on_its_way(brand) -> None:

    member = brand.api.put("/v1/members/ext:a", {"phone": "010-1234-5678"}, expect=201)
    send(brand, to=None, member_id=ids.read("mem", member["id"]))
    brand.api.post("/v1/members/ext:a/erase", expect=200)
    assert carry_due(brand.brand_id, NOW) == 0
    shown = brand.api.get("/v1/messages")["data"][0]
    assert (shown["state"], shown["reason"], shown["to"]) == ("failed", "member_gone", None)


def test_the_audit_finds_a_message_that_claims_to_have_arrived(brand, owner) -> None:
    message = send(brand)
    carry_due(brand.brand_id, NOW)
    with transaction(brand.brand_id):
        assert prove_books(brand.brand_id) == []
    owner.execute("DELETE FROM message_attempts WHERE message_id = %s", (message.id,))
    with transaction(brand.brand_id):
        assert {finding.check for finding in prove_books(brand.brand_id)} == {
            "messages.attempts_follow_each_other",
            "messages.delivered_messages_were_delivered",
        }
