"""A boot maker whose customers ask for service, and what its staff do."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app import clock, ids
from app.brands import services as brands
from app.service_requests import services
from tests.support.api import TestBrand
from tests.support.members import make_member, unit_of_work
from tests.warranties.shop import make_batch, open_shop, register, serials_of

SOLE = {"kind": "part", "name": "밑창", "quantity": 2, "unit_price": 30_000}
LABOUR = {"kind": "labour", "name": "교체 공임", "unit_price": 15_000}


def open_service(
    brand: TestBrand, *, at: str | None = "2026-11-22T10:00:00+09:00", units: int = 1, **batch: Any
) -> list[str]:
    """Sell boots to mina, who registers them, and return their serials."""
    if at is not None:
        set_clock(brand, at)
    open_shop(brand, category="boots")
    brand.api.put("/v1/symptoms/SOLE", {"name": "밑창 떨어짐", "categories": ["boots"]}, expect=201)
    brand.api.put("/v1/symptoms/LEAK", {"name": "물이 샘"}, expect=201)
    make_member(brand, "mina")
    serials = serials_of(brand, make_batch(brand, units + 1, **batch))
    for serial in serials[:units]:
        register(brand, serial, "mina", delivered_on=(at or "2026-11-01")[:10], proven=True)
    return serials


def set_clock(brand: TestBrand, at: str) -> None:
    brand.api.post("/v1/test-clock", {"now": at}, expect=200)


def ask(brand: TestBrand, serial: str, symptom: str = "SOLE", **body: Any) -> dict[str, Any]:
    """Open a request over the API and return it."""
    made: dict[str, Any] = brand.api.post(
        "/v1/service-requests",
        {"unit": serial, "symptom": symptom, "description": "밑창이 떨어졌어요",
         "method": "parcel", **body},
    )  # fmt: skip
    return made


def step(brand: TestBrand, request: dict[str, Any], name: str, **body: Any) -> dict[str, Any]:
    """Let a request take a step over the API, with a reason, and return it."""
    path = f"/v1/service-requests/{request['id']}/steps"
    moved: dict[str, Any] = brand.api.post(
        path, {"step": name, "reason": "그렇게 정함", **body}, expect=200
    )
    return moved


def steps(brand: TestBrand, request: dict[str, Any], *names: str) -> dict[str, Any]:
    for name in names:
        request = step(brand, request, name)
    return request


def set_lines(brand: TestBrand, request: dict[str, Any], *lines: dict[str, Any]) -> dict[str, Any]:
    path = f"/v1/service-requests/{request['id']}/lines"
    shown: dict[str, Any] = brand.api.put(path, {"lines": list(lines)})
    return shown


def quote(brand: TestBrand, request: dict[str, Any], **body: Any) -> dict[str, Any]:
    shown: dict[str, Any] = brand.api.post(f"/v1/service-requests/{request['id']}/quotes", body)
    return shown


def accept(brand: TestBrand, request: dict[str, Any]) -> dict[str, Any]:
    """Accept the newest quote of a request as it is shown."""
    newest = request["quotes"][-1]
    path = f"/v1/service-requests/{request['id']}/quotes/{newest['version']}/accept"
    shown: dict[str, Any] = brand.api.post(path, {"text_sha256": newest["text_sha256"]}, expect=200)
    return shown


def paid_and_quoted(brand: TestBrand, serial: str, **body: Any) -> dict[str, Any]:
    """Ask for a repair that the warranty does not cover, and quote it."""
    asked = steps(brand, ask(brand, serial, **body), "triage", "charge")
    set_lines(brand, asked, SOLE, LABOUR)
    return quote(brand, asked)


def repaired(brand: TestBrand, serial: str, symptom: str = "SOLE", *, paid: bool) -> dict[str, Any]:
    """Repair a unit and give it back, all today."""
    if paid:
        asked = accept(brand, paid_and_quoted(brand, serial, symptom=symptom))
    else:
        asked = step(brand, ask(brand, serial, symptom), "cover")
    return steps(brand, asked, "arrive", "repair", "finish", "send", "deliver")


def get(brand: TestBrand, request: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = brand.api.get(f"/v1/service-requests/{request['id']}")
    return shown


def request_id(request: dict[str, Any]) -> UUID:
    found = ids.read("srq", request["id"])
    assert found is not None
    return found


def as_member(
    brand: TestBrand, act: Callable[..., services.Case], *values: Any, **named: Any
) -> services.Case:
    """Call a use case as the pages of shoppers do."""
    with unit_of_work(brand):
        now = brands.brand_now(brand.brand_id, clock.now())
        return act(brand.brand_id, *values, **named, actor="member", now=now)


def ask_as_member(brand: TestBrand, serial: str, *photos: bytes, **told: Any) -> services.Case:
    """Ask for service as mina does on her own page."""
    owner, pictures = mina(brand), services.clean_photos(photos)
    with unit_of_work(brand):
        now = brands.brand_now(brand.brand_id, clock.now())
        return services.request(
            brand.brand_id, owner, serial, photos=pictures, actor="member",
            today=now.astimezone(ZoneInfo("Asia/Seoul")).date(), now=now,
            **{"symptom": "SOLE", "description": "밑창이 떨어졌어요", "method": "pick_up",
               "address": "서울시 마포구 1", "contact": "010-1234-5678", **told},
        )  # fmt: skip


def mina(brand: TestBrand) -> UUID:
    found = ids.read("mem", brand.api.get("/v1/members/ext:mina")["id"])
    assert found is not None
    return found


def audit(brand: TestBrand) -> list[object]:
    with unit_of_work(brand):
        return list(services.audit(brand.brand_id))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)
