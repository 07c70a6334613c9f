"""The A/S queue: tabs, filters, saved views, columns; and many requests at once."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from flask import redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app import clock, ids
from app.console.pages import pages
from app.console.pages.desk import Desk, on_desk, permitted, read_id
from app.console.pages.once import once_on_desk
from app.console.rules import service as words
from app.console.rules.navigation import Entry
from app.console.rules.words import REFUSALS
from app.errors import DomainError
from app.service_requests import services as requests
from app.staff import services as staff
from app.web.json_input import is_clean
from app.web.pages import read_form, render
from app.web.problems import language

READ, WORK = "service:read", "service:work"
NAV = Entry("console.service", "A/S", "Repairs", READ, "desk", 30, "tool")
DONE = {
    "service_view": ("보기를 저장했어요.", "The view is saved."),
    "service_view_gone": ("보기를 지웠어요.", "The view is deleted."),
    "service_columns": ("열을 바꿨어요.", "The columns are changed."),
    "service_undone": ("담당자를 되돌렸어요.", "They are with whom they were before."),
}
PAGE = "service"
SIZE = 50
HOME = "/console/service"


@dataclass(frozen=True)
class Asked:
    """What is looked for; '' where anything will do."""

    tab: str = ""
    status: str = ""
    product: str = ""
    symptom: str = ""
    flag: str = ""
    q: str = ""

    def address(self, **others: str) -> str:
        """Return the address of the queue that shows it."""
        given = {name: value for name, value in {**asdict(self), **others}.items() if value}
        return f"{HOME}?{urlencode(given)}" if given else HOME

    def sought(self, desk: Desk) -> requests.Sought:
        return requests.seek(
            desk.brand_id,
            today=desk.today,
            status=self.status or None,
            sku=self.product or None,
            symptom=self.symptom or None,
            flag=self.flag or None,
            text=self.q,
        )


@pages.context_processor
def _sentences() -> dict[str, object]:
    """Say refusals to staff instead of developers."""
    spoken = 0 if language() == "ko" else 1

    def sentence(refusal: DomainError) -> str:
        said = REFUSALS.get(refusal.code)
        return said[spoken] if said else refusal.sentence(language())

    return {"sentence": sentence}


@pages.get("/service")
@permitted(READ)
def service() -> AnyResponse:
    """Show a tab of the queue, what is due first before the rest."""
    asked = _asked(request.args)
    after = _position(request.args.get("after", ""))
    undo = ids.read("und", request.args.get("undo", ""))

    def use_case(desk: Desk) -> AnyResponse:
        tab = asked.tab or "open"
        queue = requests.read_queue(
            desk.brand_id, asked.sought(desk), tab, desk.actor, after=after, limit=SIZE
        )
        me = desk.visit.account.person_id
        products, symptoms = requests.list_filters(desk.brand_id)
        last = queue.rows[-1] if queue.more else None
        return render(
            "console/service.html",
            asked=asked,
            tab=tab,
            queue=queue,
            following=f"{last.due.isoformat()}_{last.request.id}" if last else None,
            columns=words.columns_in(staff.columns_of(desk.brand_id, me, PAGE)),
            views=staff.list_views(desk.brand_id, me, PAGE),
            view_address=lambda view: Asked(**view.asked).address(),
            me=me,
            names=staff.names_of(desk.brand_id),
            team=team_of(desk),
            products=products,
            symptoms=symptoms,
            undo=undo
            if requests.find_undo(desk.brand_id, undo, actor=desk.actor, wall=clock.now())
            else None,
            count=_count(request.args.get("count", "")),
            skipped=_count(request.args.get("skipped", "")),
            words=words,
        )

    return on_desk(use_case)


@pages.post("/service/views")
@permitted(READ)
def save_service_view() -> AnyResponse:
    """Keep what is looked for under a name, for oneself or for the team."""
    values = read_form("name", "shared")
    asked = _asked(request.form)

    def use_case(desk: Desk) -> AnyResponse:
        staff.save_view(
            desk.brand_id,
            desk.visit.account.person_id,
            PAGE,
            values["name"],
            asdict(asked),
            shared=values["shared"] == "yes",
            now=clock.now(),
        )
        return redirect(asked.address(done="service_view"), 303)

    return on_desk(use_case)


@pages.post("/service/views/<view>/delete")
@permitted(READ)
def delete_service_view(view: str) -> AnyResponse:
    """Forget a view of one's own."""
    view_id = read_id("viw", view)

    def use_case(desk: Desk) -> AnyResponse:
        staff.delete_view(desk.brand_id, desk.visit.account.person_id, view_id)
        return redirect(f"{HOME}?done=service_view_gone", 303)

    return on_desk(use_case)


