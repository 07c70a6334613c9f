"""What staff do to a customer: each a form, what it would do, and a button that does it.

A form is tried in a transaction that is rolled back. Sent once more with its key, it finds
that it was sent, and does nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from flask import redirect
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from app import ids
from app.console.pages.desk import Desk, current_desk, on_desk
from app.console.rules.forms import REASON, Field, Line, Sheet, key_of
from app.console.rules.masks import masked_name, masked_phone
from app.db import dry_run
from app.desk import services as desk_services
from app.errors import DomainError
from app.members import services as members
from app.members.services import Member
from app.web.pages import read_form, render


@dataclass(frozen=True)
class Sent:
    """A form that was sent: by whom, for whom, and what stands in it."""

    desk: Desk
    member: Member
    key: str
    values: dict[str, str]

    @property
    def brand_id(self) -> UUID:
        return self.desk.brand_id

    @property
    def reason(self) -> str:
        """:raises DeskReasonRequired: nobody says why"""
        return desk_services.reason_of(self.values["reason"])


@dataclass(frozen=True)
class Outcome:
    """What a form changes; ``done`` is the word for it afterwards."""

    lines: Sequence[Line]
    done: str
    warning: tuple[str, str] | None = None


@dataclass(frozen=True)
class Act:
    """Something that is done to a customer. ``keep`` is False where it changes who they are."""

    name: str
    ko: str
    en: str
    fields: Callable[[Desk, Member], Sequence[Field]]
    do: Callable[[Sent], Outcome]
    keep: bool = True
    dangerous: bool = False

    def draw(self, reference: str, extra: str = "") -> AnyResponse:
        """Show the form."""
        return on_desk(lambda desk: _drawn(self._blank(desk, reference, extra)))

    def take(self, reference: str, names: Sequence[str], extra: str = "") -> AnyResponse:
        """Show what the form would do; once that was confirmed, do it."""
        values = {**read_form(*names, "reason", "key", "confirmed"), "extra": extra}
        key = key_of(values["key"])
        path = f"/console/members/{reference_of(reference)}"

        def filled(desk: Desk) -> Sheet:
            return replace(self._blank(desk, reference, extra), values=values, key=key)

        def tried(desk: Desk) -> AnyResponse:
            # Drawn from what was there before: who is merged or erased is nobody afterwards.
            sheet = filled(desk)
            sent = self._begin(desk, reference, key, values)
            if sent is None:
                return redirect(f"{path}?done=already", 303)
            outcome = self.do(sent)
            return _drawn(replace(sheet, lines=outcome.lines, warning=outcome.warning))

        def done(desk: Desk) -> AnyResponse:
            sent = self._begin(desk, reference, key, values)
            return redirect(f"{path}?done={self.do(sent).done if sent else 'already'}", 303)

        desk = current_desk()
        try:
            if values["confirmed"]:
                return on_desk(done)
            return dry_run(desk.brand_id, lambda: tried(desk))
        except DomainError as refusal:
            wrong = refusal
            return on_desk(lambda desk: _drawn(filled(desk), wrong))

    def _begin(self, desk: Desk, reference: str, key: str, values: dict[str, str]) -> Sent | None:
        member = desk_services.begin(
            desk.brand_id,
            key,
            reference_of(reference),
            self.name,
            keep=self.keep,
            actor=desk.actor,
            now=desk.now,
        )
        return None if member is None else Sent(desk, member, key, values)

    def _blank(self, desk: Desk, reference: str, extra: str) -> Sheet:
        member = members.resolve(desk.brand_id, reference_of(reference))
        profile = members.profile_of(member)
        back = f"/console/members/{ids.show('mem', member.id)}"
        return Sheet(
            self.ko,
            self.en,
            f"{back}/{self.name}" + (f"/{extra}" if extra else ""),
            back,
            masked_name(profile.name) if profile.name else "",
            masked_phone(profile.phone) if profile.phone else "",
            [*self.fields(desk, member), REASON],
            {},
            key_of(""),
            dangerous=self.dangerous,
        )


def _drawn(sheet: Sheet, refusal: DomainError | None = None) -> AnyResponse:
    return render("console/act.html", 422 if refusal else 200, sheet=sheet, refusal=refusal)


def reference_of(text: str) -> str:
    """Return the reference of an address; only ids stand in addresses.

    :raises NotFound: it is none
    """
    if ids.read("mem", text) is None:
        raise NotFound
    return text
