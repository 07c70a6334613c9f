"""Routes of the A/S queue, of cases and of the dashboard, for the replay by a stranger."""

from tests.console.desk import Desk
from tests.console.replay import Request
from tests.support.world import World

NOBODYS = "0" * 26


def requests(world: World, victim: Desk) -> dict[tuple[str, str], Request]:
    asked = victim.brand.api.get(f"/v1/service-requests/{world.asked}")
    case, cases = f"/console/service/{asked['number']}", "/console/service/<number>"
    queue, view = "/console/service", "/console/service/views/<view>/delete"
    at = {"version": "1"}
    ticked = {"request": f"{world.asked}:1", "deed": "assign", "to": victim.actor}
    return {
        ("GET", queue): (f"{queue}?q={asked['number']}", {}, "own"),
        ("POST", f"{queue}/views"): (f"{queue}/views", {"name": "내 것"}, "own"),
        ("POST", view): (f"{queue}/views/viw_{NOBODYS}/delete", {}, "404"),
        ("POST", f"{queue}/columns"): (f"{queue}/columns", {}, "own"),
        ("POST", f"{queue}/bulk"): (f"{queue}/bulk", ticked, "own"),
        ("POST", f"{queue}/bulk/do"): (f"{queue}/bulk/do", ticked, "own"),
        ("POST", f"{queue}/undo"): (f"{queue}/undo", {"undo": f"und_{NOBODYS}"}, "409"),
        ("GET", f"{queue}/new"): (f"{queue}/new", {}, "own"),
        ("POST", f"{queue}/new"): (f"{queue}/new", {"product": "MUG", "symptom": "other"}, "404"),
        ("GET", cases): (case, {}, "404"),
        ("GET", "/console/requests/<request_id>"): (f"/console/requests/{world.asked}", {}, "404"),
        ("POST", f"{cases}/draft"): (f"{case}/draft", {**at, "macro": "received"}, "404"),
        ("POST", f"{cases}/notes"): (f"{case}/notes", {**at, "text": "훔쳐봄"}, "404"),
        ("POST", f"{cases}/steps"): (f"{case}/steps", {**at, "step": "collect"}, "404"),
        ("POST", f"{cases}/assignee"): (f"{case}/assignee", {**at, "to": victim.actor}, "404"),
        ("POST", f"{cases}/hold"): (f"{case}/hold", {**at, "until": "2026-12-24"}, "404"),
        ("POST", f"{cases}/photos"): (f"{case}/photos", at, "404"),
        ("GET", f"{cases}/photos/<int(max=100):photo>"): (f"{case}/photos/1", {}, "404"),
        ("GET", f"{cases}/label.pdf"): (f"{case}/label.pdf", {}, "404"),
        ("GET", f"{cases}/quote"): (f"{case}/quote", {}, "404"),
        ("POST", f"{cases}/lines"): (f"{case}/lines", at, "404"),
        ("POST", f"{cases}/answer"): (f"{case}/answer", at, "404"),
        ("GET", f"{queue}/macros"): (f"{queue}/macros", {}, "own"),
        ("POST", f"{queue}/macros"): (f"{queue}/macros", {"name": "내 것", "text": "x"}, "own"),
        ("POST", f"{queue}/macros/<macro>/delete"): (
            f"{queue}/macros/mcr_{NOBODYS}/delete",
            {},
            "404",
        ),
        ("GET", "/console/dashboard"): ("/console/dashboard", {}, "own"),
        ("GET", "/console/dashboard/<figure>.xlsx"): ("/console/dashboard/none.xlsx", {}, "404"),
    }
