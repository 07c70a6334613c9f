"""Texts that staff write often, with places that a case fills."""

from flask import redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app import ids
from app.console.pages import pages
from app.console.pages.desk import Desk, on_desk, permitted, read_id
from app.console.pages.once import once_on_desk
from app.console.pages.service_queue import WORK
from app.errors import DomainError
from app.service_requests import services as requests
from app.web.pages import read_form, render

EDIT = "programme:edit"
HOME = "/console/service/macros"
DONE = {
    "macro_saved": ("매크로를 저장했어요.", "The macro is saved."),
    "macro_gone": ("매크로를 지웠어요.", "The macro is deleted."),
}


@pages.get("/service/macros")
@permitted(WORK)
def service_macros() -> AnyResponse:
    """Show the macros; operators write them."""
    chosen = ids.read("mac", request.args.get("macro", ""))

    def use_case(desk: Desk) -> AnyResponse:
        macro = requests.get_macro(desk.brand_id, chosen) if chosen else None
        values = {"name": macro.name, "text": macro.text} if macro else {}
        return _drawn(desk, {"macro": ids.show("mac", chosen) if chosen else "", **values})

    return on_desk(use_case)


@pages.post("/service/macros")
@permitted(EDIT)
def save_service_macro() -> AnyResponse:
    """Write a macro, or change one."""
    values = read_form("macro", "name", "text")
    macro_id = read_id("mac", values["macro"]) if values["macro"] else None

    def use_case(desk: Desk) -> AnyResponse:
        requests.put_macro(
            desk.brand_id,
            macro_id,
            values["name"],
            values["text"],
            actor=desk.actor,
            now=desk.now,
        )
        return redirect(f"{HOME}?done=macro_saved", 303)

    try:
        return once_on_desk(use_case)
    except DomainError as error:
        if not error.pointer:
            raise
        refusal = error
        return on_desk(lambda desk: _drawn(desk, values, refusal))


@pages.post("/service/macros/<macro>/delete")
@permitted(EDIT)
def delete_service_macro(macro: str) -> AnyResponse:
    """Delete a macro; what was written with it stays as it is."""
    macro_id = read_id("mac", macro)

    def use_case(desk: Desk) -> AnyResponse:
        requests.delete_macro(desk.brand_id, macro_id, actor=desk.actor, now=desk.now)
        return redirect(f"{HOME}?done=macro_gone", 303)

    return on_desk(use_case)


def _drawn(desk: Desk, values: dict[str, str], refusal: DomainError | None = None) -> AnyResponse:
    return render(
        "console/service_macros.html",
        422 if refusal else 200,
        macros=requests.list_macros(desk.brand_id),
        values=values,
        refusal=refusal,
        may_edit=desk.may(EDIT),
    )
