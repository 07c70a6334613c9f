"""A message is a row and a job; test brands' messages stay in the house."""

from contextlib import suppress

import pytest

from app import clock, create_app
from app.config import load_config
from app.db import db, transaction
from app.messages import services
from app.messages.errors import (
    MessageNeedsMember,
    MessageTemplateUnknown,
    MessageUnreachable,
    MessageVariableMissing,
)
from app.messages.jobs import carry_due
from app.messages.services import Address
from tests.support import api

NOW = clock.now()
LINK = {"product": "레인부츠", "link": "https://shop.example/q/1"}


def send(brand, template="certificate_link", **changes):
    options = {
        "to": Address(phone="+821012345678"),
        "variables": LINK,
        "purpose": "warranty_issued",
        "now": NOW,
        **changes,
    }
    with transaction(brand.brand_id):
        return services.send(brand.brand_id, template, **options)


def outbox(brand):
    with transaction(brand.brand_id):
        return services.list_outbox(brand.brand_id, 100)


@pytest.fixture(autouse=True)
def context(app):
    with app.app_context():
        yield


def test_a_message_says_what_its_template_says(brand) -> None:
    message = send(brand)
    opened = outbox(brand)[0]
    assert opened.message.id == message.id
    assert opened.texts == {
        "sms": {"text": "[단골상회] 레인부츠 보증서예요.\nhttps://shop.example/q/1"}
    }


def test_a_test_brands_message_is_delivered_without_leaving_the_house(brand, owner) -> None:
    send(brand)
    assert carry_due(brand.brand_id, NOW) == 1
    assert carry_due(brand.brand_id, NOW) == 0
    assert outbox(brand)[0].message.state == "delivered"
    assert owner.execute(
        "SELECT provider, state, seq FROM message_attempts WHERE brand_id = %s", (brand.brand_id,)
    ).fetchall() == [("dev", "delivered", 1)]


def test_a_repeat_with_the_same_key_sends_nothing(brand) -> None:
    first = send(brand, key="warranty:1")
    assert send(brand, key="warranty:1").id == first.id
    assert len(outbox(brand)) == 1


def test_a_message_of_a_transaction_that_fails_was_never_asked_for(brand, owner) -> None:
    with suppress(LookupError), transaction(brand.brand_id):
        services.send(
            brand.brand_id,
            "certificate_link",
            to=Address(phone="+821012345678"),
            variables=LINK,
            purpose="warranty_issued",
            now=NOW,
        )
        raise LookupError
    assert outbox(brand) == []
    assert owner.execute(
        "SELECT count(*) FROM procrastinate_jobs WHERE args->>'brand_id' = %s",
        (str(brand.brand_id),),
    ).fetchone() == (0,)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"template": "nothing"}, MessageTemplateUnknown),
        ({"variables": {"product": "레인부츠"}}, MessageVariableMissing),
        ({"to": Address()}, MessageUnreachable),
        ({"purpose": "marketing"}, MessageNeedsMember),
    ],
)
def test_what_cannot_be_sent_is_refused_when_it_is_asked_for(brand, changes, refusal) -> None:
    with pytest.raises(refusal):
        send(brand, **changes)
    assert outbox(brand) == []


def test_the_outbox_shows_test_brands_alone_and_only_where_it_is_switched_on(
    app, environment
) -> None:
    shown = create_app({**load_config({**environment, "DANGOL_DEV_OUTBOX": "on"}), "TESTING": True})
    test, live = api.make_brand(shown), api.make_brand(shown, test=False)
    with shown.app_context():
        send(test, variables={**LINK, "product": "<b>부츠</b>"})
        send(live, variables={**LINK, "product": "운동화"})
    page = shown.test_client().get("/dev/outbox").get_data(as_text=True)
    assert "&lt;b&gt;부츠&lt;/b&gt;" in page
    assert "운동화" not in page
    assert app.test_client().get("/dev/outbox").status_code == 404
    with shown.app_context():
        db.engine.dispose()
