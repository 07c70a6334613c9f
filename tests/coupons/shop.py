"""A brand's coupons in tests: templates, carts, and a checkout made of the two SQL calls."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from app import clock, ids
from app.brands import services as brands
from app.coupons import queries, services
from app.coupons.rules.definitions import Template, Templates, template_of
from app.coupons.rules.state import CouponRow, CouponsState, TemplateState, Wanted
from app.coupons.services import CouponOutcome
from app.points import services as points
from app.purchases import Purchase, PurchaseLine
from tests.support.api import TestBrand
from tests.support.members import unit_of_work

SEOUL = ZoneInfo("Asia/Seoul")
NOON = datetime(2026, 11, 25, 12, tzinfo=SEOUL)

FIXED = {"name": "5천원 할인", "kind": "fixed", "amount": 5000}
PERCENT = {"name": "10% 할인", "kind": "percent", "percent_basis_points": 1000}
FREE_SHIPPING = {"name": "무료배송", "kind": "free_shipping"}
GIFT = {"name": "텀블러", "kind": "gift", "gift": {"sku": "TUMBLER", "name": "텀블러"}}


def template(code: str = "T", *, version: int = 1, **definition: Any) -> Template:
    """Return a template that is in no database."""
    return template_of(uuid4(), code, version, {**FIXED, "stacking": "stackable", **definition})


def cart(*amounts: int, channel: str | None = None, at: datetime = NOON) -> Purchase:
    """Return a purchase of one line per amount: SKUs A, B, …; categories of two in turn."""
    lines = [
        PurchaseLine(number, "ABCDEFGHIJ"[number - 1], ("tea", "cup")[number % 2], 1, amount)
        for number, amount in enumerate(amounts, 1)
    ]
    return Purchase(lines, channel, at, at.date())


def define(brand: TestBrand, code: str, **definition: Any) -> None:
    with unit_of_work(brand):
        services.put_template(
            brand.brand_id, code, {"stacking": "stackable", **definition},
            actor="test", now=clock.now(),
        )  # fmt: skip


def issue(brand: TestBrand, member_id: UUID, code: str) -> str:
    """Give a member a coupon and return its id."""
    with unit_of_work(brand):
        coupon = services.issue(
            brand.brand_id, member_id, code, cause=f"test/{uuid4()}", reason=None,
            actor="test", now=brands.brand_now(brand.brand_id, clock.now()),
        )  # fmt: skip
        return ids.show("cpn", coupon.id)


def decide(
    brand: TestBrand,
    member_id: UUID | None,
    names: Sequence[str],
    purchase: Purchase,
    *,
    shipping_fee: int = 0,
    tier: str | None = None,
    is_first_order: bool = False,
    hold_id: UUID | None = None,
    owned: bool = False,
    now: datetime,
) -> CouponOutcome:
    """Decide as the checkout does, in the present unit of work."""
    raw = queries.read_state(
        brand.brand_id, member_id, services.wanted_of(names), hold_id=hold_id, owned=owned, now=now
    )
    return services.apply_coupons(
        services.state_of(raw),
        purchase,
        shipping_fee=shipping_fee,
        tier=tier,
        is_first_order=is_first_order,
        hold_id=hold_id,
        templates=services.templates_of(
            brand.brand_id, brands.programme_version(brand.brand_id)
        ),
        now=now,
    )  # fmt: skip


def use(
    brand: TestBrand,
    member_id: UUID | None,
    names: Sequence[str],
    purchase: Purchase | None = None,
    *,
    order_id: UUID | None = None,
    hold_id: UUID | None = None,
    **options: Any,
) -> CouponOutcome:
    """Decide and redeem in the present unit of work, under the member's lock."""
    now = brands.brand_now(brand.brand_id, clock.now())
    if member_id is not None:
        points.lock_balance(brand.brand_id, member_id, now=now)
    outcome = decide(
        brand, member_id, names, purchase or cart(20_000), hold_id=hold_id, now=now, **options
    )
    changes: dict[str, Any] = {"redeem": services.redeem_changes(outcome, member_id)}
    if hold_id is not None:
        changes["release"] = str(hold_id)
    queries.write(brand.brand_id, member_id, order_id or uuid4(), changes, now)
    return outcome


def reserve(
    brand: TestBrand, member_id: UUID | None, names: Sequence[str], hold_id: UUID, until: datetime
) -> CouponOutcome:
    """Decide and reserve for a hold, in a unit of work of its own."""
    with unit_of_work(brand):
        now = brands.brand_now(brand.brand_id, clock.now())
        outcome = decide(brand, member_id, names, cart(20_000), now=now)
        rows = services.reserve_changes(outcome, member_id, hold_id=hold_id, until=until)
        queries.write(brand.brand_id, member_id, None, {"reserve": rows}, now)
        return outcome


def reasons(outcome: CouponOutcome) -> dict[str, str]:
    return {each.name: each.reason for each in outcome.rejected}


def rows(owner: Any, brand: TestBrand) -> list[tuple[Any, ...]]:
    """Return (status, discount, order) of every coupon of the brand, oldest first."""
    found: list[tuple[Any, ...]] = owner.execute(
        "SELECT status, discount, order_id FROM coupons WHERE brand_id = %s ORDER BY id",
        (brand.brand_id,),
    ).fetchall()
    return found


def counters(owner: Any, brand: TestBrand) -> dict[str, tuple[int, int, int]]:
    """Return (limit, issued, used) of every limited template."""
    found = owner.execute(
        "SELECT t.code, k.total_limit, k.issued, k.used FROM coupon_counters k"
        " JOIN coupon_templates t ON t.brand_id = k.brand_id AND t.id = k.template_id"
        " WHERE k.brand_id = %s",
        (brand.brand_id,),
    ).fetchall()
    return {row[0]: tuple(row[1:]) for row in found}


def decide_purely(
    templates: Sequence[Template],
    purchase: Purchase,
    *,
    member_id: UUID | None = None,
    owned: bool = False,
    now: datetime = NOON,
    **options: Any,
) -> CouponOutcome:
    """Decide about one coupon of each template, issued to the member for ever, in this order."""
    coupons = [
        CouponRow(
            id=UUID(int=template.id.int ^ 1), template_id=template.id, version=template.version,
            member_id=member_id, code=None, generic=False, status="issued", reserved_by=None,
            reserved_until=None, valid_from=NOON - timedelta(days=1), valid_until=None,
        )
        for template in templates
    ]  # fmt: skip
    state = CouponsState(
        member_id=member_id,
        wanted=[
            Wanted(template.code, coupon.template_id, coupon)
            for template, coupon in zip(templates, coupons, strict=True)
        ],
        owned=coupons if owned else (),
        templates={each.id: TemplateState(each.version, "active", None, 0) for each in templates},
    )
    settings = {"shipping_fee": 0, "tier": None, "is_first_order": False, "hold_id": None}
    return services.apply_coupons(
        state,
        purchase,
        templates=Templates([(each, "active") for each in templates], load=_load_nothing),
        now=now,
        **{**settings, **options},
    )


def _load_nothing(template_id: UUID, version: int) -> Template:
    raise LookupError(template_id, version)
