"""What staff do at a case, as its page offers it."""

import re
from typing import Any

from tests.console.desk import Desk
from tests.shopper.phone import Page


def version_of(page: Page) -> str:
    """Return the version that the forms of a case carry."""
    found = re.search(r'name="version" value="(\d+)"', page.html)
    assert found is not None
    return found[1]


def open_case(desk: Desk, request: dict[str, Any]) -> Page:
    return desk.open(f"/console/service/{request['number']}")


def act(
    desk: Desk, request: dict[str, Any], what: str, *, expect: int = 200, **fields: str
) -> Page:
    """Open a case and send one of its forms."""
    version = version_of(open_case(desk, request))
    path = f"/console/service/{request['number']}/{what}"
    return desk.post(path, {"version": version, **fields}, expect=expect)


def tick(*requests: dict[str, Any], version: int | None = None) -> list[str]:
    """Return the boxes of requests, ticked."""
    return [f"{each['id']}:{each['version'] if version is None else version}" for each in requests]
