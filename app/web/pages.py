"""What every page for people shares: the brand by its host, forms, cookies, headers.

Pages work without JavaScript, and none is sent. A form carries a token bound to the
device's cookie, and the browser must not say that the form was another site's (signed
double submit and Fetch Metadata, OWASP CSRF Prevention).
"""

import gzip
import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import flask
from flask import Response, current_app, g, render_template, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.wrappers import Response as AnyResponse

from app import clock, crypto, ids
from app.brands import services as brands
from app.db import transact
from app.errors import BadInput, DomainError, Forbidden
from app.web.json_input import is_clean
from app.web.observability import COMMON_HEADERS, HEADERS, PROBLEM, REQUEST_ID
from app.web.problems import language, status_of, tell

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

STATIC = Path(__file__).parent / "static"
ASSETS = {
    "pico.css": "vendor/pico-2.1.1.min.css",
    "shopper.css": "shopper.css",
    "tabler.css": "vendor/tabler-1.6.1.min.css",
    "console.css": "console.css",
    "service.css": "service.css",
    "echarts.js": "vendor/echarts-6.1.0.min.js",
    "charts.js": "charts.js",
    "keyboard.js": "keyboard.js",
}
MIMETYPES = {"css": "text/css", "js": "text/javascript"}
DEVICE = "device"
DEVICE_SECONDS = 366 * 24 * 3600
TOKEN = "token"  # noqa: S105 - the name of a field
FIELD_MAX = 2000
NO_BRAND = UUID(int=0)
_UNITS = ((1, "초", "second"), (60, "분", "minute"), (3600, "시간", "hour"))

# Photos of products come from wherever the brand keeps them.
_POLICY = (
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self';"
    " style-src 'self'; img-src 'self' data: https:"
)
PAGE_HEADERS = [
    *COMMON_HEADERS,
    ("Content-Security-Policy", _POLICY),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cache-Control", "private, no-store"),
    ("X-Robots-Tag", "noindex, nofollow"),
]
ASSET_HEADERS = [*COMMON_HEADERS, ("Cache-Control", "public, max-age=31536000, immutable")]

assets = flask.Blueprint("assets", __name__)


class FormExpired(Forbidden):
    code = "form_expired"
    ko = (
        "페이지를 연 지 오래됐어요. 페이지를 새로 열고 다시 보내 주세요."
        " 계속되면 브라우저에서 쿠키를 허용해 주세요."
    )
    en = (
        "This page was open for too long. Open it again, then send the form once more."
        " If it keeps failing, allow cookies in your browser."
    )


class FieldUnreadable(BadInput):
    code = "field_unreadable"
    ko = "읽을 수 없는 글자가 있거나 너무 길어요. 2,000자 안으로 다시 적어 주세요."
    en = "There are characters that cannot be read, or too many. Write at most 2,000."


@dataclass(frozen=True)
class Site:
    """The brand whose pages are asked for, and what time it is there."""

    brand_id: UUID
    name: str
    now: datetime
    today: date
    zone: ZoneInfo
    base_url: str
    contact: str | None


def on_site(use_case: Callable[[Site], T]) -> T:
    """Run ``use_case`` in one transaction of the brand whose host was asked for.

    :raises NotFound: the codes of no brand lead to this host
    """
    return transact(None, lambda: use_case(_open_site()))


def _open_site() -> Site:
    brand_id = brands.find_by_host(request.host)
    if brand_id is None:
        raise NotFound
    brand = brands.get_brand(brand_id)
    settings = brands.settings_of(brand_id, brand.settings_version)
    now = brand.now(clock.now())
    zone = ZoneInfo(settings.timezone)
    g.site = Site(
        brand_id,
        brand.name,
        now,
        now.astimezone(zone).date(),
        zone,
        request.host_url.rstrip("/"),
        settings.messages.contact,
    )
    return g.site  # type: ignore[no-any-return]  # g knows no types


