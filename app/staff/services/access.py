"""The access log: whose personal data was seen, by whom, from where, what for.

안전성 확보조치 기준, articles 2 (3) and 8: account, time, place, whose data, what was done.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from app.db import db, use_brand
from app.ids import new_id
from app.staff import queries
from app.staff.models import Access

# What a page says it did. Pages of other features use ``seen``, ``searched``, ``exported``.
ACTIONS = {
    "seen": ("조회", "seen"),
    "searched": ("검색", "searched"),
    "revealed": ("가린 정보 열람", "revealed"),
    "exported": ("내려받기", "taken out"),
    "changed": ("수정", "changed"),
    "erased": ("삭제", "erased"),
    "signed_in": ("로그인", "signed in"),
    "signed_out": ("로그아웃", "signed out"),
    "refused": ("로그인 실패", "failed to sign in"),
}
# What a reveal or an export is for; what else it is for is written by hand.
REASONS = {
    "inquiry": ("고객 문의 응대", "a customer's inquiry"),
    "repair": ("A/S 처리", "a repair"),
    "delivery": ("배송·회수", "a delivery or collection"),
    "dispute": ("환불·분쟁 확인", "a refund or dispute"),
    "legal": ("법에 따른 요청", "a request by law"),
}


def record_access(
    brand_id: UUID,
    *,
    actor: str,
    ip: str,
    action: str,
    now: datetime,
    subject: str | None = None,
    items: Sequence[str] = (),
    count: int = 1,
    reason: str | None = None,
) -> None:
    """Write down that personal data was seen; in the transaction that reads it.

    ``subject`` is the public id of whose data it is (``mem_…``), ``items`` what of it was
    shown (``name``, ``phone``, …); of a list or file, ``count`` says of how many people.
    """
    if action not in ACTIONS:
        raise ValueError(f"no action of the access log: {action}")
    db.session.add(
        Access(
            brand_id=brand_id,
            id=new_id(),
            occurred_at=now,
            actor=actor,
            ip=ip[:64],
            action=action,
            subject=subject,
            items=list(items),
            count=count,
            reason=reason,
        )
    )
    db.session.flush()  # autoflush is off


def record_everywhere(
    brand_ids: Iterable[UUID], *, actor: str, ip: str, action: str, now: datetime
) -> None:
    """Write down in each brand what somebody did who works for all of them."""
    for brand_id in brand_ids:
        use_brand(brand_id)
        record_access(brand_id, actor=actor, ip=ip, action=action, count=0, now=now)


def list_access(
    brand_id: UUID,
    *,
    actor: str | None = None,
    subject: str | None = None,
    action: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: UUID | None = None,
    limit: int,
) -> list[Access]:
    """Return who saw whose data, the newest first."""
    return queries.list_access(
        brand_id,
        actor=actor,
        subject=subject,
        action=action,
        since=since,
        until=until,
        before=before,
        limit=limit,
    )
