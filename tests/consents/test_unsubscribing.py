"""Links that end advertising: for good, without a login, with nothing of a person in them."""

import base64

import pytest

from app import clock, links
from app.consents import services
from tests.consents.asking import answer, history, states
from tests.support.members import make_member, member_id, unit_of_work

OLD, NEW = bytes(range(32)), bytes(range(1, 33))


@pytest.fixture
def keys(asking):
    """Set the keys of links, the one that signs first."""
    before = asking.app.config["LINK_KEYS"]
    yield lambda **keys: asking.app.config.update(LINK_KEYS=keys)
    asking.app.config["LINK_KEYS"] = before


def token_for(brand, member, channel="sms"):
    found = member_id(brand, member)
    with brand.app.app_context():
        return services.unsubscribe_token(brand.brand_id, found, channel)


def read(brand, token):
    with brand.app.app_context():
        return services.read_unsubscribe(token)


def withdraw(brand, token, **options):
    with unit_of_work(brand):
        link = services.read_unsubscribe(token)
        return services.unsubscribe(link, now=clock.now(), **options)


@pytest.mark.parametrize("channel", ["sms", "kakao", "email", "push"])
def test_a_link_names_brand_member_and_channel(asking, alice, channel) -> None:
    link = read(asking, token_for(asking, alice, channel))
    assert link == services.Unsubscribe(asking.brand_id, member_id(asking, alice), channel)
    assert link.purpose == f"ad_{channel}"


def test_a_link_holds_random_ids_and_one_byte_and_fits_an_address(asking) -> None:
    asking.api.put(
        "/v1/members/ext:kim@mail.example", {"name": "김단골", "phone": "010-1234-5678"}, expect=201
    )
    member = "/v1/members/ext:kim@mail.example"
    token = token_for(asking, member)
    payload = base64.urlsafe_b64decode(token.split(".")[0] + "==")
    assert payload == asking.brand_id.bytes + member_id(asking, member).bytes + b"\0"
    assert len(token) < 100
    assert token.replace("-", "").replace("_", "").replace(".", "").isalnum()


def test_a_link_that_was_changed_anywhere_is_none(asking, alice, make_brand) -> None:
    token = token_for(asking, alice)
    body, _, signature = token.partition(".")
    email = token_for(asking, alice, "email").partition(".")[0]
    for other in ("", ".", body, f"{body}.", f".{signature}", f"{email}.{signature}", "가나다",
                  token + "A", token[:-2], "A" * 10_000, f"{body}.{signature[::-1]}"):  # fmt: skip
        assert read(asking, other) is None, other
    assert read(asking, token) is not None


def test_a_token_of_another_purpose_opens_no_unsubscribe_link(asking, alice) -> None:
    with asking.app.app_context():
        other = links.sign("transfer", bytes(33))
        same = links.sign("unsubscribe", bytes(33))
    assert read(asking, other) is None
    assert read(asking, same).channel == "sms"


def test_a_link_outlives_years_and_a_change_of_keys(asking, alice, keys) -> None:
    before_keys = token_for(asking, alice)
    keys(old=OLD)
    under_old = token_for(asking, alice)
    keys(new=NEW, old=OLD)
    under_new = token_for(asking, alice)
    assert len({before_keys, under_old, under_new}) == 3
    assert all(read(asking, token) for token in (before_keys, under_old, under_new))
    keys(new=NEW)  # the old key is taken out
    assert read(asking, under_old) is None
    assert read(asking, under_new)
    assert read(asking, before_keys)  # the derived key always holds


def test_a7_a_link_withdraws_at_once_and_only_its_channel(asking, alice) -> None:
    answer(asking, alice, ad_sms="granted", ad_email="granted", marketing_pi="granted")
    token = token_for(asking, alice)
    evidence = services.Evidence(ip="203.0.113.7", user_agent="KAKAOTALK")
    assert withdraw(asking, token, evidence=evidence) == ["ad_sms"]
    assert states(asking, alice) == {
        "ad_sms": "withdrawn", "ad_email": "granted", "marketing_pi": "granted",
    }  # fmt: skip
    last = history(asking, alice)[-1]
    assert (last["source"], last["actor"]) == ("unsubscribe_link", "subject")
    assert last["evidence_sha256"]
    assert withdraw(asking, token) == []  # again: nothing
    assert len(history(asking, alice)) == 4


def test_who_never_agreed_can_say_no_as_well(asking, alice) -> None:
    assert withdraw(asking, token_for(asking, alice)) == ["ad_sms"]
    assert states(asking, alice) == {"ad_sms": "withdrawn"}


def test_a_link_of_a_merged_member_speaks_for_the_survivor(asking, alice) -> None:
    token = token_for(asking, alice)
    bob = make_member(asking, "bob")
    answer(asking, bob, ad_sms="granted")
    asking.api.post(f"{alice}/merge", {"into": "ext:bob"}, expect=200)
    assert withdraw(asking, token) == ["ad_sms"]
    assert states(asking, bob) == {"ad_sms": "withdrawn"}


def test_a_link_of_an_erased_member_does_nothing(asking, alice) -> None:
    token = token_for(asking, alice)
    asking.api.post(f"{alice}/erase", expect=200)
    assert withdraw(asking, token) == []