def render(template: str, status: int = 200, **context: Any) -> Response:
    """Return a page in the visitor's language; ``t("한국어", "English")`` chooses in templates."""
    spoken = language()
    text = render_template(
        template,
        **context,
        site=g.get("site"),
        language=spoken,
        t=lambda ko, en: ko if spoken == "ko" else en,
        form_token=form_token(),
        asset=asset_url,
        show_id=ids.show,
    )
    response = Response(text, status, mimetype="text/html")
    response.headers["Content-Language"] = spoken
    response.headers["Vary"] = "Accept-Language"
    return response


def read_form(*names: str) -> dict[str, str]:
    """Return fields of the form, outer white space taken off; '' for what was not sent.

    :raises FieldUnreadable: a value is too long, or holds what no text column could
    """
    values = {name: request.form.get(name, "").strip() for name in names}
    for name, value in values.items():
        if len(value) > FIELD_MAX or not is_clean(value):
            raise FieldUnreadable(pointer=f"/{name}")
    return values


def device_hash(brand_id: UUID) -> bytes:
    """Return what stands for the visitor's device in the rows of a brand."""
    return crypto.blind_index(brand_id, "devices", "device", g.device)


def ip_hash(brand_id: UUID = NO_BRAND) -> bytes:
    """Return what stands for the visitor's address; IPv6 by its first 64 bits."""
    address = request.remote_addr or ""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        network = address
    else:
        bits = 64 if parsed.version == 6 else 32
        network = str(ipaddress.ip_network((parsed, bits), strict=False))
    return crypto.blind_index(brand_id, "devices", "ip", network)


def form_token() -> str:
    """Return what a form of this device carries; ``g.form_scope`` binds it more closely."""
    bound = f"{g.device}{g.get('form_scope', '')}"
    return crypto.blind_index(NO_BRAND, "devices", "form", bound).hex()


def set_cookie(response: AnyResponse, name: str, value: str, *, seconds: int) -> None:
    """Give the device a cookie that no script reads and no other site sends."""
    response.set_cookie(
        cookie_name(name),
        value,
        max_age=seconds,
        httponly=True,
        secure=request.is_secure,
        samesite="Lax",
        path="/",
    )


def cookie_name(name: str) -> str:
    """Return the name of a cookie: bound to this very host where the line is encrypted."""
    return f"__Host-dangol-{name}" if request.is_secure else f"dangol-{name}"


def asset_url(name: str) -> str:
    """Return the address of a style sheet, which changes with its content."""
    return f"/assets/{_asset(name)[0]}/{name}"


@assets.get("/assets/<digest>/<name>")
def asset(digest: str, name: str) -> Response:
    request.environ[HEADERS] = ASSET_HEADERS
    if name not in ASSETS:
        raise NotFound
    _, plain, packed = _asset(name)
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    kind = "text/javascript" if name.endswith(".js") else "text/css"
    response = Response(packed if takes_gzip else plain, mimetype=kind)
    response.headers["Vary"] = "Accept-Encoding"
    if takes_gzip:
        response.headers["Content-Encoding"] = "gzip"
    return response


@lru_cache(maxsize=len(ASSETS))
def _asset(name: str) -> tuple[str, bytes, bytes]:
    content = (STATIC / ASSETS[name]).read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:12]
    return digest, content, gzip.compress(content, 9, mtime=0)


