"""Routes of accounts, team, keys and logs, for the replay by a stranger."""

from app import clock, ids
from app.db import transaction
from app.staff import services as staff
from tests.console.desk import Desk
from tests.console.replay import Request
from tests.support.world import World


def requests(world: World, victim: Desk) -> dict[tuple[str, str], Request]:
    brand = victim.brand
    with brand.app.app_context(), transaction(brand.brand_id):
        link = staff.invite(
            brand.brand_id,
            "invited@staff.example",
            "cs",
            actor="test",
            base_url="",
            now=clock.now(),
        )
        [invited] = staff.list_invitations(brand.brand_id)
    invitation = ids.show("inv", invited.id)
    session = victim.open("/console/account")
    assert session.status == 200
    with brand.app.app_context(), transaction():
        [theirs] = staff.list_sessions(victim.person_id, now=clock.now())
    key = brand.token.split("_")[2]
    team, person = "/console/team/<person>", f"/console/team/{victim.id}"
    any_link, account = "/console/invitation/<link>", "/console/account"
    return {
        ("GET", "/console"): ("/console", {}, "own"),
        ("GET", "/console/<path:rest>"): ("/console/nothing/here", {}, "404"),
        ("GET", "/console/login"): ("/console/login", {}, "own"),
        ("POST", "/console/login"): (
            "/console/login", {"email": victim.email, "password": "a guess of somebody"}, "422",
        ),
        ("GET", "/console/login/code"): ("/console/login/code", {}, "own"),
        ("POST", "/console/login/code"): ("/console/login/code", {"code": "000000"}, "own"),
        ("GET", "/console/login/recovery"): ("/console/login/recovery", {}, "own"),
        ("POST", "/console/login/recovery"): ("/console/login/recovery", {"code": "x"}, "own"),
        ("GET", "/console/enrol"): ("/console/enrol", {}, "own"),
        ("POST", "/console/enrol"): ("/console/enrol", {"code": "000000"}, "own"),
        ("GET", "/console/brands"): ("/console/brands", {}, "own"),
        ("POST", "/console/brand"): (
            "/console/brand", {"brand": ids.show("brd", brand.brand_id)}, "404",
        ),
        ("POST", "/console/confirm"): ("/console/confirm", {"proof": "wrong"}, "403"),
        ("GET", any_link): (f"{link[:-3]}abc", {}, "404"),
        ("POST", any_link): (f"{link[:-3]}abc", {"name": "도둑", "password": "x" * 20}, "404"),
        ("POST", f"{any_link}/join"): (f"{link}/join", {}, "403"),
        ("GET", account): (account, {}, "own"),
        ("POST", f"{account}/password"): (
            f"{account}/password", {"present": "wrong", "password": "x" * 20}, "422",
        ),
        ("GET", f"{account}/authenticator"): (f"{account}/authenticator", {}, "own"),
        ("POST", f"{account}/authenticator"): (f"{account}/authenticator", {"code": "1"}, "422"),
        ("POST", f"{account}/recovery-codes"): (f"{account}/recovery-codes", {}, "own"),
        ("POST", f"{account}/sessions/end"): (
            f"{account}/sessions/end", {"session": ids.show("ses", theirs.id)}, "own",
        ),
        ("GET", "/console/team"): ("/console/team", {}, "own"),
        ("POST", "/console/team/invitations"): (
            "/console/team/invitations", {"email": "own@staff.example", "role": "cs"}, "own",
        ),
        ("POST", "/console/team/invitations/<invitation>/withdraw"): (
            f"/console/team/invitations/{invitation}/withdraw", {}, "404",
        ),
        ("POST", f"{team}/role"): (f"{person}/role", {"role": "viewer"}, "404"),
        ("POST", f"{team}/disable"): (f"{person}/disable", {}, "404"),
        ("POST", f"{team}/enable"): (f"{person}/enable", {}, "404"),
        ("GET", "/console/keys"): ("/console/keys", {}, "own"),
        ("POST", "/console/keys"): (
            "/console/keys", {"name": "mine", "scope": "brand:read"}, "own",
        ),
        ("POST", "/console/keys/<key>/roll"): (f"/console/keys/{key}/roll", {}, "404"),
        ("POST", "/console/keys/<key>/revoke"): (f"/console/keys/{key}/revoke", {}, "404"),
        ("GET", "/console/audit"): ("/console/audit", {}, "own"),
        ("POST", "/console/audit/export"): ("/console/audit/export", {"reason": "legal"}, "own"),
        ("GET", "/console/access"): ("/console/access", {}, "own"),
        ("POST", "/console/access/export"): ("/console/access/export", {"reason": "legal"}, "own"),
        ("POST", "/console/reveal"): (
            "/console/reveal",
            {"kind": "member", "of": world.alice, "field": "name", "reason": "inquiry"},
            "404",
        ),
        ("POST", "/console/logout"): ("/console/logout", {}, "own"),
    }  # fmt: skip
