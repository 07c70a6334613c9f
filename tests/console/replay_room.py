"""Routes of the operator's room, for the replay by a stranger."""

from tests.console.desk import Desk
from tests.console.replay import Request
from tests.support.world import World


def requests(world: World, victim: Desk) -> dict[tuple[str, str], Request]:
    return {("GET", "/console/setup"): ("/console/setup", {}, "own")}
