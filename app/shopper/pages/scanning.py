"""What a scanned label shows, and telling that something is wrong."""

from flask import Response, request

from app.shopper.pages import pages
from app.shopper.pages.visitors import shopper_of, visitor_of
from app.shopper.rules.words import REPORTS
from app.warranties import services as warranties
from app.warranties.services import Look
from app.web.pages import Site, on_site, read_form, render


@pages.get("/q/<code>")
@pages.get("/Q/<code>")
def scan(code: str) -> Response:
    """Say what the label is worth to whoever holds it; no personal data from a code alone."""
    return _shown(code, None)


@pages.get("/01/<path:rest>")
def scan_digital_link(rest: str) -> Response:
    """Do the same for a GS1 Digital Link, whose serial is the code."""
    parsed = warranties.parse_digital_link(f"/01/{rest}")
    gtin, code = parsed or ("", "")
    return _shown(code, gtin)


@pages.get("/q/<code>/report")
def report_form(code: str) -> Response:
    """Ask what is wrong with the product."""

    def use_case(site: Site) -> Look:
        return warranties.look(
            site.brand_id, code, visitor_of(site), today=site.today, now=site.now
        )

    found = on_site(use_case)
    if found.piece is None:
        return _unknown()
    kind = request.args.get("kind", "")
    chosen = kind if kind in REPORTS else next(iter(REPORTS))
    return render("shopper/report.html", code=code, found=found, reports=REPORTS, chosen=chosen)


@pages.post("/q/<code>/report")
def report(code: str) -> Response:
    """Write down what is wrong; staff look at it."""
    values = read_form("kind", "note")

    def use_case(site: Site) -> bool:
        visitor = visitor_of(site)
        piece = warranties.find_scanned(site.brand_id, code, visitor.ip_hash, now=site.now)
        if piece is None or values["kind"] not in REPORTS:
            return False
        warranties.report(
            site.brand_id,
            piece.unit,
            values["kind"],
            visitor,
            note=values["note"],
            now=site.now,
        )
        return True

    return render("shopper/reported.html", code=code) if on_site(use_case) else _unknown()


def _shown(code: str, gtin: str | None) -> Response:
    def use_case(site: Site) -> Response:
        found = warranties.look(
            site.brand_id, code, visitor_of(site), gtin=gtin, today=site.today, now=site.now
        )
        if found.piece is None:
            return _unknown()
        return render(
            "shopper/scan.html",
            code=code,
            found=found,
            serial=warranties.masked(found.piece.unit.serial),
            shopper=shopper_of(site),
        )

    return on_site(use_case)


def _unknown() -> Response:
    # The same for what is unknown, void or no code at all; see decision 0041.
    return render("shopper/unknown.html", 404, is_form=request.method == "POST")
