"""Who visits: a device, and a member if one is signed in."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar
from urllib.parse import urlencode

from flask import current_app, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app.errors import DomainError
from app.members import services as members
from app.members.services import Member
from app.shopper import services
from app.shopper.rules.words import REFUSALS, Said
from app.shopper.services import Sender, Shopper
from app.warranties.services import Visitor
from app.web import sessions
from app.web.pages import (
    Site,
    cookie_name,
    device_hash,
    ip_hash,
    on_site,
    sentence_of,
    set_cookie,
)

P = ParamSpec("P")
R = TypeVar("R")

SHOPPER = "shopper"


class SignInFirst(Exception):
    """A member's page was asked for by nobody who is signed in."""


def shopper_of(site: Site) -> Shopper | None:
    """Return who is signed in on this device, if anybody is."""
    cookie = request.cookies.get(cookie_name(SHOPPER), "")
    session = sessions.read(cookie, site.brand_id, now=site.now) if cookie else None
    if session is None:
        return None
    shopper = services.find_shopper(site.brand_id, session.member_id, session.phone)
    if shopper is not None and sessions.is_due(session, now=site.now):
        g.session_cookie = sessions.issue(session, now=site.now)
    return shopper


def on_my_site(use_case: Callable[[Site, Shopper], R]) -> R:
    """Run ``use_case`` as :func:`on_site` does, for who is signed in.

    :raises SignInFirst: nobody is
    """

    def run(site: Site) -> R:
        shopper = shopper_of(site)
        if shopper is None:
            raise SignInFirst
        return use_case(site, shopper)

    return on_site(run)


def turn_away() -> AnyResponse | None:
    """Send who cannot be a member to sign in, where only members may send files."""
    view = current_app.view_functions[str(request.endpoint)]
    is_theirs = getattr(view, "members_only", False) and hasattr(view, "body_max")
    if not is_theirs or sessions.is_signed(request.cookies.get(cookie_name(SHOPPER), "")):
        return None
    return _sign_in_first()


def members_only(view: Callable[P, AnyResponse]) -> Callable[P, AnyResponse]:
    """Send who is not signed in to sign in, and back here afterwards."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> AnyResponse:
        try:
            response = view(*args, **kwargs)
        except SignInFirst:
            return _sign_in_first()
        if cookie := g.get("session_cookie"):
            set_cookie(response, SHOPPER, cookie, seconds=_seconds())
        return response

    guarded.members_only = True  # type: ignore[attr-defined]
    return guarded


def said_of(refusal: DomainError) -> Said:
    """Return what a refusal says beside a field."""
    return Said(sentence_of(refusal, REFUSALS, "ko"), sentence_of(refusal, REFUSALS, "en"))


def sign_in(response: AnyResponse, site: Site, member: Member, phone: str) -> None:
    """Let a response sign in a member who proved a number this moment."""
    mark = services.mark_of(members.phone_index(site.brand_id, phone))
    session = sessions.Session(site.brand_id, member.id, mark, site.now, site.now)
    cookie = sessions.issue(session, now=site.now)
    set_cookie(response, SHOPPER, cookie, seconds=_seconds())


def sign_out(response: AnyResponse) -> None:
    response.delete_cookie(
        cookie_name(SHOPPER), secure=request.is_secure, httponly=True, samesite="Lax"
    )


def visitor_of(site: Site) -> Visitor:
    shopper = shopper_of(site)
    return Visitor(
        device_hash(site.brand_id),
        ip_hash(site.brand_id),
        shopper.member_id if shopper else None,
    )


def sender_of(site: Site) -> Sender:
    # Some limits of codes hold over all brands: the address is hashed alike for each.
    return Sender(device_hash(site.brand_id), ip_hash())


def _sign_in_first() -> AnyResponse:
    back = request.path if request.method == "GET" else "/my"
    return redirect(f"/login?{urlencode({'next': back})}", 303)


def _seconds() -> int:
    return int(sessions.IDLE.total_seconds())
