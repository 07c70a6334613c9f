"""Two brands: nothing of one is seen, changed or hinted at from the other's desk."""

import pytest
from flask import Flask

from app import ids
from app.db import transaction
from app.staff import services as staff
from tests.console.desk import Desk
from tests.console.replay import all_requests
from tests.support.api import TestBrand
from tests.support.world import World
from tests.test_tenants import digest


@pytest.fixture
def world(brand: TestBrand) -> World:
    return World(brand)


def routes(app: Flask) -> set[tuple[str, str]]:
    return {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("console.")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }


def test_every_page_is_replayed(app: Flask, world: World) -> None:
    assert set(all_requests(world, Desk(world.brand))) == routes(app)


def test_staff_of_another_brand_see_and_change_nothing(
    app: Flask, world: World, make_brand, owner
) -> None:
    victim = Desk(world.brand)
    requests = all_requests(world, victim)
    before = digest(owner, world.brand.brand_id)
    stranger = Desk(make_brand(name="다른상회"))
    secrets = (
        world.alice, world.bob, world.order, world.hold, world.referral, world.exchange,
        world.batch, world.message, world.warranty, world.review, world.asked,
        victim.email, victim.id, "앨리스", "단골상회",
    )  # fmt: skip
    for (method, rule), (path, fields, expected) in requests.items():
        data = {"token": stranger.token, **fields} if method == "POST" else None
        response = stranger.ask(method, path, data=data)
        text = response.get_data(as_text=True)
        if expected == "own":
            assert response.status_code in (200, 303), (method, rule, text)
        else:
            assert response.status_code == int(expected), (method, rule, text)
        for secret in secrets:
            # What a stranger typed may come back to them, of another's nothing else.
            if secret not in fields.values():
                assert secret not in text, (method, rule, secret)
    # A wrong password is written down with whom it was tried on, and nothing else has changed.
    with app.app_context(), transaction(world.brand.brand_id):
        refused = staff.list_access(world.brand.brand_id, action="refused", limit=9)
    assert [each.actor for each in refused] == [victim.actor]
    owner.execute("DELETE FROM staff_access_log WHERE id = %s", (refused[0].id,))
    assert digest(owner, world.brand.brand_id) == before
    victim.open("/console/account")
    assert victim.url == "/console/account"


def test_a_form_of_one_brand_is_not_done_in_another(make_brand) -> None:
    first, second = make_brand(), make_brand()
    desk = Desk(first)
    desk.join(second, "admin")
    desk.open("/console/team")
    form = desk.page.form("/console/team/invitations")
    fields = {**form.values, "email": "new@staff.example", "role": "admin"}
    desk.post("/console/brand", {"brand": ids.show("brd", second.brand_id)})
    response = desk.ask("POST", "/console/team/invitations", data=fields)
    assert response.status_code == 403
    assert "페이지를 새로 열고" in response.get_data(as_text=True)
    for brand in (first, second):
        with brand.app.app_context(), transaction(brand.brand_id):
            assert staff.list_invitations(brand.brand_id) == []


def test_who_leaves_one_brand_stays_in_the_other(make_brand) -> None:
    first, second = make_brand(name="첫째"), make_brand(name="둘째")
    desk, boss = Desk(first, "cs"), Desk(first)
    desk.join(second, "viewer")
    elsewhere = Desk(first, None, email=desk.email)
    elsewhere.sign_in(desk.password)
    elsewhere.post("/console/brand", {"brand": ids.show("brd", second.brand_id)})
    boss.open("/console/team")
    boss.send(f"/console/team/{desk.id}/disable")
    desk.open("/console")
    assert desk.url == "/console/login"
    elsewhere.open("/console")
    assert elsewhere.url == "/console"
    assert "둘째" in elsewhere.page.text
    assert "첫째" not in elsewhere.page.text
    elsewhere.post("/console/brand", {"brand": ids.show("brd", first.brand_id)}, expect=404)
