"""Routes of the customer desk, for the replay by a stranger."""

from tests.console.desk import Desk
from tests.console.replay import Request
from tests.support.world import World


def requests(world: World, victim: Desk) -> dict[tuple[str, str], Request]:
    serial = "MUG-1"
    return {
        ("GET", "/console/search"): ("/console/search?q=5678", {}, "own"),
        ("GET", "/console/members/<member>"): (f"/console/members/{world.alice}", {}, "404"),
        ("GET", "/console/orders/<order>"): (f"/console/orders/{world.order}", {}, "404"),
        ("GET", "/console/units/<serial>"): (f"/console/units/{serial}", {}, "404"),
    }
