"""A browser at the console: signed in as a role, it opens pages and sends forms as they stand."""

import re
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

import pyotp
from werkzeug.test import TestResponse

from app import clock, ids
from app.db import transaction
from app.messages import services as messages
from app.staff import services as staff
from app.staff.queries import find_person
from app.staff.services.people import email_index
from tests.shopper.phone import Page
from tests.support.api import TestBrand

HOST = "console.example.kr"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/142.0.0.0 Safari/537.36"


class Desk:
    """One browser. ``url`` is where it is after the last step; ``page`` what it shows.

    Without a role it is signed out: ``Desk(brand, role=None)``.
    """

    def __init__(
        self,
        brand: TestBrand,
        role: str | None = "admin",
        *,
        email: str | None = None,
        ip: str | None = None,
    ) -> None:
        self.brand, self.role = brand, role
        self.email = email or f"{role or 'nobody'}-{secrets.token_hex(6)}@staff.example"
        self.password = f"{secrets.token_hex(8)} 긴 비밀번호"
        # Of its own, because tries are counted by address over the whole database.
        self.ip = ip or f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1"
        self.client = brand.app.test_client()
        self.secret = ""
        self.url = ""
        self.page: Page = None  # type: ignore[assignment]  # nothing is open yet
        if role is not None:
            self.join(brand, role)
            self.sign_in()

    def join(self, brand: TestBrand, role: str) -> None:
        """Make this person one of a test brand's staff, with a password alone."""
        name = {"cs": "최상담", "operator": "오운영", "admin": "관리인"}.get(role, "박보기")
        with brand.app.app_context(), transaction(brand.brand_id):
            staff.create_tester(
                brand.brand_id, self.email, name, role, self.password, now=clock.now()
            )

    @property
    def person_id(self) -> UUID:
        with self.brand.app.app_context(), transaction():
            found = find_person(email_index(self.email))
            assert found is not None
            return found.id

    @property
    def id(self) -> str:
        return ids.show("stf", self.person_id)

    @property
    def actor(self) -> str:
        return f"staff:{self.id}"

    def sign_in(
        self, password: str | None = None, *, expect: int = 200, going_to: str = "/console"
    ) -> Page:
        """Sign in with the password, and a code if there is an app."""
        self.open(f"/console/login?next={going_to}")
        fields = {"email": self.email, "password": password or self.password}
        self.send("/console/login", fields, expect=expect)
        if self.url == "/console/login/code":
            self.send("/console/login/code", {"code": self.code()})
        return self.page

    def connect_app(self) -> list[str]:
        """Connect an authenticator in the account; returns the recovery codes."""
        self.open("/console/account/authenticator")
        return self.finish_enrolment("/console/account/authenticator")

    def finish_enrolment(self, action: str) -> list[str]:
        """Answer the open page of enrolment; returns the recovery codes."""
        found = re.search(r'class="secret">([A-Z2-7]{32})<', self.page.html)
        assert found is not None
        self.secret = found[1]
        self.send(action, {"code": self.code()})
        return re.findall(r"<code>([0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4})</code>", self.page.html)

    def code(self, steps: int = 0) -> str:
        """Return what the authenticator shows now, or so many half minutes later."""
        return pyotp.TOTP(self.secret).at(clock.now() + timedelta(seconds=30 * steps))

    def open(self, path: str, *, expect: int = 200, **options: Any) -> Page:
        return self._go("GET", path, expect, options)

    def send(
        self,
        action: str,
        fields: dict[str, Any] | None = None,
        *,
        expect: int = 200,
        **options: Any,
    ) -> Page:
        """Send the form of the open page that goes to ``action``, with ``fields`` filled in."""
        form = self.page.form(action)
        options["data"] = {**form.values, **(fields or {})}
        return self._go("POST", action, expect, options)

    def post(
        self, path: str, fields: dict[str, Any] | None = None, *, expect: int = 200, **options: Any
    ) -> Page:
        """Send what no open form would, with the token of this session's forms."""
        data = {"token": self.token, **(fields or {})}
        return self._go("POST", path, expect, {"data": data, **options})

    def ask(self, method: str, path: str, **options: Any) -> TestResponse:
        """Return the very first answer, whatever it is."""
        return self.client.open(
            path,
            method=method,
            base_url=f"http://{HOST}",
            headers={"User-Agent": CHROME, **options.pop("headers", {})},
            environ_overrides={"REMOTE_ADDR": self.ip},
            **options,
        )

    @property
    def token(self) -> str:
        """What forms of this browser carry now."""
        html = self.ask("GET", "/console/account", follow_redirects=True).get_data(as_text=True)
        found = re.search(r'name="token" value="(\w+)"', html)
        assert found is not None
        return found[1]

    @property
    def cookie(self) -> str:
        found = self.client.get_cookie("dangol-staff", HOST)
        return found.value if found else ""

    def mails(self, template: str = "staff_invited") -> list[str]:
        """Return the texts of what this address got from the brand, the newest first."""
        with self.brand.app.app_context(), transaction(self.brand.brand_id):
            return [
                each.texts["email"]["text"]
                for each in messages.list_outbox(self.brand.brand_id, 50)
                if each.address.email == self.email and each.message.code == template
            ]

    def link(self, template: str = "staff_invited") -> str:
        """Return the path of the link in the newest mail."""
        found = re.search(r"http://[^/\s]+(\S+)", self.mails(template)[0])
        assert found is not None
        return found[1]

    def _go(self, method: str, path: str, expect: int, options: dict[str, Any]) -> Page:
        response = self.ask(method, path, follow_redirects=True, **options)
        self.url = response.request.path
        self.page = Page(response)
        assert response.status_code == expect, (response.status, self.url, self.page.text)
        return self.page
