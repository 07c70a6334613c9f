"""Forms that are sent twice, by a double click or a lost answer, do their work once."""

import hashlib
import secrets
from collections.abc import Callable

from flask import redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.console.pages import pages
from app.console.pages.desk import Desk, on_desk
from app.staff import services as staff
from app.web.pages import TOKEN

ONCE = "once"  # the field that tells a form from the next one
KEY_MAX = 64


@pages.context_processor
def _keys() -> dict[str, object]:
    return {"once_key": lambda: secrets.token_hex(12)}


def once_on_desk(use_case: Callable[[Desk], AnyResponse]) -> AnyResponse:
    """Run ``use_case`` as :func:`on_desk` does, unless this very form was sent before.

    Then it leads to where it led the first time. Only what ends in a redirect counts.
    """
    key = _key()

    def run(desk: Desk) -> AnyResponse:
        if key is None:
            return use_case(desk)
        sent = staff.begin_form(desk.brand_id, desk.actor, key, now=clock.now())
        if sent is not None:
            return redirect(sent, 303)
        response = use_case(desk)
        where = response.headers["Location"] if response.status_code == 303 else None
        staff.end_form(desk.brand_id, desk.actor, key, where)
        return response

    return on_desk(run)


def _key() -> str | None:
    """Return what tells this form, with all that was typed into it, from any other."""
    given = request.form.get(ONCE, "")[:KEY_MAX]
    if not given:
        return None
    typed = [(name, value) for name, value in request.form.items(multi=True) if name != TOKEN]
    return hashlib.sha256(repr((request.path, typed)).encode("utf-8", "replace")).hexdigest()
