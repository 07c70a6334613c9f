"""Telling members of their consents, as the Network Act asks (decree, 62-2 and 62-3)."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.brands import services as brands
from app.consents import services as consents
from app.consents.services import Notice
from app.members import services as members
from app.messages.errors import MessageUnreachable
from app.messages.services.sending import send
from app.messages.services.ways_out import way_out

DAY_BEGINS, DAY_ENDS = 9, 20
SEOUL = ZoneInfo("Asia/Seoul")
TEMPLATES = {"result": "consent_result", "reconfirm": "consent_reconfirmation"}
PURPOSES = {
    "ad_sms": "문자",
    "ad_kakao": "카카오톡",
    "ad_email": "이메일",
    "ad_push": "앱 알림",
    "ad_night": "야간(21시~8시)",
}
CHANNELS = {"ad_sms": "sms", "ad_kakao": "kakao", "ad_email": "email", "ad_push": "push"}
ACTIONS = {"granted": "수신 동의", "refused": "수신 거부", "withdrawn": "동의 철회"}


def may_tell_now(brand_id: UUID, now: datetime) -> bool:
    """Whether members can be told what can wait: someone sends, and it is day.

    Information may be sent at night; nobody likes to be woken for what has weeks of time.
    """
    settings = brands.current_settings(brand_id)
    hour = now.astimezone(ZoneInfo(settings.timezone)).hour
    sends = bool(settings.messages.sender_phone or settings.messages.sender_email)
    is_test = brands.get_brand(brand_id).mode == "test"
    return (sends or is_test) and DAY_BEGINS <= hour < DAY_ENDS


def tell_consents_chunk(brand_id: UUID, limit: int, *, now: datetime) -> int:
    """Tell up to ``limit`` members what became of their answers, or that a consent stands.

    :returns: how many members there were something to tell
    """
    if not may_tell_now(brand_id, now):
        return 0
    notices = consents.take_notices(brand_id, limit)
    for notice in notices:
        consents.refer_notice(brand_id, notice, _tell(brand_id, notice, now))
    return len(notices)


def _ways_out(brand_id: UUID, notice: Notice) -> list[str]:
    """Return how to withdraw what was agreed to: each channel by its name if ways differ."""
    ways = {
        told.purpose: way_out(brand_id, notice.member_id, CHANNELS[told.purpose])
        for told in notice.told
        if told.action == "granted" and told.purpose in CHANNELS
    }
    if len(set(ways.values())) < 2:
        return list(ways.values())[:1] or [way_out(brand_id, None, "sms")]
    return [f"{PURPOSES[purpose]} {way}" for purpose, way in ways.items()]


def _tell(brand_id: UUID, notice: Notice, now: datetime) -> UUID | None:
    policy = brands.current_settings(brand_id).messages
    lines = [
        f"{PURPOSES.get(told.purpose, told.purpose)}: {ACTIONS[told.action]}"
        f" ({told.at.astimezone(SEOUL):%Y-%m-%d})"
        for told in notice.told
    ]
    ends = [policy.contact and f"문의 {policy.contact}", *_ways_out(brand_id, notice)]
    if members.is_erased(brand_id, notice.member_id):
        return None
    try:
        sent = send(
            brand_id,
            TEMPLATES[notice.kind],
            member_id=notice.member_id,
            variables={"results": "\n".join(lines), "ending": "\n".join(filter(None, ends))},
            purpose="consent_result" if notice.kind == "result" else "reconfirmation",
            now=now,
        )
    except MessageUnreachable:
        return None
    return sent.id