def guard(
    pages: flask.Blueprint,
    sentences: Mapping[str, tuple[str, str]],
    *,
    folder: str = "shopper",
    headers: list[tuple[str, str]] = PAGE_HEADERS,
    enter: Callable[[], AnyResponse | None] = lambda: None,
) -> None:
    """Give the pages of a blueprint their headers, their device, and their way to refuse.

    ``sentences`` say by code, in Korean and English, what the refusal of an API would say to
    a developer (see :func:`sentence_of`). ``folder`` is that of the templates. ``enter`` runs
    before a form is read and its token looked at, and may bind it (``g.form_scope``), or answer.
    """

    def begin() -> AnyResponse | None:
        request.environ[HEADERS] = headers
        _begin()
        if (answer := enter()) is not None:
            return answer
        view = current_app.view_functions[str(request.endpoint)]
        if request.method == "POST" and not getattr(view, "by_link", False):
            _refuse_forged()
        return None

    def refuse(error: DomainError) -> Response:
        """Return a refusal as a page that says the way out."""
        request.environ[PROBLEM] = error.code
        spoken = language()
        response = render(
            f"{folder}/refused.html",
            status_of(error),
            sentence=sentence_of(error, sentences, spoken),
            back=request.path if _can_be_opened(request.path) else None,
        )
        response.headers.extend(getattr(error, "headers", None) or {})
        return response

    def failed(error: HTTPException) -> Response:
        """Return what has no page, or cannot be served, as a page."""
        number = request.environ.get(REQUEST_ID)
        return render(
            f"{folder}/failed.html",
            error.code or 500,
            too_large=error.code == 413,
            request_id=number,
        )

    def crashed(error: Exception) -> Response:
        """Say that it is our fault, or that the database will be back; needs neither."""
        request.environ[PROBLEM] = code = tell(error)
        passing = code == "temporarily_unavailable"
        number = request.environ.get(REQUEST_ID)
        response = render(f"{folder}/crashed.html", 503 if passing else 500, request_id=number)
        if passing:
            response.headers["Retry-After"] = "1"
        return response

    pages.before_request(begin)
    pages.after_request(_finish)
    pages.register_error_handler(DomainError, refuse)
    pages.register_error_handler(HTTPException, failed)
    pages.register_error_handler(Exception, crashed)


def sentence_of(error: DomainError, sentences: Mapping[str, tuple[str, str]], spoken: str) -> str:
    """Return a refusal as it is said on a page; ``{wait}`` is how long, in words."""
    if (said := sentences.get(error.code)) is None:
        return error.sentence(spoken)
    wait = wait_of(error.details.get("retry_after"), spoken)
    return said[spoken != "ko"].format(**{**error.details, "wait": wait})


def wait_of(seconds: object, spoken: str) -> str:
    """Return how long to wait, in words, rounded up.

    >>> wait_of(25, "ko"), wait_of(3421, "ko"), wait_of(86_400, "ko"), wait_of(120, "en")
    ('25초', '58분', '24시간', '2 minutes')
    """
    left = seconds if isinstance(seconds, int) else 0
    size, ko, en = next(each for each in _UNITS if left < 100 * each[0] or each is _UNITS[-1])
    number = -(-left // size)
    return f"{number}{ko}" if spoken == "ko" else f"{number} {en}{'s' if number > 1 else ''}"


def _can_be_opened(path: str) -> bool:
    """Whether a form that was refused stands on a page of its own at ``path``."""
    if request.method != "POST":
        return False
    try:
        current_app.url_map.bind("").match(path, "GET")
    except HTTPException:
        return False
    return True


def _begin() -> None:
    known = request.cookies.get(cookie_name(DEVICE), "")
    g.device = known if len(known) == 32 and known.isalnum() else secrets.token_hex(16)
    g.is_new_device = g.device != known
    view = current_app.view_functions[str(request.endpoint)]
    if most := getattr(view, "body_max", None):
        request.max_content_length = most


def takes_files(most: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a view read bodies of up to ``most`` bytes: the form and its files."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        view.body_max = most  # type: ignore[attr-defined]
        return view

    return decorate


def by_link(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view whose secret link is leave enough: mail programs send it by themselves."""
    view.by_link = True  # type: ignore[attr-defined]
    return view


def _refuse_forged() -> None:
    said = request.headers.get("Sec-Fetch-Site", "same-origin")
    if said not in ("same-origin", "none") or g.is_new_device:
        raise FormExpired  # before the body is read, which may be large
    token = request.form.get(TOKEN, "")
    if not hmac.compare_digest(token.encode(), form_token().encode()):
        raise FormExpired


def _finish(response: Response) -> Response:
    if g.get("is_new_device"):
        set_cookie(response, DEVICE, g.device, seconds=DEVICE_SECONDS)
    return response
