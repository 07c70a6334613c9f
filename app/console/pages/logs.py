"""Who changed what (audit log), and who saw whose data (access log)."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from app import clock
from app.brands import services as brands
from app.console.pages import pages
from app.console.pages.desk import Desk, on_desk, permitted, read_query, requires_fresh
from app.console.rules.navigation import Entry
from app.console.rules.words import ACTIONS
from app.csvfile import escaped
from app.ids import read
from app.staff import services as staff
from app.web.pages import read_form, render

READ = "audit:read"
NAV = (
    Entry("console.audit", "감사 기록", "Audit log", READ, "settings", 40, "history"),
    Entry("console.access", "접속기록", "Access log", READ, "settings", 50, "shield-check"),
)
PAGE = 50
EXPORT_MAX = 50_000
FIELDS = ("who", "what", "whose", "since", "until")


@dataclass(frozen=True)
class Asked:
    """What is looked for; '' where anything will do."""

    who: str
    what: str
    whose: str
    since: str
    until: str

    def bounds(self, desk: Desk) -> tuple[datetime | None, datetime | None]:
        """Return the instants from which and before which a record has to be."""
        first, last = _date(self.since), _date(self.until)
        return (
            datetime.combine(first, time(), desk.zone) if first else None,
            datetime.combine(last + timedelta(days=1), time(), desk.zone) if last else None,
        )


@pages.get("/audit")
@permitted(READ)
def audit() -> AnyResponse:
    """Show who changed what and when, from what to what, and why."""
    values = read_query(*FIELDS, "before")
    asked, before = _asked(values), read("rec", values["before"])

    def use_case(desk: Desk) -> AnyResponse:
        found = _audit_records(desk, asked, before, PAGE + 1)
        return render(
            "console/audit.html",
            records=found[:PAGE],
            following=found[PAGE - 1].id if len(found) > PAGE else None,
            asked=asked,
            names=staff.names_of(desk.brand_id),
            actions=ACTIONS,
        )

    return on_desk(use_case)


@pages.post("/audit/export")
@permitted(READ)
@requires_fresh
def export_audit() -> AnyResponse:
    """Give the records that were looked for as a file, and write that down."""
    asked = _asked(read_form(*FIELDS))
    reason = _reason()

    def use_case(desk: Desk) -> AnyResponse:
        names = staff.names_of(desk.brand_id)
        found = _audit_records(desk, asked, None, EXPORT_MAX)
        rows = [
            [
                each.occurred_at.astimezone(desk.zone).isoformat(),
                names.get(each.actor, each.actor),
                each.action,
                each.subject,
                each.before,
                each.after,
                each.reason,
            ]
            for each in found
        ]
        _note_export(desk, "audit_log.exported", len(rows), reason)
        return _file(
            "audit.csv", ["when", "who", "what", "subject", "before", "after", "reason"], rows
        )

    return on_desk(use_case)


@pages.get("/access")
@permitted(READ)
def access() -> AnyResponse:
    """Show who saw whose personal data, from where, and what for."""
    values = read_query(*FIELDS, "before")
    asked, before = _asked(values), read("rec", values["before"])

    def use_case(desk: Desk) -> AnyResponse:
        found = _access_records(desk, asked, before, PAGE + 1)
        return render(
            "console/access.html",
            records=found[:PAGE],
            following=found[PAGE - 1].id if len(found) > PAGE else None,
            asked=asked,
            names=staff.names_of(desk.brand_id),
            actions=staff.ACTIONS,
        )

    return on_desk(use_case)


@pages.post("/access/export")
@permitted(READ)
@requires_fresh
def export_access() -> AnyResponse:
    """Give the records that were looked for as a file, and write that down."""
    asked = _asked(read_form(*FIELDS))
    reason = _reason()

    def use_case(desk: Desk) -> AnyResponse:
        names = staff.names_of(desk.brand_id)
        found = _access_records(desk, asked, None, EXPORT_MAX)
        rows = [
            [
                each.occurred_at.astimezone(desk.zone).isoformat(),
                names.get(each.actor, each.actor),
                each.actor,
                each.ip,
                each.action,
                each.subject,
                " ".join(each.items),
                each.count,
                each.reason,
            ]
            for each in found
        ]
        _note_export(desk, "access_log.exported", len(rows), reason)
        header = ["when", "who", "account", "ip", "what", "whose", "items", "people", "reason"]
        return _file("access.csv", header, rows)

    return on_desk(use_case)


def _audit_records(
    desk: Desk, asked: Asked, before: UUID | None, limit: int
) -> list[brands.AuditRecord]:
    since, until = asked.bounds(desk)
    return brands.list_audit_records(
        desk.brand_id,
        subject=asked.whose or None,
        actor=asked.who or None,
        action=asked.what or None,
        since=since,
        until=until,
        before=before,
        limit=limit,
    )


def _access_records(
    desk: Desk, asked: Asked, before: UUID | None, limit: int
) -> list[staff.Access]:
    since, until = asked.bounds(desk)
    return staff.list_access(
        desk.brand_id,
        actor=asked.who or None,
        subject=asked.whose or None,
        action=asked.what or None,
        since=since,
        until=until,
        before=before,
        limit=limit,
    )


def _asked(values: Mapping[str, str]) -> Asked:
    return Asked(*(values[name] for name in FIELDS))


def _reason() -> str:
    reason = read_form("reason")["reason"]
    return reason if reason in staff.REASONS or reason == "review" else "review"


def _note_export(desk: Desk, action: str, count: int, reason: str) -> None:
    brands.record_audit(
        desk.brand_id,
        actor=desk.actor,
        action=action,
        subject=action.partition(".")[0],
        now=clock.now(),
        after={"rows": count},
        reason=reason,
    )


def _file(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    target = io.StringIO()
    target.write("\ufeff")  # or Excel takes it for CP949
    writer = csv.writer(target)
    writer.writerow(header)
    writer.writerows([escaped("" if cell is None else str(cell)) for cell in row] for row in rows)
    response = Response(target.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
