"""A member's own page, and their consents."""

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app.shopper import services
from app.shopper.pages import pages
from app.shopper.pages.leaving import evidence_of_request
from app.shopper.pages.visitors import members_only, on_my_site
from app.shopper.rules.words import PHASES, PURPOSES
from app.shopper.services import Ask, Shopper
from app.web.pages import Site, read_form, render
from app.web.problems import language

# Where a consent form stands, and what that says of who asked.
SOURCES = {"done": "qr_form", "my": "my_page"}


@pages.get("/my")
@members_only
def mine() -> AnyResponse:
    """Show all that the brand keeps for a member."""

    def use_case(site: Site, shopper: Shopper) -> Response:
        found = services.show_mine(site.brand_id, shopper.member_id, today=site.today, now=site.now)
        return render("shopper/my.html", mine=found, shopper=shopper, phases=PHASES)

    return on_my_site(use_case)


@pages.get("/my/consents")
@members_only
def consents_form() -> AnyResponse:
    """Show every consent, each to be given or taken back by one tick."""

    def use_case(site: Site, shopper: Shopper) -> Response:
        return render(
            "shopper/consents.html",
            ask=_ask(site, shopper),
            saved=request.args.get("saved") == "1",
            purposes=PURPOSES,
        )

    return on_my_site(use_case)


@pages.post("/my/consents")
@members_only
def save_consents() -> AnyResponse:
    """Write down what was ticked and what was not, of what the form showed."""
    where = read_form("from")["from"]
    source = SOURCES.get(where, "my_page")

    def use_case(site: Site, shopper: Shopper) -> AnyResponse:
        ask = _ask(site, shopper)
        shown = {
            each.purpose: int(version)
            for each in ask.choosable
            if (version := request.form.get(f"shown_{each.purpose}", "")).isascii()
            and version.isdigit()
            and len(version) < 7
        }
        services.save_choices(
            site.brand_id,
            shopper.member_id,
            ask,
            [name for name in shown if request.form.get(name) == "yes"],
            shown,
            source=source,
            evidence=evidence_of_request(),
            actor=shopper.actor,
            now=site.now,
        )
        return redirect("/my/consents?saved=1" if source == "my_page" else "/my", 303)

    return on_my_site(use_case)


def _ask(site: Site, shopper: Shopper) -> Ask:
    return services.ask_of(site.brand_id, shopper.member_id, language(), now=site.now)
