"""A brand that asks: complete texts, and short ways to publish them."""

from functools import partial
from typing import Any

from app import clock
from app.brands import services as brands
from app.consents import audits, services
from app.consents.rules.purposes import PURPOSES
from tests.support.api import TestBrand
from tests.support.members import unit_of_work

MARKETING: dict[str, Any] = {
    "title": "마케팅 활용 동의",
    "use": "신상품과 할인 소식 안내 등 마케팅",
    "items": ["휴대전화번호", "구매 내역"],
    "retention": "동의를 철회할 때까지",
    "refusal": "동의하지 않아도 보증 등록을 할 수 있어요",
    "emphasised": ["use", "retention"],
}
PLAIN: dict[str, Any] = {
    "title": "동의",
    "use": "서비스 안내",
    "items": ["휴대전화번호"],
    "retention": "1년",
    "refusal": "동의하지 않아도 보증 등록을 할 수 있어요",
    "emphasised": ["use", "retention"],
}
THIRD_PARTY: dict[str, Any] = {
    **PLAIN,
    "title": "제3자 제공 동의",
    "use": "수리 기사 방문",
    "recipient": "가나 물류",
    "recipient_use": "방문 수리",
    "recipient_items": ["이름", "주소"],
    "recipient_retention": "방문 후 3개월",
    "emphasised": ["retention", "recipient", "recipient_use"],
}
OVERSEAS: dict[str, Any] = {
    **THIRD_PARTY,
    "title": "국외 이전 동의",
    "country": "미국",
    "transfer_when": "메일을 보낼 때마다",
    "transfer_how": "암호화한 통신망",
    "recipient_contact": "privacy@example.com",
}
TEXTS: dict[str, dict[str, Any]] = {
    **dict.fromkeys(PURPOSES, PLAIN),
    "marketing_pi": MARKETING,
    "third_party": THIRD_PARTY,
    "overseas": OVERSEAS,
}


def text_path(purpose: str, language: str = "ko") -> str:
    return f"/v1/consent-texts/{purpose}/{language}"


def draft(brand: TestBrand, purpose: str, **changes: Any) -> Any:
    """Write a draft: the complete text of the purpose, with ``changes`` (None: left out)."""
    definition = {**TEXTS[purpose], **changes}
    body = {name: value for name, value in definition.items() if value is not None}
    response = brand.api.send("PUT", text_path(purpose), body)
    assert response.status_code in (200, 201), response.get_data(as_text=True)
    return response.get_json()


def publish(brand: TestBrand, purpose: str, **changes: Any) -> Any:
    draft(brand, purpose, **changes)
    return brand.api.post(f"{text_path(purpose)}/publish", expect=200)


def publish_all(brand: TestBrand) -> None:
    """Publish a text for every purpose, in one transaction rather than by as many calls."""
    with unit_of_work(brand):
        now = brands.brand_now(brand.brand_id, clock.now())
        for purpose in PURPOSES:
            for use_case in (
                partial(services.put_text, definition=TEXTS[purpose]),
                services.publish_text,
            ):
                use_case(brand.brand_id, purpose, "ko", actor="test", now=now)


def answer(brand: TestBrand, member: str, *, asked: tuple[str, ...] = (), **options: Any) -> Any:
    """Answer for a member: ``ad_sms="granted"``; other options are those of the body."""
    decisions = [
        {"purpose": purpose, "choice": options.pop(purpose)}
        for purpose in PURPOSES
        if purpose in options
    ]
    body = {"decisions": decisions, "asked": list(asked), "source": "my_page", **options}
    return brand.api.post(f"{member}/consents", body, expect=200)


def refuse_answer(brand: TestBrand, member: str, code: str, **options: Any) -> Any:
    decisions = [
        {"purpose": purpose, "choice": options.pop(purpose)}
        for purpose in PURPOSES
        if purpose in options
    ]
    body = {"decisions": decisions, "source": "my_page", **options}
    return brand.api.refused("POST", f"{member}/consents", body, code=code)


def states(brand: TestBrand, member: str) -> dict[str, Any]:
    """Return the state of each purpose that was ever answered."""
    shown = brand.api.get(f"{member}/consents")["consents"]
    return {each["purpose"]: each["state"] for each in shown if each["state"]}


def standing(brand: TestBrand, member: str, purpose: str) -> Any:
    shown = brand.api.get(f"{member}/consents")["consents"]
    return next(each for each in shown if each["purpose"] == purpose)


def history(brand: TestBrand, member: str) -> list[Any]:
    """Return the records of a member, the oldest first."""
    records: list[Any] = brand.api.get(f"{member}/consents/history?limit=100")["data"]
    return records[::-1]


def audit(brand: TestBrand) -> list[Any]:
    with unit_of_work(brand):
        return audits.audit(brand.brand_id)
