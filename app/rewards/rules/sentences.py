"""A rule as one sentence in each language, made from what it says.

When – then – within: «첫 주문이 30,000원 이상이면 3,000P를 줘요(30일 안에 사용), 회원마다 한 번».
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from app.benefits.services import Benefit, Text, sentence_of
from app.korean import joined, object_of, subject_of
from app.purchases import Selection
from app.rewards.rules.definitions import (
    NO_TIER,
    ORDER_TRIGGERS,
    Conditions,
    Limits,
    Rule,
    Share,
    Trigger,
    Window,
)
from app.rewards.rules.giving import percent_of

_NAMED_MAX = 3
_DAYS_KO = "월화수목금토일"
_DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_NTH_KO = ("첫", "두 번째", "세 번째", "네 번째", "다섯 번째")
_NTH_EN = ("first", "second", "third", "fourth", "fifth")


def sentence(rule: Rule, zone: ZoneInfo) -> Text:
    """Return the whole rule in words; times are those of ``zone``."""
    when = _when(rule)
    given = _given(rule)
    within = [
        *_only(rule.conditions, zone),
        *_limits(rule.limits),
        *_stacking(rule),
        *_schedule(rule.starts_at, rule.ends_at, zone),
    ]
    if rule.holdout_percent:
        percent = rule.holdout_percent
        within.append(
            Text(
                f"비교를 위해 회원 {percent}%는 빼고", f"{percent}% of members kept out to compare"
            )
        )
    return Text(
        ", ".join([f"{when.ko} {given.ko}", *(part.ko for part in within)]),
        "; ".join([f"{when.en}, give {given.en}", *(part.en for part in within)]),
    )


def _when(rule: Rule) -> Text:
    trigger = rule.trigger
    if trigger.on in ORDER_TRIGGERS:
        return _when_ordered(trigger, rule.conditions)
    about = sorted(trigger.about)
    names = "·".join(about)
    either = " or ".join(about)
    match trigger.on:
        case "member_joined":
            return Text("회원이 가입하면", "When a member joins")
        case "tier_reached" if about:
            return Text(f"등급이 {names}에 오르면", f"When the tier {either} is reached")
        case "tier_reached":
            return Text("등급이 오르면", "When a higher tier is reached")
        case "stamp_card_completed" if about:
            return Text(
                f"{names} 스탬프 카드를 다 채우면", f"When a stamp card of {either} is full"
            )
        case "stamp_card_completed":
            return Text("스탬프 카드를 다 채우면", "When a stamp card is full")
        case "birthday":
            return _when_day("생일", "the birthday", trigger.days_before)
        case "signup_anniversary":
            return _when_day("가입 기념일", "the anniversary of joining", trigger.days_before)
        case "referral_qualified":
            return _when_referred(trigger)
        case "warranty_registered":
            return Text("정품을 등록하면", "When a warranty is registered")
    return Text(f"{names} 이벤트가 있으면", f"When the event {either} happens")


def _when_day(ko: str, en: str, days_before: int) -> Text:
    if not days_before:
        return Text(f"{ko}에", f"On {en}")
    return Text(f"{ko} {days_before}일 전에", f"{days_before} days before {en}")


def _when_referred(trigger: Trigger) -> Text:
    if trigger.about == {"inviter"}:
        who = Text("초대한 회원에게", "to the inviter")
    elif trigger.about == {"invitee"}:
        who = Text("초대받은 회원에게", "to the one invited")
    else:
        who = Text("초대한 회원과 초대받은 회원에게", "to both the inviter and the one invited")
    return Text(
        f"초대받은 회원이 구매를 확정하면 {who.ko}",
        f"When one who was invited confirms a purchase, {who.en}",
    )


def _when_ordered(trigger: Trigger, wanted: Conditions) -> Text:
    goods = _goods(wanted.selection)
    order = _order_of(trigger, wanted)
    amount = _amount(wanted)
    if amount is not None:
        if goods is not None:
            return Text(
                f"{order.ko}에서 {goods.ko} 금액이 {amount.ko}이면",
                f"When {goods.en} in {order.en} come to {amount.en}",
            )
        return Text(f"{subject_of(order.ko)} {amount.ko}이면", f"When {order.en} is {amount.en}")
    if goods is not None:
        return Text(
            f"{order.ko}에 {subject_of(goods.ko)} 있으면", f"When {order.en} has {goods.en}"
        )
    if trigger.on == "order_paid" and not wanted.first_order_only:
        return Text("주문하면", "When an order is paid")
    return Text(f"{order.ko}이면", f"When it is {order.en}")


def _order_of(trigger: Trigger, wanted: Conditions) -> Text:
    """Return what kind of order it is, in words."""
    within = trigger.within_days
    since_ko = f"{within}일 안에 " if within is not None else ""
    since_en = f" within {within} days" if within is not None else ""
    if trigger.on == "nth_order" and trigger.every is not None:
        return Text(f"{trigger.every}번째마다의 주문", f"every {trigger.every}th order")
    if trigger.on == "nth_order" and trigger.n is not None:
        if trigger.n <= len(_NTH_KO):
            return Text(f"{_NTH_KO[trigger.n - 1]} 주문", f"a {_NTH_EN[trigger.n - 1]} order")
        return Text(f"{trigger.n}번째 주문", f"order number {trigger.n}")
    if trigger.on == "repurchase":
        return {
            "same_product": Text(
                f"산 상품을 {since_ko}다시 산 주문",
                f"an order of a product bought before{since_en}",
            ),
            "add_on": Text(
                f"산 상품의 추가상품을 {since_ko}산 주문",
                f"an order of an add-on to a product bought before{since_en}",
            ),
            "upgrade": Text(
                f"산 상품의 상위버전을 {since_ko}산 주문",
                f"an order of an upgrade of a product bought before{since_en}",
            ),
        }[trigger.kind or "same_product"]
    first = wanted.first_order_only
    if trigger.on == "order_confirmed":
        return Text(
            f"구매를 확정한 {'첫 ' if first else ''}주문",
            "a first order that is confirmed" if first else "an order that is confirmed",
        )
    return Text("첫 주문", "a first order") if first else Text("주문", "an order")


def _amount(wanted: Conditions) -> Text | None:
    least, most = wanted.minimum_amount, wanted.maximum_amount
    if least and most is not None:
        return Text(f"{least:,}원 이상 {most:,}원 이하", f"{least:,} to {most:,} won")
    if least:
        return Text(f"{least:,}원 이상", f"{least:,} won or more")
    return None if most is None else Text(f"{most:,}원 이하", f"{most:,} won or less")


def _goods(chosen: Selection) -> Text | None:
    ko, en = [], []
    for word_ko, word_en, names in (
        ("상품", "product", sorted(chosen.skus)),
        ("카테고리", "category", sorted(chosen.categories)),
    ):
        if names:
            ko.append(f"{word_ko} {_named(names, '·', ' 외 {}개')}")
            en.append(f"{word_en} {_named(names, ', ', ' and {} others')}")
    return Text(" 또는 ".join(ko), " or ".join(en)) if ko else None


def _named(names: list[str], between: str, more: str) -> str:
    shown = between.join(names[:_NAMED_MAX])
    left = len(names) - _NAMED_MAX
    return shown + (more.format(left) if left > 0 else "")


def _given(rule: Rule) -> Text:
    said = [_effect(effect) for effect in rule.effects]
    if len(said) == 1:
        days = _expiry(rule.effects[0])
        bare = _effect(rule.effects[0], tell_expiry=False)
        return Text(
            f"{object_of(bare.ko)} 줘요" + (f"({days}일 안에 사용)" if days else ""),
            bare.en + (f" (to use within {days} days)" if days else ""),
        )
    return Text(
        f"{object_of(joined([each.ko for each in said]))} 줘요",
        " and ".join(each.en for each in said),
    )


def _expiry(effect: Benefit | Share) -> int | None:
    return effect.expires_in_days


def _effect(effect: Benefit | Share, *, tell_expiry: bool = True) -> Text:
    days = effect.expires_in_days if tell_expiry else None
    if isinstance(effect, Benefit):
        bare = effect if tell_expiry else Benefit(**{**vars(effect), "expires_in_days": None})
        return sentence_of(bare)
    if effect.kind == "percent":
        said = Text(
            f"금액의 {percent_of(effect.size)} 포인트",
            f"{percent_of(effect.size)} of the amount in points",
        )
    else:
        times = f"{effect.size / 100:g}"
        said = Text(f"{times}배 적립", f"{times} times the usual points")
    notes_ko, notes_en = [], []
    if effect.maximum_points is not None:
        notes_ko.append(f"최대 {effect.maximum_points:,}P")
        notes_en.append(f"at most {effect.maximum_points:,}")
    if days:
        notes_ko.append(f"{days}일 안에 사용")
        notes_en.append(f"for {days} days")
    if not notes_ko:
        return said
    return Text(f"{said.ko}({', '.join(notes_ko)})", f"{said.en} ({', '.join(notes_en)})")


def _only(wanted: Conditions, zone: ZoneInfo) -> list[Text]:
    parts = []
    if wanted.channels:
        names = sorted(wanted.channels)
        parts.append(Text(f"{'·'.join(names)}에서만", f"only in {', '.join(names)}"))
    if wanted.tiers:
        names = sorted(wanted.tiers - {NO_TIER})
        none = NO_TIER in wanted.tiers
        ko = [f"{'·'.join(names)} 등급"] if names else []
        en = [f"tier {', '.join(names)}"] if names else []
        parts.append(
            Text(
                f"{'과 '.join([*ko, *(['등급이 없는 회원'] if none else [])])}만",
                f"only {' and '.join([*en, *(['members without a tier'] if none else [])])}",
            )
        )
    if wanted.tags_any:
        names = sorted(wanted.tags_any)
        parts.append(Text(f"태그 {'·'.join(names)} 회원만", f"only tagged {', '.join(names)}"))
    if wanted.tags_none:
        names = sorted(wanted.tags_none)
        parts.append(Text(f"태그 {'·'.join(names)} 회원은 빼고", f"not tagged {', '.join(names)}"))
    since = _since(wanted)
    if since is not None:
        parts.append(since)
    if wanted.window is not None:
        parts.extend(_window(wanted.window, zone))
    return parts


def _since(wanted: Conditions) -> Text | None:
    least, most = wanted.days_at_least, wanted.days_at_most
    if least is None and most is None:
        return None
    if most is None:
        return Text(
            f"지난 주문에서 {least}일 이상 지났을 때만",
            f"only {least} days or more after the last order",
        )
    if least is None:
        return Text(
            f"지난 주문에서 {most}일 안일 때만", f"only within {most} days of the last order"
        )
    return Text(
        f"지난 주문에서 {least}일 이상 {most}일 이하 지났을 때만",
        f"only {least} to {most} days after the last order",
    )


def _window(window: Window, zone: ZoneInfo) -> list[Text]:
    parts = _schedule(window.starts_at, window.ends_at, zone)
    days = sorted(window.weekdays)
    ko = "·".join(_DAYS_KO[day] for day in days) + "요일" if days else ""
    en = ", ".join(_DAYS_EN[day] for day in days)
    if window.from_time is not None or window.to_time is not None:
        start = f"{window.from_time:%H:%M}" if window.from_time else "00:00"
        end = f"{window.to_time:%H:%M}" if window.to_time else "24:00"
        ko, en = f"{ko} {start}~{end}".strip(), f"{en} {start}-{end}".strip()
    if ko:
        parts.append(Text(f"{ko}에만", f"only {en}"))
    return parts


def _limits(limits: Limits) -> list[Text]:
    parts = []
    if limits.times is not None:
        often = "한 번" if limits.times == 1 else f"{limits.times}번"
        times = "once" if limits.times == 1 else f"{limits.times} times"
        parts.append(
            {
                None: Text(f"회원마다 {often}", f"{times} per member"),
                "year": Text(f"회원마다 한 해에 {often}", f"{times} a year per member"),
                "month": Text(f"회원마다 한 달에 {often}", f"{times} a month per member"),
                "day": Text(f"회원마다 하루에 {often}", f"{times} a day per member"),
            }[limits.period]
        )
    if limits.total_grants is not None:
        people = limits.times == 1 and limits.period is None
        parts.append(
            Text(
                f"선착순 {limits.total_grants:,}{'명' if people else '건'}",
                f"the first {limits.total_grants:,}{' members' if people else ''}",
            )
        )
    if limits.total_points is not None:
        parts.append(
            Text(
                f"예산 {limits.total_points:,}P까지", f"up to {limits.total_points:,} points in all"
            )
        )
    if limits.maximum_margin_percent is not None:
        percent = limits.maximum_margin_percent
        parts.append(Text(f"마진의 {percent}%까지", f"at most {percent}% of the margin"))
    return parts


def _stacking(rule: Rule) -> list[Text]:
    group, priority = rule.stacking.group, rule.stacking.priority
    if rule.stacking.mode == "best":
        return [Text(f"{group} 묶음에서 가장 큰 혜택 하나만", f"only the best one of {group}")]
    if rule.stacking.mode == "priority":
        return [
            Text(
                f"{group} 묶음에서 우선순위가 가장 높은 하나만(우선순위 {priority})",
                f"only the first by priority of {group} (priority {priority})",
            )
        ]
    return []


def _schedule(starts_at: datetime | None, ends_at: datetime | None, zone: ZoneInfo) -> list[Text]:
    start = starts_at and f"{starts_at.astimezone(zone):%Y-%m-%d %H:%M}"
    end = ends_at and f"{ends_at.astimezone(zone):%Y-%m-%d %H:%M}"
    ko = " ".join(([f"{start}부터"] if start else []) + ([f"{end}까지"] if end else []))
    en = " ".join(([f"from {start}"] if start else []) + ([f"until {end}"] if end else []))
    return [Text(ko, en)] if ko else []
