"""The pages: each reads what was asked, runs one use case, and draws.

Every module here is found by itself. It may declare ``NAV`` (an entry, or several) for the
navigation, and ``DONE`` for what ``?done=`` says after a form was sent.
"""

import importlib
import pkgutil

import flask

from app.console.pages import desk
from app.console.rules.navigation import Entry
from app.console.rules.words import DONE, REFUSALS
from app.web.pages import guard

pages = flask.Blueprint("console", __name__, url_prefix="/console")
guard(pages, REFUSALS, folder="console", headers=desk.HEADERS, enter=desk.enter)

ENTRIES: list[Entry] = []
WORDS: dict[str, tuple[str, str]] = dict(DONE)
for _found in pkgutil.iter_modules(__path__):
    _module = importlib.import_module(f"{__name__}.{_found.name}")
    _nav = getattr(_module, "NAV", ())
    ENTRIES += [_nav] if isinstance(_nav, Entry) else list(_nav)
    WORDS.update(getattr(_module, "DONE", {}))


@pages.context_processor
def _surroundings() -> dict[str, object]:
    return desk.surroundings(ENTRIES, WORDS)
