"""``flask import members``, and ``flask members index``."""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import click
from flask.cli import AppGroup
from marshmallow import ValidationError, post_load
from tqdm import tqdm

from app import imports
from app.csvfile import Column
from app.db import transact
from app.imports import Importer
from app.members import services
from app.members.rules import MemberFields
from app.members.schemas import ExternalId, MemberIn
from app.members.services import Indexed
from app.proving import list_brand_ids
from app.web.messages import say

_DATE = re.compile(r"(\d{4})\s*[-./년]\s*(\d{1,2})\s*[-./월]\s*(\d{1,2})\s*[.일]?(?:\s.*|T.*)?")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
CALENDARS = {
    "solar": ("solar", "양력", "양", "s"),
    "lunar": ("lunar", "음력", "음", "l", "음력평달", "평달"),
}
YES = ("y", "yes", "true", "1", "o", "예", "윤달", "윤")
NO = ("n", "no", "false", "0", "x", "아니요", "평달", "평")
NOT_A_CALENDAR = say("Neither solar nor lunar.", "양력 또는 음력으로 써 주세요.")
NOT_YES_OR_NO = say("Neither Y nor N.", "윤달이면 Y, 아니면 N으로 써 주세요.")


@dataclass(frozen=True)
class ImportedMember:
    """A row of the file: what is known of a member, and the shop's id."""

    external_id: str
    fields: MemberFields


class MemberRow(MemberIn):
    external_id = ExternalId(required=True)

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> ImportedMember:
        return ImportedMember(data.pop("external_id"), cast("MemberFields", data))


_ROW = MemberRow()

COLUMNS = (
    Column(
        "external_id",
        ("회원번호", "회원ID", "회원아이디", "아이디", "고객번호", "고객ID", "customer_id",
         "member_id"),
        required=True,
    ),
    Column("name", ("이름", "성명", "회원명", "고객명", "회원이름")),
    Column(
        "phone",
        ("휴대폰", "휴대폰번호", "휴대전화", "휴대전화번호", "핸드폰", "핸드폰번호", "mobile",
         "연락처", "전화번호", "전화"),
    ),
    Column("email", ("이메일", "이메일주소", "e-mail", "메일", "메일주소")),
    Column("birthday", ("생일", "생년월일", "birth_date", "birthdate")),
    Column("birthday_calendar", ("양력음력", "음력양력", "양음력", "음양력", "생일구분")),
    Column("birthday_leap_month", ("윤달", "윤달여부")),
    Column("joined_on", ("가입일", "가입일자", "회원가입일", "가입일시", "등록일", "등록일자")),
    Column("referred_by_code", ("추천인코드", "추천코드")),
)  # fmt: skip


def read_row(cells: dict[str, str]) -> ImportedMember:
    """Return a member as the API would take it.

    :raises ValidationError: naming the columns at fault
    """
    values: dict[str, object] = {
        name: cells[name]
        for name in ("external_id", "name", "phone", "email", "referred_by_code")
        if name in cells
    }
    if "joined_on" in cells:
        values["joined_on"] = iso_date(cells["joined_on"])
    if "birthday" in cells:
        values["birthday"] = {
            "date": iso_date(cells["birthday"]),
            "calendar": _calendar(cells.get("birthday_calendar")),
            "leap_month": _leap_month(cells.get("birthday_leap_month")),
        }
    row: ImportedMember = _ROW.load(values)
    return row


def iso_date(text: str) -> str:
    """Return a date in the one form the API takes; what is no date stays as it is.

    >>> iso_date("1990. 3. 5"), iso_date("19900305"), iso_date("1990년 3월 5일")
    ('1990-03-05', '1990-03-05', '1990-03-05')
    """
    match = _DATE.fullmatch(text) or _DIGITS.fullmatch(text)
    if match is None:
        return text
    year, month, day = match.groups()
    return f"{year}-{int(month):02}-{int(day):02}"


def _calendar(text: str | None) -> str:
    if text is None:
        return "solar"
    for name, words in CALENDARS.items():
        if text.casefold() in words:
            return name
    raise ValidationError(NOT_A_CALENDAR, "birthday_calendar")


def _leap_month(text: str | None) -> bool:
    if text is None or text.casefold() in NO:
        return False
    if text.casefold() in YES:
        return True
    raise ValidationError(NOT_YES_OR_NO, "birthday_leap_month")


def _apply(brand_id: UUID, rows: Sequence[ImportedMember], now: datetime) -> str:
    """Import one member."""
    return _apply_all(brand_id, [rows], now)[0]


def _apply_all(
    brand_id: UUID, units: Sequence[Sequence[ImportedMember]], now: datetime
) -> list[str]:
    fields_of = {row.external_id: row.fields for (row,) in units}
    done = services.put_members(brand_id, fields_of, now=now)
    return [done[row.external_id][1] for (row,) in units]


def _record(brand_id: UUID, counts: Mapping[str, int], digest: str, now: datetime) -> None:
    services.record_import(brand_id, counts=counts, digest=digest, actor="cli", now=now)


imports.command(
    Importer(
        kind="members",
        columns=COLUMNS,
        key_column="external_id",
        read=read_row,
        apply=_apply,
        apply_all=_apply_all,
        record=_record,
    )
)

group = AppGroup("members", help="Let members be found.")


@group.command("index")
@click.option("--brand", "brand_id", type=click.UUID, help="One brand instead of all.")
@click.option("--chunk", type=click.IntRange(1, 10_000), default=500)
def index(brand_id: UUID | None, chunk: int) -> None:
    """Let members be found by name and last digits who were registered before one could.

    Needed once, after the migration. Safe while the service runs, to stop and to repeat.
    Exits 1 if data do not open, because their key is gone.
    """
    done = broken = 0
    with tqdm(unit=" members", disable=not sys.stderr.isatty()) as bar:
        for each in list_brand_ids(brand_id):
            for step in _index(each, chunk):
                done += step.done
                broken += step.broken
                bar.update(step.done)
    click.echo(f"{done} members can be found by name and last digits; {broken} do not open.")
    if broken:
        raise SystemExit(1)


def _index(brand_id: UUID, limit: int) -> Iterator[Indexed]:
    after: UUID | None = None
    while (
        step := transact(
            brand_id,
            lambda: services.index_chunk(brand_id, after=after, limit=limit),  # noqa: B023
        )
    ) is not None:
        after = step.last
        yield step
