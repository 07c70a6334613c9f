"""Messages of live brands leave through Solapi and SMTP: once, or with the reason why not."""

import os
import subprocess
import sys
from datetime import timedelta
from itertools import pairwise

import pytest

from app import clock
from app.db import transaction
from app.messages import services
from app.messages.jobs import carry, carry_due
from app.messages.services import Address
from tests.support import smtp, solapi

NOW = clock.now()
SENDER = {
    "sender_phone": "0212345678",
    "sender_email": "care@shop.example",
    "kakao_channel": "KA01PF",
}
PHONE = Address(phone="+821012345678")
BOTH = Address(phone="+821012345678", email="dangol@mail.example")
VARIABLES = {"product": "레인부츠", "link": "https://shop.example/q/1"}


@pytest.fixture
def provider(app, monkeypatch):
    with solapi.running() as server:
        monkeypatch.setitem(app.config, "SOLAPI_URL", server.url)
        monkeypatch.setitem(app.config, "SOLAPI_KEY", solapi.KEY)
        monkeypatch.setitem(app.config, "SOLAPI_SECRET", solapi.SECRET)
        yield server


@pytest.fixture
def mails(app, monkeypatch):
    with smtp.running() as server:
        monkeypatch.setitem(app.config, "SMTP_URL", server.url)
        yield server


@pytest.fixture
def live(app, make_brand):
    brand = make_brand(test=False, messages=SENDER)
    with app.app_context():
        yield brand


def send(brand, to=PHONE, **changes):
    with transaction(brand.brand_id):
        return services.send(
            brand.brand_id,
            changes.pop("template", "certificate_link"),
            to=to,
            variables=VARIABLES,
            purpose="warranty_issued",
            now=NOW,
            **changes,
        )


def state(brand):
    with transaction(brand.brand_id):
        message = services.list_outbox(brand.brand_id, 1)[0].message
    return message.state, message.reason


def later(brand, **delay):
    return carry_due(brand.brand_id, NOW + timedelta(**delay))


def template(owner, brand, definition) -> None:
    owner.execute(
        "INSERT INTO message_templates (brand_id, code, version, status, definition, actor,"
        " created_at, updated_at, published_at)"
        " VALUES (%s, 'certificate_link', 1, 'published', %s, 'test', now(), now(), now())",
        (brand.brand_id, definition),
    )


def test_an_sms_leaves_once_and_its_receipt_is_asked_for(provider, live) -> None:
    message = send(live)
    carry(live.brand_id, message.id, NOW)
    carry(live.brand_id, message.id, NOW)
    (sent,) = provider.messages.values()
    assert (sent["to"], sent["from"], sent["type"]) == ("01012345678", "0212345678", "SMS")
    assert state(live) == ("sent", None)
    later(live, seconds=30)
    assert state(live) == ("sent", None)
    provider.report("4000")
    later(live, seconds=60)
    assert state(live) == ("delivered", None)
    assert len(provider.messages) == 1
    assert provider.unauthenticated == 0


def test_a_text_of_more_than_ninety_bytes_leaves_as_lms(provider, live, owner) -> None:
    text = "가" * 45
    template(owner, live, f'{{"channels": ["sms"], "sms": {{"text": "{text}"}}}}')
    carry(live.brand_id, send(live).id, NOW)
    owner.execute(
        "UPDATE message_templates SET definition ="
        " jsonb_set(definition, '{sms,text}', to_jsonb(%s::text)) WHERE brand_id = %s",
        (text + "!", live.brand_id),
    )
    carry(live.brand_id, send(live).id, NOW)
    assert [sent["type"] for sent in provider.messages.values()] == ["SMS", "LMS"]


@pytest.mark.parametrize("mood", ["lost", "slow"])
def test_a_message_whose_answer_was_lost_is_not_sent_again(provider, live, mood) -> None:
    provider.moods.append(mood)
    carry(live.brand_id, send(live).id, NOW)
    assert state(live) == ("sending", None)
    later(live, seconds=31)
    assert state(live) == ("sent", None)
    assert len(provider.messages) == 1


@pytest.mark.parametrize("mood", ["vanish", "down"])
def test_a_message_that_never_arrived_is_sent_again_once_that_is_known(
    provider, live, mood
) -> None:
    provider.moods.append(mood)
    carry(live.brand_id, send(live).id, NOW)
    later(live, seconds=10)
    assert len(provider.messages) == 0
    later(live, seconds=31)
    later(live, seconds=60)
    assert state(live) == ("sent", None)
    assert len(provider.messages) == 1


def test_a_busy_provider_is_tried_again_later_each_time_and_no_more_than_five_times(
    provider, live, owner
) -> None:
    provider.moods.extend(["busy"] * 9)
    carry(live.brand_id, send(live).id, NOW)
    for minutes in range(1, 120):
        later(live, minutes=minutes)
    assert state(live) == ("failed", "TooManyRequests")
    starts = [
        row[0]
        for row in owner.execute(
            "SELECT started_at FROM message_attempts WHERE brand_id = %s ORDER BY seq",
            (live.brand_id,),
        )
    ]
    assert len(starts) == 5
    gaps = [after - before for before, after in pairwise(starts)]
    assert gaps == sorted(gaps)


def test_a_provider_that_is_not_there_is_tried_again(app, live, monkeypatch) -> None:
    monkeypatch.setitem(app.config, "SOLAPI_KEY", solapi.KEY)
    monkeypatch.setitem(app.config, "SOLAPI_SECRET", solapi.SECRET)
    monkeypatch.setitem(app.config, "SOLAPI_URL", "http://127.0.0.1:9")
    carry(live.brand_id, send(live).id, NOW)
    assert state(live) == ("queued", None)


