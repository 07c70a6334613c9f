"""A shopper's phone: it opens pages, fills in forms as they stand, and gets messages."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

from werkzeug.test import TestResponse

from app.db import transaction
from app.messages import services as messages
from tests.support.api import TestBrand
from tests.warranties.shop import codes_of, make_batch, open_shop, serials_of

CODE = re.compile(r"인증번호 (\d{6})")


@dataclass
class Form:
    """A form of a page: where it goes, its fields as they stand, its buttons."""

    action: str
    values: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


class Page(HTMLParser):
    """What a person sees of a page: its words, its links, its forms."""

    def __init__(self, response: TestResponse) -> None:
        super().__init__()
        self.status = response.status_code
        self.headers = response.headers
        self.html = response.get_data(as_text=True)
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.ticked: list[str] = []
        self._words: list[str] = []
        self.feed(self.html)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._words).split())

    def form(self, action: str) -> Form:
        return next(form for form in self.forms if form.action == action)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append(Form(given["action"]))
        elif tag == "a":
            self.links.append(given["href"])
        elif tag in ("input", "textarea") and self.forms:
            form, name = self.forms[-1], given["name"]
            form.names.add(name)
            if given.get("type") in ("checkbox", "radio"):
                if "checked" in given:
                    form.values[name] = given["value"]
                    self.ticked.append(name)
            else:
                form.values[name] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        self._words.append(data)


class Phone:
    """One device on a brand's pages. ``url`` is where it is after the last step."""

    def __init__(
        self, brand: TestBrand, host: str, *, number: str = "010-2468-1357", ip: str = "203.0.113.7"
    ) -> None:
        self.brand, self.host, self.number, self.ip = brand, host, number, ip
        self.client = brand.app.test_client()
        self.url = ""
        self.page: Page = None  # type: ignore[assignment]  # nothing is open yet

    def open(self, path: str, *, expect: int = 200, **options: Any) -> Page:
        return self._go("GET", path, expect, options)

    def send(
        self,
        action: str,
        fields: dict[str, str] | None = None,
        *,
        expect: int = 200,
        **options: Any,
    ) -> Page:
        """Send the form of the open page that goes to ``action``, with ``fields`` filled in."""
        form = self.page.form(action)
        options["data"] = {**form.values, **(fields or {})}
        return self._go("POST", action, expect, options)

    def press(self, action: str, fields: dict[str, str]) -> tuple[int, str]:
        """Send a form as :meth:`send` does, and return the very first answer to it."""
        response = self.client.post(
            action,
            data={**self.page.form(action).values, **fields},
            base_url=f"http://{self.host}",
            environ_overrides={"REMOTE_ADDR": self.ip},
        )
        return response.status_code, response.get_data(as_text=True)

    def post(self, path: str, fields: dict[str, str], *, expect: int, **options: Any) -> Page:
        """Send what no form of ours would."""
        return self._go("POST", path, expect, {"data": fields, **options})

    def type_code(self, code: str | None = None, *, expect: int = 200) -> Page:
        """Type the code that was sent last into the open page."""
        return self.send(self.url, {"code": code or self.last_code()}, expect=expect)

    def last_code(self) -> str:
        return next(
            found[1] for each in self.messages("verification_code") if (found := CODE.search(each))
        )

    def messages(self, template: str) -> list[str]:
        """Return what this number got, the newest first."""
        number = "+82" + self.number.replace("-", "")[1:]
        with self.brand.app.app_context(), transaction(self.brand.brand_id):
            return [
                each.texts["sms"]["text"]
                for each in messages.list_outbox(self.brand.brand_id, 50)
                if each.address.phone == number and each.message.code == template
            ]

    def link(self, template: str) -> str:
        """Return the path of the link in the newest message."""
        text = self.messages(template)[0]
        return re.search(r"http://[^/\s]+(\S+)", text)[1]  # type: ignore[index]

    def register(self, code: str, **fields: str) -> Page:
        """Register a unit to the end, everything optional left alone."""
        self.open(f"/q/{code}/register")
        self.send(f"/q/{code}/register", {**self.details(), **fields})
        return self.type_code()

    def details(self) -> dict[str, str]:
        return {
            "name": "김단골",
            "phone": self.number,
            "channel": "coupang",
            "purchased_on": "2026-11-20",
            "age": "yes",
        }

    def sign_in(self, next_path: str = "/my") -> Page:
        self.open(f"/login?next={next_path}")
        self.send("/login", {"phone": self.number})
        return self.type_code()

    def _go(self, method: str, path: str, expect: int, options: dict[str, Any]) -> Page:
        response = self.client.open(
            path,
            method=method,
            base_url=f"http://{self.host}",
            environ_overrides={"REMOTE_ADDR": self.ip},
            follow_redirects=True,
            **options,
        )
        assert response.status_code == expect, response.get_data(as_text=True)
        self.url = response.request.path
        self.page = Page(response)
        return self.page


class Shop:
    """A brand with boots whose labels lead to its own host."""

    def __init__(self, brand: TestBrand, *, quantity: int = 3, **batch: Any) -> None:
        self.brand = brand
        self.host = f"{uuid4().hex[:12]}.example.kr"
        brand.api.patch("/v1/brand", {"warranty": {"host": self.host}})
        self.set_time(datetime.fromisoformat("2026-11-30T10:00:00+09:00"))
        open_shop(brand, "BOOT")
        self.batch = self.make(quantity, **batch)

    def make(self, quantity: int, **body: Any) -> dict[str, Any]:
        """Make units, whose codes and serials take the place of earlier ones."""
        batch = make_batch(self.brand, quantity, **body)
        self.codes = codes_of(self.brand, batch)
        self.serials = serials_of(self.brand, batch)
        return batch

    def phone(self, **options: Any) -> Phone:
        return Phone(self.brand, self.host, **options)

    def set_time(self, now: datetime) -> None:
        self.now = now
        self.brand.api.post("/v1/test-clock", {"now": now.isoformat()}, expect=200)

    def wait(self, **time: float) -> None:
        self.set_time(self.now + timedelta(**time))

    def unit(self, number: int = 0) -> Any:
        return self.brand.api.get(f"/v1/units/{self.serials[number]}")

    def flag(self, flag: str, number: int = 0) -> None:
        body = {"flag": flag, "reason": "신고"}
        self.brand.api.post(f"/v1/units/{self.serials[number]}/flags", body, expect=200)

    def owner(self, number: int = 0) -> str | None:
        """Return the phone of who owns a unit now."""
        found = self.brand.api.get(f"/v1/warranties?unit={self.serials[number]}&status=active")
        if not found["data"]:
            return None
        member: str = found["data"][0]["member"]
        phone: str = self.brand.api.get(f"/v1/members/{member}")["phone"]
        return phone