@pages.post("/service/columns")
@permitted(READ)
def choose_service_columns() -> AnyResponse:
    """Keep which columns somebody wants to see."""
    chosen = [name for name in words.COLUMNS if name in request.form.getlist("column")]
    asked = _asked(request.form)

    def use_case(desk: Desk) -> AnyResponse:
        staff.choose_columns(desk.brand_id, desk.visit.account.person_id, PAGE, chosen)
        return redirect(asked.address(done="service_columns"), 303)

    return on_desk(use_case)


@pages.post("/service/bulk")
@permitted(WORK)
def foresee_bulk() -> AnyResponse:
    """Say what a deed would do to the ticked requests, before anything happens."""
    chosen, asked = list(_chosen()), _asked(request.form)

    def use_case(desk: Desk) -> AnyResponse:
        deed = _deed(desk)
        return render(
            "console/service_bulk.html",
            asked=asked,
            chosen=requests.list_chosen(desk.brand_id, chosen, today=desk.today),
            deed=deed,
            effects=requests.foresee(desk.brand_id, chosen, deed, actor=desk.actor) if deed else [],
            steps=requests.steps_for_all(desk.brand_id, chosen, desk.actor),
            names=staff.names_of(desk.brand_id),
            team=team_of(desk),
            words=words,
        )

    return on_desk(use_case)


@pages.post("/service/bulk/do")
@permitted(WORK)
def act_in_bulk() -> AnyResponse:
    """Do it to those of the requests that are as they were shown."""
    chosen, asked = _chosen(), _asked(request.form)

    def use_case(desk: Desk) -> AnyResponse:
        deed = _deed(desk)
        if deed is None:
            return redirect(asked.address(), 303)
        done = requests.act(
            desk.brand_id, chosen, deed, actor=desk.actor, now=desk.now, wall=clock.now()
        )
        others = {"count": str(done.count), "skipped": str(len(done.effects) - done.count)}
        if done.undo is not None:
            others["undo"] = ids.show("und", done.undo)
        return redirect(asked.address(**others), 303)

    return once_on_desk(use_case)


@pages.post("/service/undo")
@permitted(WORK)
def undo_service_assignment() -> AnyResponse:
    """Give requests back to whom they were of, once, within a minute."""
    undo_id, asked = read_id("und", read_form("undo")["undo"]), _asked(request.form)

    def use_case(desk: Desk) -> AnyResponse:
        requests.undo_assignment(
            desk.brand_id, undo_id, actor=desk.actor, now=desk.now, wall=clock.now()
        )
        return redirect(asked.address(done="service_undone"), 303)

    return on_desk(use_case)


def colleague(desk: Desk, actor: str) -> str | None:
    """Return the actor of somebody who works for the brand now; None for nobody."""
    return actor if actor in {each for each, _ in team_of(desk)} else None


def team_of(desk: Desk) -> list[tuple[str, str]]:
    """Return who can look after requests, oneself first."""
    found = [
        (each.account.actor, each.account.name)
        for each in staff.list_team(desk.brand_id)
        if each.disabled_at is None and WORK in staff.permissions_of(each.role)
    ]
    return sorted(found, key=lambda each: (each[0] != desk.actor, each[1]))


def _deed(desk: Desk) -> requests.Deed | None:
    values = read_form("deed", "who", "step", "text")
    if values["deed"] == "assign":
        return requests.Deed("assign", who=colleague(desk, values["who"]))
    if values["deed"] == "me":
        return requests.Deed("assign", who=desk.actor)
    if values["deed"] == "step" and values["step"]:
        return requests.Deed("step", step=values["step"], text=values["text"])
    if values["deed"] == "note" and values["text"]:
        return requests.Deed("note", text=values["text"])
    return None


def _chosen() -> dict[UUID, int]:
    """Return the ticked requests with the versions at which they were shown."""
    found: dict[UUID, int] = {}
    for each in request.form.getlist("chosen")[:SIZE]:
        name, _, version = each.partition(":")
        request_id = ids.read("srq", name)
        if request_id is not None and version.isdecimal() and len(version) < 9:
            found[request_id] = int(version)
    return found


def _asked(given: Mapping[str, str]) -> Asked:
    values = {name: given.get(name, "").strip()[:100] for name in Asked.__dataclass_fields__}
    values = {name: value if is_clean(value) else "" for name, value in values.items()}
    if values["tab"] not in words.TABS:
        values["tab"] = ""
    return Asked(**values)


def _position(text: str) -> tuple[date, UUID] | None:
    day, _, request_id = text.partition("_")
    try:
        return date.fromisoformat(day), UUID(request_id)
    except ValueError:
        return None


def _count(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 4 else None