def test_where_alimtalk_fails_the_sms_follows_with_its_own_text(provider, live, owner) -> None:
    template(
        owner,
        live,
        '{"channels": ["alimtalk", "sms"], "alimtalk": {"template_id": "KA01TP", "text": "톡"},'
        ' "sms": {"text": "문자"}}',
    )
    provider.moods.append("refuse")
    carry(live.brand_id, send(live).id, NOW)
    assert state(live) == ("queued", None)
    later(live, seconds=0)
    assert [sent["text"] for sent in provider.messages.values()] == ["문자"]


def test_an_alimtalk_that_kakao_fails_afterwards_is_followed_by_the_sms(
    provider, live, owner
) -> None:
    template(
        owner,
        live,
        '{"channels": ["alimtalk", "sms"], "alimtalk": {"template_id": "KA01TP", "text": "톡"},'
        ' "sms": {"text": "문자"}}',
    )
    carry(live.brand_id, send(live).id, NOW)
    (talk,) = provider.messages.values()
    assert (talk["type"], talk["kakaoOptions"]["disableSms"]) == ("ATA", True)
    provider.report("3104")
    later(live, seconds=31)
    later(live, seconds=32)
    assert sorted(sent["type"] for sent in provider.messages.values()) == ["ATA", "SMS"]


def test_what_did_not_leave_in_time_does_not_leave_any_more(provider, live) -> None:
    send(live, expires_at=NOW + timedelta(minutes=5))
    later(live, minutes=5)
    assert state(live) == ("failed", "expired")
    assert not provider.messages


def test_without_a_provider_or_a_sender_nothing_can_be_sent(app, make_brand) -> None:
    nobody = make_brand(test=False)
    with app.app_context():
        carry(nobody.brand_id, send(nobody).id, NOW)
        assert state(nobody) == ("failed", "not_configured")


CARRY = """
import sys, uuid
from datetime import datetime
from app import create_app
from app.config import load_config
from app.messages.jobs import carry
import os
app = create_app(load_config(os.environ))
with app.app_context():
    carry(uuid.UUID(sys.argv[1]), uuid.UUID(sys.argv[2]), datetime.fromisoformat(sys.argv[3]))
"""


def test_a_worker_killed_between_sending_and_writing_it_down_sends_nothing_twice(
    provider, live, environment
) -> None:
    message = send(live)
    provider.moods.append("slow")
    worker = subprocess.Popen(
        [sys.executable, "-c", CARRY, str(live.brand_id), str(message.id), NOW.isoformat()],
        env={
            **os.environ,
            **environment,
            "DANGOL_SOLAPI_URL": provider.url,
            "DANGOL_SOLAPI_KEY": solapi.KEY,
            "DANGOL_SOLAPI_SECRET": solapi.SECRET,
        },
    )
    assert provider.received.wait(20)
    worker.kill()
    worker.wait()
    assert state(live) == ("sending", None)
    assert later(live, minutes=1) == 0
    assert later(live, minutes=3) == 1
    assert state(live) == ("sent", None)
    assert len(provider.messages) == 1


def test_a_mail_says_what_its_template_says(mails, live) -> None:
    message = send(live, to=Address(email="dangol@mail.example"))
    carry(live.brand_id, message.id, NOW)
    (mail,) = mails.mails
    assert mail["To"] == "dangol@mail.example"
    assert mail["From"] == "단골상회 <care@shop.example>"
    assert mail["Subject"] == "[단골상회] 레인부츠 보증서"
    assert "https://shop.example/q/1" in mail.get_content()
    assert state(live) == ("sent", None)
    assert later(live, hours=1) == 0


def test_a_mail_the_server_puts_off_is_tried_again(mails, live) -> None:
    mails.moods.append("later")
    carry(live.brand_id, send(live, to=Address(email="dangol@mail.example")).id, NOW)
    assert state(live) == ("queued", None)
    later(live, minutes=1)
    assert state(live) == ("sent", None)


def test_a_message_that_cannot_be_read_or_written_keeps_nobody_back(
    provider, mails, live, owner
) -> None:
    broken = send(live)
    owner.execute("UPDATE messages SET content_sealed = 'x' WHERE id = %s", (broken.id,))
    # A mail to such an address cannot even be written.
    send(live, to=Address(email="dangol@mail.example\nBcc: all@mail.example"))
    send(live)
    assert later(live, seconds=0) == 3
    assert len(provider.messages) == 1
    assert mails.mails == []
    later(live, minutes=1)
    with transaction(live.brand_id):
        said = [each.message.reason for each in services.list_outbox(live.brand_id, 2)]
    assert said == [None, "outcome_unknown"]
    assert owner.execute("SELECT reason FROM messages WHERE id = %s", (broken.id,)).fetchone() == (
        "unreadable",
    )
    assert len(live.api.get("/v1/messages")["data"]) == 3


def test_a_mail_to_nobody_fails_at_once(mails, live) -> None:
    mails.moods.append("never")
    carry(live.brand_id, send(live, to=Address(email="nobody@mail.example")).id, NOW)
    assert state(live) == ("failed", "550")


def test_a_mail_whose_fate_is_unknown_is_not_sent_again(mails, live) -> None:
    mails.moods.append("lost")
    carry(live.brand_id, send(live, to=Address(email="dangol@mail.example")).id, NOW)
    later(live, minutes=1)
    assert state(live) == ("failed", "outcome_unknown")
    assert len(mails.mails) == 1


def test_where_the_sms_fails_the_mail_follows(provider, mails, live) -> None:
    provider.moods.append("refuse")
    carry(live.brand_id, send(live, to=BOTH).id, NOW)
    later(live, seconds=1)
    assert len(mails.mails) == 1
