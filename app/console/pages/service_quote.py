"""What a case costs: lines added and taken away by plain forms, the quote, its answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from app.console.pages import pages
from app.console.pages.desk import Desk, on_desk, permitted
from app.console.pages.service_case import case_of, change_case
from app.console.pages.service_queue import WORK
from app.console.rules import service as words
from app.errors import Conflict, DomainError
from app.service_requests import services as requests
from app.service_requests.services import Case, Line
from app.web.json_input import is_clean
from app.web.pages import FieldUnreadable, read_form, render

DONE = {
    "lines_saved": ("항목을 저장했어요.", "The lines are saved."),
    "quote_sent": ("견적을 보냈어요.", "The quote is sent."),
    "quote_accepted": ("견적 승인을 적었어요.", "The answer is written down: accepted."),
    "quote_declined": ("견적 거절을 적었어요.", "The answer is written down: declined."),
}
FIELDS = ("kind", "name", "sku", "quantity", "unit_price", "decide", "why")
LINES_MAX = 30
BLANK = {"kind": "part", "quantity": "1"}
WRONG = (
    "이름, 수량(1~999), 금액을 확인하고, 따로 정한 항목에는 이유를 적어 주세요.",
    "Check name, quantity (1 to 999) and price; a line that is decided by hand needs a reason.",
)


@dataclass(frozen=True)
class Sheet:
    """The lines as they stand in the form, and which of them cannot be read."""

    rows: Sequence[Mapping[str, str]]
    wrong: frozenset[int] = frozenset()


@pages.get("/service/<number>/quote")
@permitted(WORK)
def service_quote(number: str) -> AnyResponse:
    """Show what a case costs, each line free or paid with the rule that decided."""
    return on_desk(lambda desk: _drawn(desk, number))


@pages.post("/service/<number>/lines")
@permitted(WORK)
def edit_lines(number: str) -> AnyResponse:
    """Add or take away a line of the form, save all, or save and send the quote."""
    rows = _rows()
    what = read_form("do")["do"]
    note = read_form("note")["note"]
    if what == "add":
        return on_desk(lambda desk: _drawn(desk, number, Sheet([*rows, BLANK]), note=note))
    if what.startswith("remove:"):
        rows = [row for place, row in enumerate(rows) if str(place) != what[7:]]
        return on_desk(lambda desk: _drawn(desk, number, Sheet(rows), note=note))
    lines = [_line(row) for row in rows]
    wrong = frozenset(place for place, line in enumerate(lines) if line is None)
    if wrong:
        return on_desk(lambda desk: _drawn(desk, number, Sheet(rows, wrong), note=note))
    read = [line for line in lines if line is not None]
    sends = what == "send"

    def do(desk: Desk, case: Case) -> str:
        brand_id, request_id = desk.brand_id, case.request.id
        requests.set_lines(brand_id, request_id, read, actor=desk.actor, now=desk.now)
        if not sends:
            return "lines_saved"
        requests.make_quote(brand_id, request_id, note=note or None, actor=desk.actor, now=desk.now)
        return "quote_sent"

    return change_case(
        number,
        do,
        lambda desk, refusal: _drawn(desk, number, Sheet(rows), note=note, refusal=refusal),
        back="" if sends else "/quote",
    )


@pages.post("/service/<number>/answer")
@permitted(WORK)
def answer_for_customer(number: str) -> AnyResponse:
    """Write down what the customer said to the very quote that is shown."""
    values = read_form("answer", "quote", "text")
    version = int(values["quote"]) if values["quote"].isdecimal() else 0

    def do(desk: Desk, case: Case) -> str:
        brand_id, request_id = desk.brand_id, case.request.id
        if values["answer"] == "accept":
            requests.accept_quote(
                brand_id,
                request_id,
                version,
                text_sha256=values["text"],
                actor=desk.actor,
                now=desk.now,
            )
            return "quote_accepted"
        requests.decline_quote(brand_id, request_id, version, actor=desk.actor, now=desk.now)
        return "quote_declined"

    return change_case(number, do, lambda desk, refusal: _drawn(desk, number, refusal=refusal))


def _rows() -> list[dict[str, str]]:
    """Return the lines of the form as they were typed."""
    columns = {name: request.form.getlist(name)[:LINES_MAX] for name in FIELDS}
    for values in columns.values():
        if any(len(value) > 300 or not is_clean(value) for value in values):
            raise FieldUnreadable
    count = min(map(len, columns.values()))
    return [{name: columns[name][place].strip() for name in FIELDS} for place in range(count)]


def _line(row: Mapping[str, str]) -> Line | None:
    """Return the line that was typed; None if it cannot be read."""
    quantity = _number(row["quantity"], 999)
    price = _number(row["unit_price"], 999_999_999)
    decide, why = row["decide"], row["why"]
    if (
        row["kind"] not in requests.LINE_KINDS
        or not 0 < len(row["name"]) <= 100
        or not quantity
        or price is None
        or (decide and not why)
    ):
        return None
    override = {"free": True, "paid": False}.get(decide)
    return Line(
        row["kind"],
        row["name"],
        quantity,
        price,
        row["sku"] or None,
        override,
        why if override is not None else None,
    )


def _number(text: str, most: int) -> int | None:
    plain = text.replace(",", "").removesuffix("원").strip()
    if not (plain.isascii() and plain.isdecimal() and len(plain) < 10):
        return None
    return int(plain) if int(plain) <= most else None


def _drawn(
    desk: Desk,
    number: str,
    sheet: Sheet | None = None,
    *,
    note: str = "",
    refusal: DomainError | None = None,
) -> AnyResponse:
    case = case_of(desk, number)
    shown = sheet or Sheet(
        [
            {
                "kind": line.kind,
                "name": line.name,
                "sku": line.sku or "",
                "quantity": str(line.quantity),
                "unit_price": str(line.unit_price),
                "decide": "" if line.rule != "override" else "free" if line.covered else "paid",
                "why": line.override_reason or "",
            }
            for line in case.lines
        ]
        or [BLANK]
    )
    refused = 409 if isinstance(refusal, Conflict) else 422
    return render(
        "console/service_quote.html",
        refused if refusal or shown.wrong else 200,
        case=case,
        r=case.request,
        sheet=shown,
        saved=case.lines if sheet is None else [],
        total=requests.total_of(map(requests.decided_of, case.lines)),
        rules=requests.LINE_RULES,
        may_change=case.request.status in requests.LINES_CHANGEABLE,
        lines_max=LINES_MAX,
        wrong_line=WRONG,
        note=note,
        refusal=refusal,
        words=words,
    )
