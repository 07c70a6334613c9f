"""What a stranger's browser asks the console for: one request for each route.

A module ``replay_<area>.py`` beside this one adds the routes of its pages: a function
``requests(world, victim)`` that returns ``{(method, rule): (path, fields, expected)}``, where
``expected`` is what an administrator of another brand gets: ``404`` or ``422``, or ``own`` if the
page shows or does something of their own.
"""

import importlib
import pkgutil

import tests.console
from tests.console.desk import Desk
from tests.support.world import World

SIGN_OUT = ("POST", "/console/logout")
Request = tuple[str, dict[str, str], str]


def all_requests(world: World, victim: Desk) -> dict[tuple[str, str], Request]:
    """Return the requests of all areas."""
    found: dict[tuple[str, str], Request] = {}
    for module in pkgutil.iter_modules(tests.console.__path__):
        if module.name.startswith("replay_"):
            area = importlib.import_module(f"tests.console.{module.name}")
            found.update(area.requests(world, victim))
    # Last, because it ends the stranger's own session.
    found[SIGN_OUT] = found.pop(SIGN_OUT)
    return found
