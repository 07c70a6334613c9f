"""Routes of the operator's room, for the replay by a stranger."""

from tests.console.desk import Desk
from tests.console.replay import Request
from tests.support.world import World


def requests(world: World, victim: Desk) -> dict[tuple[str, str], Request]:
    rule, rules = "/console/rules/R", "/console/rules/<code>"
    batch, batches = f"/console/batches/{world.batch}", "/console/batches/<batch>"
    days = {"first": "2026-01-01", "last": "2026-01-31"}
    return {
        ("GET", "/console/setup"): ("/console/setup", {}, "own"),
        ("GET", "/console/batches"): ("/console/batches", {}, "own"),
        ("POST", "/console/batches"): (
            "/console/batches", {"product": "MUG", "quantity": "1"}, "422",
        ),
        ("GET", batches): (batch, {}, "404"),
        ("POST", f"{batches}/moves"): (f"{batch}/moves", {"step": "ship"}, "404"),
        ("POST", f"{batches}/downloads"): (f"{batch}/downloads", {}, "404"),
        ("GET", f"{batches}/labels.pdf"): (f"{batch}/labels.pdf", {}, "404"),
        ("GET", f"{batches}/labels.csv"): (f"{batch}/labels.csv", {}, "404"),
        ("GET", "/console/rules"): ("/console/rules", {}, "own"),
        ("GET", rules): (rule, {}, "404"),
        ("POST", f"{rules}/try"): (f"{rule}/try", days, "404"),
        ("POST", f"{rules}/<any(activate, pause, end):deed>"): (f"{rule}/pause", {}, "404"),
        ("POST", f"{rules}/schedule"): (f"{rule}/schedule", {}, "404"),
        ("POST", f"{rules}/versions/<int(max=1000000):version>/restore"): (
            f"{rule}/versions/1/restore", {}, "404",
        ),
    }  # fmt: skip
