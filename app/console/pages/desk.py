"""Who sits at the desk: read from the cookie before every view, and held to its permission.

Every view says who may reach it: :func:`permitted` by a permission, :func:`own` whoever is
signed in, :func:`half_way` who is on the way in, :func:`public` anybody. Tests read it::

    @pages.post("/team/invitations")
    @permitted("staff:manage")
    @requires_fresh
    def invite() -> AnyResponse:
        values = read_form("email", "role")
        return on_desk(lambda desk: ...)
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import flask
from flask import current_app, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app import clock, ids
from app.brands import services as brands
from app.console.errors import NotPermitted
from app.console.rules.navigation import Entry, entries_for
from app.db import transact, use_brand
from app.staff import services as staff
from app.staff.services import Visit
from app.web.json_input import is_clean
from app.web.observability import COMMON_HEADERS, PRINCIPAL
from app.web.pages import TOKEN, FieldUnreadable, cookie_name, ip_hash, render, set_cookie

P = ParamSpec("P")
R = TypeVar("R")

STAFF = "staff"
PROOF = "proof"  # the field that carries a fresh code or the password
COOKIE_SECONDS = 12 * 3600
QUERY_MAX = 500
HOME = "/console"

# Scripts are ours alone, from a file; photos of products come from wherever they are kept.
_POLICY = (
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self';"
    " script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data: https:"
)
HEADERS = [
    *COMMON_HEADERS,
    ("Content-Security-Policy", _POLICY),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cache-Control", "private, no-store"),
    ("X-Robots-Tag", "noindex, nofollow"),
]


@dataclass(frozen=True)
class Desk:
    """Somebody at work in a brand. ``now`` is the brand's time, its test clock included."""

    visit: Visit
    brand_id: UUID
    brand: str
    mode: str
    role: str
    permissions: frozenset[str]
    brands: tuple[tuple[UUID, str, str], ...]
    zone: ZoneInfo
    now: datetime
    ip: str

    @property
    def actor(self) -> str:
        """How the audit log, ledger entries and the access log name who did it."""
        return self.visit.account.actor

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def may(self, permission: str) -> bool:
        return permission in self.permissions


def enter() -> None:
    """Read who holds the cookie; bind forms to the session and its brand.

    A form that was opened in another brand is refused, rather than done in the wrong one.
    """
    token = request.cookies.get(cookie_name(STAFF), "")
    g.visit = g.desk = None
    if not token:
        return
    g.visit, g.desk = transact(None, lambda: _recognise(token))
    if g.visit is not None:
        g.form_scope = f"{g.visit.session_id}{g.visit.brand_id}"
    if g.desk is not None:
        request.environ[PRINCIPAL] = g.desk  # the log line says of which brand


def _recognise(token: str) -> tuple[Visit | None, Desk | None]:
    now = clock.now()
    visit = staff.find_visit(token, now=now)
    if visit is None or visit.stage != "full" or visit.brand_id is None:
        return visit, None
    all_brands = tuple(staff.list_brands(visit.account.person_id))
    use_brand(visit.brand_id)
    role = staff.find_role(visit.brand_id, visit.account.person_id)
    if role is None:
        return visit, None
    brand = brands.get_brand(visit.brand_id)
    settings = brands.settings_of(visit.brand_id, brand.settings_version)
    return visit, Desk(
        visit,
        visit.brand_id,
        brand.name,
        brand.mode,
        role,
        staff.permissions_of(role),
        all_brands,
        ZoneInfo(settings.timezone),
        brand.now(now),
        request.remote_addr or "",
    )


def permitted(permission: str) -> Callable[[Callable[P, AnyResponse]], Callable[P, AnyResponse]]:
    """Let only who has ``permission`` in the present brand reach the view."""
    if permission not in staff.PERMISSIONS:
        raise ValueError(f"no permission: {permission}")
    return _guarded(permission)


def own(view: Callable[P, AnyResponse]) -> Callable[P, AnyResponse]:
    """Let whoever is signed in reach the view: it is about themselves."""
    return _guarded("own")(view)


