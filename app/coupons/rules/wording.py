"""How a discount, and the refusal of one, is told in Korean and English."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.coupons.rules.definitions import Pricing, Template


class Told(NamedTuple):
    ko: str
    en: str


REFUSALS: Mapping[str, Told] = {
    "not_found": Told(
        "그런 쿠폰을 찾을 수 없어요. 코드를 다시 확인해 주세요.",
        "There is no such coupon. Check the code.",
    ),
    "named_twice": Told(
        "같은 쿠폰을 두 번 보냈어요. 한 번만 쓸 수 있어요.",
        "This coupon is named twice. It counts once.",
    ),
    "revoked": Told("회수된 쿠폰이라 쓸 수 없어요.", "This coupon was revoked."),
    "paused": Told(
        "지금은 잠시 쓸 수 없는 쿠폰이에요. 나중에 다시 써 주세요.",
        "This coupon cannot be used for the moment. Try again later.",
    ),
    "ended": Told("행사가 끝난 쿠폰이에요.", "The campaign of this coupon is over."),
    "already_used": Told("이미 쓴 쿠폰이에요.", "This coupon was used already."),
    "belongs_to_another": Told("다른 회원의 쿠폰이에요.", "This coupon belongs to another member."),
    "member_required": Told(
        "회원만 쓸 수 있는 쿠폰이에요. 로그인해 주세요.",
        "This coupon is for members. Sign in to use it.",
    ),
    "reserved_elsewhere": Told(
        "다른 주문에서 쓰고 있어요. {reserved_until}까지 기다리거나 그 주문을 마쳐 주세요.",
        "Another checkout is using this coupon until {reserved_until}. Finish that one or wait.",
    ),
    "not_yet_valid": Told(
        "{valid_from}부터 쓸 수 있어요.", "This coupon can be used from {valid_from}."
    ),
    "expired": Told(
        "사용 기한({valid_until})이 지났어요.", "This coupon expired at {valid_until}."
    ),
    "limit_reached": Told("준비한 쿠폰이 모두 쓰였어요.", "All coupons of this code are used up."),
    "member_limit_reached": Told(
        "한 회원이 {limit}번까지 쓸 수 있는 쿠폰이에요.",
        "A member can use this coupon {limit} times, which you have.",
    ),
    "not_for_channel": Told(
        "{channels}에서만 쓸 수 있어요.", "This coupon is for these channels: {channels}."
    ),
    "not_for_tier": Told(
        "{tiers} 등급만 쓸 수 있어요.", "This coupon is for these tiers: {tiers}."
    ),
    "not_first_order": Told("첫 주문에만 쓸 수 있어요.", "This coupon is for a first order."),
    "no_eligible_goods": Told(
        "이 쿠폰을 쓸 수 있는 상품이 없어요.", "None of the goods is eligible for this coupon."
    ),
    "minimum_not_met": Told(
        "{minimum:,} 이상 살 때 쓸 수 있어요. {missing:,}만 더 담아 주세요.",
        "This coupon needs goods of at least {minimum:,}; {missing:,} are missing.",
    ),
    "not_stackable": Told(
        "{with_name} 쿠폰과 함께 쓸 수 없어요.",
        "This coupon cannot be used together with {with_name}.",
    ),
    "nothing_to_discount": Told(
        "더 할인할 금액이 없어 쓰지 않았어요. 다음에 쓸 수 있어요.",
        "There is nothing left to discount, so the coupon was not used.",
    ),
}


def refusal_of(reason: str, params: Mapping[str, Any]) -> Told:
    """Return both sentences of a refusal.

    >>> refusal_of("minimum_not_met", {"minimum": 30000, "missing": 1200}).ko
    '30,000 이상 살 때 쓸 수 있어요. 1,200만 더 담아 주세요.'
    """
    ko, en = REFUSALS[reason]
    flat = {
        name: ", ".join(value) if isinstance(value, list) else value
        for name, value in params.items()
    }
    return Told(ko.format(**flat), en.format(**flat))


def discount_of(template: Template, base: int, discount: int) -> Told:
    """Return the arithmetic of a discount in words."""
    pricing = template.pricing
    match pricing.kind:
        case "fixed":
            return Told(f"대상 금액 {base:,}에서 {discount:,} 할인", f"{discount:,} off {base:,}")
        case "percent":
            return _percent(pricing, base, discount)
        case "free_shipping":
            return Told(f"배송비 {discount:,} 할인", f"{discount:,} off the shipping fee")
    gift = template.gift.name if template.gift else template.name
    return Told(f"사은품: {gift}", f"A gift: {gift}")


def _percent(pricing: Pricing, base: int, discount: int) -> Told:
    rate = percent(pricing.percent_basis_points)
    exact = base * pricing.percent_basis_points // 10_000
    capped = exact > discount
    return Told(
        f"대상 금액 {base:,} × {rate} = {exact:,} 할인"
        + (f", 최대 {discount:,}까지" if capped else ""),
        f"{base:,} × {rate} = {exact:,} off" + (f", at most {discount:,}" if capped else ""),
    )


def percent(basis_points: int) -> str:
    """
    >>> percent(1000), percent(125)
    ('10%', '1.25%')
    """
    return f"{basis_points / 100:.2f}".rstrip("0").rstrip(".") + "%"


def sentence_of(template: Template) -> Told:
    """Return what a template offers, and to whom, as one sentence."""
    pricing, ko, en = template.pricing, [], []
    goods = _goods(template)
    match pricing.kind:
        case "fixed":
            ko.append(f"{goods.ko} {pricing.amount:,} 할인")
            en.append(f"{pricing.amount:,} off {goods.en}")
        case "percent":
            rate = percent(pricing.percent_basis_points)
            ko.append(f"{goods.ko} {rate} 할인" + _most(pricing, "(최대 {:,})"))
            en.append(f"{rate} off {goods.en}" + _most(pricing, " (at most {:,})"))
        case "free_shipping":
            ko.append("배송비 무료" + _most(pricing, "(최대 {:,})"))
            en.append("free shipping" + _most(pricing, " (at most {:,})"))
        case "gift" if template.gift:
            ko.append(f"사은품 {template.gift.name} 증정")
            en.append(f"a gift: {template.gift.name}")
    if pricing.minimum_order_amount:
        of = (
            Told("대상 상품을 ", " of these goods")
            if pricing.minimum_of != "order"
            else Told("", "")
        )
        ko.append(f"{of.ko}{pricing.minimum_order_amount:,} 이상 살 때")
        en.append(f"from {pricing.minimum_order_amount:,}{of.en}")
    if template.channels:
        ko.append(f"{', '.join(sorted(template.channels))}에서만")
        en.append(f"in {', '.join(sorted(template.channels))} only")
    if template.tiers:
        ko.append(f"{', '.join(sorted(template.tiers))} 등급만")
        en.append(f"for {', '.join(sorted(template.tiers))} only")
    if template.first_order_only:
        ko.append("첫 주문에만")
        en.append("on a first order only")
    if template.per_member_limit:
        ko.append(f"한 회원 {template.per_member_limit:,}장")
        en.append(f"{template.per_member_limit:,} for each member")
    if template.total_limit:
        ko.append(f"모두 {template.total_limit:,}장")
        en.append(f"{template.total_limit:,} in all")
    if template.days_from_issue:
        ko.append(f"발급일부터 {template.days_from_issue:,}일 동안")
        en.append(f"for {template.days_from_issue:,} days, the day of issue included")
    if template.exclusive:
        ko.append("같은 종류의 다른 쿠폰과 함께 쓸 수 없음")
        en.append("not with another coupon of its group")
    return Told(", ".join(ko) + ".", _capital(", ".join(en)) + ".")


def _goods(template: Template) -> Told:
    pricing = template.pricing
    chosen = [*sorted(pricing.selection.skus), *sorted(pricing.selection.categories)]
    but = [*sorted(pricing.excludes.skus), *sorted(pricing.excludes.categories)]
    ko = " 또는 ".join(_few(chosen)) or "주문 상품"
    en = " or ".join(_few(chosen)) or "the goods"
    if but:
        return Told(f"{ko}({', '.join(_few(but))} 제외)", f"{en} except {', '.join(_few(but))}")
    return Told(ko, en)


def _few(names: list[str]) -> list[str]:
    return names if len(names) <= 3 else [*names[:3], "…"]


def _most(pricing: Pricing, words: str) -> str:
    return "" if pricing.maximum_discount is None else words.format(pricing.maximum_discount)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
