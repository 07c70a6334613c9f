"""API keys of the brand's storefronts: made, rolled, revoked; a secret is shown once."""

from flask import redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.brands import services as brands
from app.console.pages import pages
from app.console.pages.desk import Desk, on_desk, permitted, requires_fresh
from app.console.rules.navigation import Entry
from app.web.pages import read_form, render

NAV = Entry("console.keys", "API 키", "API keys", "keys:manage", "settings", 30, "key")
DONE = {"revoked": ("키를 폐기했어요.", "The key is revoked.")}
MANAGE = "keys:manage"
NAME_MAX = 60
KEEP_DAYS = (0, 1, 7)


@pages.get("/keys")
@permitted(MANAGE)
def keys() -> AnyResponse:
    """Show the keys there are; their secrets are not kept."""
    return on_desk(_drawn)


@pages.post("/keys")
@permitted(MANAGE)
@requires_fresh
def make_key() -> AnyResponse:
    """Make a key, and show its secret, once."""
    name = read_form("name")["name"]
    wanted = [scope for scope in brands.SCOPES if scope in request.form.getlist("scope")]
    if not 0 < len(name) <= NAME_MAX or not wanted:
        return on_desk(lambda desk: _drawn(desk, is_faulty=True, name=name, wanted=wanted))

    def use_case(desk: Desk) -> AnyResponse:
        token = brands.create_key(
            desk.brand_id, name=name, scopes=wanted, actor=desk.actor, now=clock.now()
        )
        return render("console/key_made.html", token=token)

    return on_desk(use_case)


@pages.post("/keys/<key>/roll")
@permitted(MANAGE)
@requires_fresh
def roll_key(key: str) -> AnyResponse:
    """Make a key that takes another's place; the old one works some days longer."""
    days = read_form("keep_days")["keep_days"]
    keep_days = int(days) if days in {str(each) for each in KEEP_DAYS} else 1

    def use_case(desk: Desk) -> AnyResponse:
        token = brands.roll_key(
            desk.brand_id, key, keep_days=keep_days, actor=desk.actor, now=clock.now()
        )
        return render("console/key_made.html", token=token)

    return on_desk(use_case)


@pages.post("/keys/<key>/revoke")
@permitted(MANAGE)
@requires_fresh
def revoke_key(key: str) -> AnyResponse:
    """End a key; it stops working within seconds."""

    def use_case(desk: Desk) -> AnyResponse:
        brands.revoke_key(desk.brand_id, key, actor=desk.actor, now=clock.now())
        return redirect("/console/keys?done=revoked", 303)

    return on_desk(use_case)


def _drawn(
    desk: Desk, *, is_faulty: bool = False, name: str = "", wanted: list[str] | None = None
) -> AnyResponse:
    return render(
        "console/keys.html",
        422 if is_faulty else 200,
        keys=brands.list_keys(desk.brand_id),
        scopes=brands.SCOPES,
        is_faulty=is_faulty,
        name=name,
        wanted=wanted or (),
        now=clock.now(),
    )