def half_way(view: Callable[P, AnyResponse]) -> Callable[P, AnyResponse]:
    """Mark a view for who has a session of any stage; it looks at the stage itself."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> AnyResponse:
        return view(*args, **kwargs) if g.visit is not None else _to_sign_in()

    guarded.permission = "half_way"  # type: ignore[attr-defined]
    return guarded


def public(view: Callable[P, AnyResponse]) -> Callable[P, AnyResponse]:
    """Mark a view that anybody may reach."""
    view.permission = "public"  # type: ignore[attr-defined]
    return view


def _guarded(
    permission: str,
) -> Callable[[Callable[P, AnyResponse]], Callable[P, AnyResponse]]:
    def decorate(view: Callable[P, AnyResponse]) -> Callable[P, AnyResponse]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> AnyResponse:
            if g.visit is None or g.visit.stage != "full":
                return _to_sign_in()
            if g.desk is None:
                return redirect("/console/brands", 303)
            if permission != "own" and not g.desk.may(permission):
                raise NotPermitted
            return view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def _to_sign_in() -> AnyResponse:
    if g.visit is not None and g.visit.stage == "enrol":
        return redirect("/console/enrol", 303)
    back = request.path if request.method == "GET" else HOME
    return redirect(f"/console/login?next={back}", 303)


def requires_fresh(view: Callable[P, AnyResponse]) -> Callable[P, AnyResponse]:
    """Ask for a code (or password) again if the last one is more than five minutes old.

    What was typed into the form comes along; files and passwords do not, so a view that
    takes either asks by itself.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> AnyResponse:
        visit = current_visit()
        if visit.is_fresh(now=clock.now()):
            return view(*args, **kwargs)
        fault = False
        if request.method == "POST" and PROOF in request.form:
            if prove(visit, request.form[PROOF]):
                return view(*args, **kwargs)
            fault = True
        fields = [
            (name, value)
            for name, value in request.form.items(multi=True)
            if name not in (TOKEN, PROOF)
        ]
        return render("console/prove.html", 403, fields=fields, fault=fault)

    guarded.requires_fresh = True  # type: ignore[attr-defined]
    return guarded


def prove(visit: Visit, text: str) -> bool:
    """Whether somebody proves again who they are: by a code, without an app by the password.

    :raises StaffLocked: too many were wrong already
    """
    if visit.account.has_totp:

        def use_code() -> bool:
            now = clock.now()
            is_right = staff.prove_code(visit, text, browser(), now=now)
            if is_right:
                staff.freshen(visit, now=now)
            return is_right

        return transact(None, use_code)
    address = ip_hash()
    attempt = transact(
        None, lambda: staff.open_attempt(visit.account.email, address, now=clock.now())
    )
    judged = staff.judge(attempt, text)

    def use_password() -> bool:
        now = clock.now()
        is_right = staff.accept(attempt, judged, browser(), now=now) is not None
        if is_right:
            staff.freshen(visit, now=now)
        return is_right

    return transact(None, use_password)


def current_desk() -> Desk:
    desk: Desk = g.desk
    return desk


def current_visit() -> Visit:
    visit: Visit = g.visit
    return visit


def on_desk(use_case: Callable[[Desk], R]) -> R:
    """Run ``use_case`` in one transaction of the brand at whose desk somebody sits."""
    desk = current_desk()
    return transact(desk.brand_id, lambda: use_case(desk))


def browser() -> staff.Browser:
    return staff.Browser(
        staff.browser_of(request.headers.get("User-Agent", "")), request.remote_addr or ""
    )


def let_in(response: AnyResponse, token: str) -> AnyResponse:
    """Give a browser the id of its session."""
    set_cookie(response, STAFF, token, seconds=COOKIE_SECONDS)
    return response


def let_out(response: AnyResponse) -> AnyResponse:
    response.delete_cookie(
        cookie_name(STAFF), secure=request.is_secure, httponly=True, samesite="Lax"
    )
    return response


def own_path(path: str) -> str:
    """Return a path of the console to go on to; anything else leads to its beginning."""
    is_ours = path == HOME or path.startswith(f"{HOME}/")
    plain = "\\" not in path and "//" not in path and path.isascii() and path.isprintable()
    return path if is_ours and plain and len(path) < 1000 else HOME


def surroundings(entries: Iterable[Entry], words: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """Return what every template of the console knows besides what its view tells it."""
    desk: Desk | None = g.get("desk")
    return {
        "desk": desk,
        "visit": g.get("visit"),
        "nav": entries_for(entries, desk.permissions) if desk else [],
        "done": words.get(request.args.get("done", "")),
        "has_page": lambda endpoint: endpoint in current_app.view_functions,
        "when": lambda instant: _in_zone(instant).strftime("%Y.%m.%d %H:%M") if instant else "",
        "day": lambda instant: _in_zone(instant).strftime("%Y.%m.%d") if instant else "",
        "roles": staff.ROLE_NAMES,
        "reasons": staff.REASONS,
    }


def _in_zone(instant: datetime | date) -> datetime | date:
    desk: Desk | None = g.get("desk")
    zone = desk.zone if desk else ZoneInfo("Asia/Seoul")
    return instant.astimezone(zone) if isinstance(instant, datetime) else instant


def read_query(*names: str) -> dict[str, str]:
    """Return values of the address, outer white space taken off; '' for what was not asked.

    :raises FieldUnreadable: a value is too long, or holds what no text column could
    """
    values = {name: request.args.get(name, "").strip() for name in names}
    for name, value in values.items():
        if len(value) > QUERY_MAX or not is_clean(value):
            raise FieldUnreadable(pointer=f"/{name}")
    return values


def read_id(prefix: str, text: str) -> UUID:
    """:raises NotFound: this is no id of that kind"""
    found = ids.read(prefix, text)
    if found is None:
        flask.abort(404)
    return found
