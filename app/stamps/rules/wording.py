"""What a programme is, in one sentence of each language, generated from its definition."""

from app.benefits.services import Text
from app.stamps.rules.programmes import Terms

_POLICIES = {
    "keep": Text("스탬프를 그대로 둬요", "the stamps are left"),
    "debt": Text("다음 스탬프에서 갚아요", "the next stamps pay for it"),
    "revoke_if_unused": Text(
        "쓰지 않은 보상만 거둬들여요", "only rewards that are unused are taken back"
    ),
}


def sentence_of(terms: Terms) -> Text:
    """Return what a version says.

    >>> from datetime import datetime
    >>> sentence_of(Terms("C", 1, datetime.min, "", "order", 3, ())).ko.partition(".")[0]
    '주문 1건마다 스탬프 1개, 3개를 모으면 카드 완성'
    """
    ko, en = [_earns(terms).ko], [_earns(terms).en]
    for each in _conditions(terms):
        ko.append(each.ko)
        en.append(each.en)
    ko.append(f"{terms.goal}개를 모으면 카드 완성")
    en.append(f"{terms.goal} fill a card")
    for reward in terms.rewards:
        ko.append(f"{reward.at}개째에 {reward.text.ko}")
        en.append(f"at {reward.at}: {reward.text.en}")
    for each in _expiry(terms):
        ko.append(each.ko)
        en.append(each.en)
    policy = _POLICIES[terms.on_refund_of_used_reward]
    return Text(
        f"{', '.join(ko)}. 보상을 쓴 주문이 환불되면 {policy.ko}.",
        f"{', '.join(en)}. If an order whose reward was used is refunded, {policy.en}.",
    )


def _earns(terms: Terms) -> Text:
    chosen = terms.selection.skus or terms.selection.categories
    goods = Text("고른 상품", "chosen goods") if chosen else Text("상품", "goods")
    when = (
        Text("구매확정하면 ", " once it is confirmed")
        if terms.counted_when == "confirmed"
        else Text("", "")
    )
    match terms.per:
        case "order":
            what = Text(
                "고른 상품이 든 주문 1건마다" if chosen else "주문 1건마다",
                "one for each order" + (" of chosen goods" if chosen else ""),
            )
        case "item":
            what = Text(f"{goods.ko} 1개마다", f"one for each piece of {goods.en}")
        case _:
            what = Text(
                f"{goods.ko} 결제 {terms.amount:,}원마다",
                f"one for each {terms.amount:,} won paid for {goods.en}",
            )
    return Text(f"{when.ko}{what.ko} 스탬프 1개", f"{what.en}{when.en}")


def _conditions(terms: Terms) -> list[Text]:
    said = []
    if terms.minimum_order_amount:
        amount = terms.minimum_order_amount
        said.append(Text(f"{amount:,}원 이상 주문", f"orders from {amount:,} won"))
    if terms.channels:
        names = ", ".join(sorted(terms.channels))
        said.append(Text(f"{names} 채널만", f"only through {names}"))
    if terms.daily_limit is not None:
        limit = terms.daily_limit
        said.append(Text(f"하루 {limit}개까지", f"at most {limit} a day"))
    return said


def _expiry(terms: Terms) -> list[Text]:
    said = []
    if terms.card_expires_in_days is not None:
        days = terms.card_expires_in_days
        said.append(Text(f"카드는 첫날부터 {days}일 동안", f"a card lasts {days} days"))
    if terms.stamps_expire_in_days is not None:
        days = terms.stamps_expire_in_days
        said.append(
            Text(
                f"마지막 스탬프부터 {days}일 안에 다음 스탬프",
                f"its stamps lapse {days} days after the last one",
            )
        )
    return said
