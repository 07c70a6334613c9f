"""Ending advertising without signing in, and asking to be erased."""

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app.consents import services as consents
from app.consents.services import Evidence, Unsubscribe
from app.members import services as members
from app.shopper.pages import pages
from app.shopper.pages.visitors import members_only, on_my_site
from app.shopper.rules.words import CHANNELS
from app.shopper.services import Shopper
from app.web.pages import Site, by_link, on_site, render

AGENT_MAX = 300


@pages.get("/u/<link>")
def unsubscribe_form(link: str) -> Response:
    """Ask once more. Opening the link changes nothing: mail programs open links by themselves."""

    def use_case(site: Site) -> Response:
        found = _read(site, link)
        if found is None:
            return render("shopper/unsubscribe_unknown.html", 404)
        return render("shopper/unsubscribe.html", link=link, channel=CHANNELS[found.channel])

    return on_site(use_case)


@pages.post("/u/<link>")
@by_link
def unsubscribe(link: str) -> Response:
    """End advertising on the channel; no login, and as often as one likes.

    Mail programs send this by one click (RFC 8058).
    """

    def use_case(site: Site) -> Response:
        found = _read(site, link)
        if found is None:
            return render("shopper/unsubscribe_unknown.html", 404)
        consents.unsubscribe(found, evidence=evidence_of_request(), now=site.now)
        return render("shopper/unsubscribed.html", channel=CHANNELS[found.channel])

    return on_site(use_case)


@pages.get("/my/erase")
@members_only
def erase_form() -> AnyResponse:
    return on_my_site(lambda _, __: render("shopper/erase.html"))


@pages.post("/my/erase")
@members_only
def request_erasure() -> AnyResponse:
    """Take down the wish to be erased; the brand has ten days."""

    def use_case(site: Site, shopper: Shopper) -> AnyResponse:
        members.request_erasure(
            site.brand_id, shopper.member_id, source="my_page", actor=shopper.actor, now=site.now
        )
        return redirect("/my/erase/done", 303)

    return on_my_site(use_case)


@pages.get("/my/erase/done")
@members_only
def erasure_requested() -> AnyResponse:
    """Say until when it is done. Asking again changes nothing, so that it can be told here."""

    def use_case(site: Site, shopper: Shopper) -> AnyResponse:
        found = members.find_open_erasure(site.brand_id, shopper.member_id, now=site.now)
        if found is None:
            return redirect("/my/erase", 303)
        return render("shopper/erase_done.html", due_on=found.request.due_on)

    return on_my_site(use_case)


def evidence_of_request() -> Evidence:
    """Return what proves that an answer was given in this request."""
    agent = (request.user_agent.string or "")[:AGENT_MAX]
    return Evidence(ip=request.remote_addr, user_agent=agent or None)


def _read(site: Site, link: str) -> Unsubscribe | None:
    found = consents.read_unsubscribe(link)
    return found if found is not None and found.brand_id == site.brand_id else None
