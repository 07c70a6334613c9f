"""One timeline over all that happened to a customer: a query for each source, whatever it holds."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from app import ids
from app.consents import services as consents
from app.console.rules.timeline import Moment, merged
from app.coupons import services as coupons
from app.desk import services as desk
from app.members.services import Member
from app.messages import services as messages
from app.orders import services as orders
from app.points import services as points
from app.service_requests import services as requests
from app.stamps import services as stamps
from app.tiers import services as tiers
from app.warranties import services as warranties

Source = Callable[[Member, str, int, datetime], list[Moment]]


def read_timeline(
    member: Member, places: Mapping[str, str], only: str | None, limit: int, *, now: datetime
) -> tuple[list[Moment], dict[str, str]]:
    """Return what happened, the newest first, and where to go on.

    ``places`` are those of the page before; what is no place begins anew.
    """
    wanted = {only: SOURCES[only]} if only in SOURCES else SOURCES
    found = {
        name: source(member, places.get(name, ""), limit + 1, now)
        for name, source in wanted.items()
    }
    shown, following = merged(found, limit)
    return shown, {**places, **following} if following else {}


def _points(member: Member, place: str, limit: int, _: datetime) -> list[Moment]:
    before = int(place) if place.isascii() and place.isdigit() and len(place) < 18 else None
    entries = points.list_entries(member.brand_id, member.id, before_seq=before, limit=limit)
    return [
        Moment(
            "points",
            each.recorded_at,
            str(each.seq),
            each.kind,
            each.note or each.reason or "",
            each.d_available + each.d_pending or each.d_held or -each.d_debt,
            _path("orders", "ord", each.order_id),
            each.actor,
        )
        for each in entries
    ]


def _orders(member: Member, place: str, limit: int, now: datetime) -> list[Moment]:
    found = orders.list_orders(
        member.brand_id, member=_reference(member), before=ids.read("ord", place), limit=limit
    )
    return [
        Moment(
            "orders",
            each.created_at,
            ids.show("ord", each.id),
            each.status,
            each.external_id,
            each.due,
            _path("orders", "ord", each.id),
        )
        for each in found
    ]


def _coupons(member: Member, place: str, limit: int, now: datetime) -> list[Moment]:
    found = coupons.list_of_member(
        member.brand_id,
        member.id,
        status=None,
        before=ids.read("cpn", place),
        limit=limit,
        now=now,
    )
    return [
        Moment(
            "coupons",
            each.issued_at,
            ids.show("cpn", each.id),
            coupons.status_at(each, now),
            coupons.template_version(each.brand_id, each.template_id, each.version).name,
            actor=each.actor,
        )
        for each in found
    ]


def _stamps(member: Member, place: str, limit: int, _: datetime) -> list[Moment]:
    found = stamps.list_entries(member.brand_id, member.id, before=_parts(place), limit=limit)
    return [
        Moment(
            "stamps",
            each.at,
            f"{each.at.isoformat()}~{each.programme}~{each.seq}",
            each.kind,
            each.programme,
            each.d_stamps,
            _path("orders", "ord", each.order_id),
        )
        for each in found
    ]


def _tiers(member: Member, place: str, limit: int, _: datetime) -> list[Moment]:
    before = int(place) if place.isascii() and place.isdigit() and len(place) < 10 else None
    found = tiers.list_changes(member.brand_id, member.id, before_seq=before, limit=limit)
    return [
        Moment(
            "tiers",
            each.changed_at,
            str(each.seq),
            each.kind,
            f"{each.from_tier or '-'} → {each.to_tier or '-'}",
            actor=each.actor,
        )
        for each in found
    ]


def _warranties(member: Member, place: str, limit: int, _: datetime) -> list[Moment]:
    found = warranties.list_warranties(
        member.brand_id, member_id=member.id, after=ids.read("wty", place), limit=limit
    )
    return [
        Moment(
            "warranties",
            each.warranty.created_at,
            ids.show("wty", each.warranty.id),
            each.warranty.end_cause or each.warranty.proof,
            each.unit.serial,
            path=f"/console/units/{each.unit.serial}",
            actor=each.warranty.actor,
        )
        for each in found
    ]


def _requests(member: Member, place: str, limit: int, _: datetime) -> list[Moment]:
    found = requests.list_requests(
        member.brand_id, member_id=member.id, before=ids.read("srq", place), limit=limit
    )
    return [
        Moment(
            "requests",
            each.request.created_at,
            ids.show("srq", each.request.id),
            each.request.status,
            f"{each.request.number} {each.product}",
            path=_path("requests", "srq", each.request.id),
            actor=each.request.actor,
        )
        for each in found
    ]


def _consents(member: Member, place: str, limit: int, _: datetime) -> list[Moment]:
    found = consents.list_records(
        member.brand_id, _reference(member), before=_record(place), limit=limit
    )
    return [
        Moment(
            "consents",
            each.at,
            f"{each.at.isoformat()}~{each.member_id}~{each.seq}",
            each.action,
            each.purpose,
            actor=each.recorded_by,
        )
        for each in found
    ]


def _messages(member: Member, place: str, limit: int, _: datetime) -> list[Moment]:
    found = messages.list_messages(
        member.brand_id,
        member=_reference(member),
        state=None,
        before=ids.read("msg", place),
        limit=limit,
    )
    return [
        Moment(
            "messages",
            each.message.created_at,
            ids.show("msg", each.message.id),
            each.message.state,
            " · ".join(filter(None, (each.message.code, each.masked, each.message.reason))),
        )
        for each in found
    ]


def _notes(member: Member, place: str, limit: int, _: datetime) -> list[Moment]:
    found = desk.list_notes(member.brand_id, member.id, before=ids.read("not", place), limit=limit)
    return [
        Moment(
            "notes",
            each.created_at,
            ids.show("not", each.id),
            "noted",
            each.text or "",
            actor=each.actor,
        )
        for each in found
    ]


SOURCES: dict[str, Source] = {
    "points": _points,
    "orders": _orders,
    "coupons": _coupons,
    "stamps": _stamps,
    "tiers": _tiers,
    "warranties": _warranties,
    "requests": _requests,
    "consents": _consents,
    "messages": _messages,
    "notes": _notes,
}


def _reference(member: Member) -> str:
    return ids.show("mem", member.id)


def _path(section: str, prefix: str, thing: UUID | None) -> str | None:
    return None if thing is None else f"/console/{section}/{ids.show(prefix, thing)}"


def _record(place: str) -> tuple[datetime, UUID, int] | None:
    parts = _parts(place)
    if parts is None:
        return None
    try:
        return parts[0], UUID(parts[1]), parts[2]
    except ValueError:
        return None


def _parts(place: str) -> tuple[datetime, str, int] | None:
    at, _, rest = place.partition("~")
    name, _, seq = rest.partition("~")
    try:
        instant = datetime.fromisoformat(at)
    except ValueError:
        return None
    if instant.tzinfo is None or not (seq.isascii() and seq.isdigit() and len(seq) < 18):
        return None
    return instant, name, int(seq)
