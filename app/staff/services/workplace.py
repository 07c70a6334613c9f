"""What makes a list somebody's own: saved views, columns; and who else looks at a thing."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from app.db import db
from app.ids import new_id
from app.staff import queries
from app.staff.errors import StaffViewNameInvalid, StaffViewNotFound, StaffViewsTooMany
from app.staff.models import Columns, SentForm, View

VIEWS_MAX = 30
VIEW_NAME_MAX = 40
BESIDE = timedelta(seconds=60)  # so long somebody counts as looking at a thing
FORMS_KEPT = timedelta(days=2)


def save_view(
    brand_id: UUID,
    person_id: UUID,
    page: str,
    name: str,
    asked: Mapping[str, str],
    *,
    shared: bool,
    now: datetime,
) -> View:
    """Keep a search under a name; one of the same name is replaced.

    :raises StaffViewNameInvalid: nothing, or too much
    :raises StaffViewsTooMany: there are as many as anybody needs
    """
    plain = " ".join(name.split())
    if not 0 < len(plain) <= VIEW_NAME_MAX:
        raise StaffViewNameInvalid(pointer="/name", most=VIEW_NAME_MAX)
    mine = [each for each in list_views(brand_id, person_id, page) if each.person_id == person_id]
    view = next((each for each in mine if each.name == plain), None)
    if view is None:
        if len(mine) >= VIEWS_MAX:
            raise StaffViewsTooMany(most=VIEWS_MAX)
        view = View(
            brand_id=brand_id,
            id=new_id(),
            person_id=person_id,
            page=page,
            name=plain,
            created_at=now,
        )
        db.session.add(view)
    view.asked, view.shared = dict(asked), shared
    db.session.flush()  # autoflush is off
    return view


def list_views(brand_id: UUID, person_id: UUID, page: str) -> list[View]:
    """Return the views of somebody and those that others share, by name."""
    return queries.list_views(brand_id, person_id, page)


def delete_view(brand_id: UUID, person_id: UUID, view_id: UUID) -> None:
    """:raises StaffViewNotFound: they have no such view; those of others are theirs"""
    view = queries.find_view(brand_id, view_id)
    if view is None or view.person_id != person_id:
        raise StaffViewNotFound
    db.session.delete(view)
    db.session.flush()  # autoflush is off


def choose_columns(brand_id: UUID, person_id: UUID, page: str, columns: Sequence[str]) -> None:
    """Keep which columns somebody wants to see, in their order."""
    chosen = db.session.get(Columns, (brand_id, person_id, page))
    if chosen is None:
        chosen = Columns(brand_id=brand_id, person_id=person_id, page=page)
        db.session.add(chosen)
    chosen.columns = list(columns)
    db.session.flush()  # autoflush is off


def columns_of(brand_id: UUID, person_id: UUID, page: str) -> list[str] | None:
    """Return the columns somebody chose; None if they have chosen none."""
    chosen = db.session.get(Columns, (brand_id, person_id, page))
    return None if chosen is None else list(chosen.columns)


def look_at(brand_id: UUID, person_id: UUID, subject: str, *, now: datetime) -> list[UUID]:
    """Say that somebody looks at a thing, and return who else did within the last minute."""
    queries.put_presence(brand_id, person_id, subject, now)
    return queries.list_present(brand_id, subject, apart_from=person_id, since=now - BESIDE)


def begin_form(brand_id: UUID, actor: str, key: str, *, now: datetime) -> str | None:
    """Return where a form led that was sent before; None if this is the first time.

    Whoever sends it at the same moment waits for the first, and then goes where it led.
    """
    sent = db.session.get(SentForm, (brand_id, actor, key))
    if sent is not None:
        return sent.location
    queries.forget_sent(brand_id, before=now - FORMS_KEPT)
    db.session.add(SentForm(brand_id=brand_id, actor=actor, key=key, location="", sent_at=now))
    db.session.flush()  # of two at once the second is refused, and tried again
    return None


def end_form(brand_id: UUID, actor: str, key: str, location: str | None) -> None:
    """Say where a form has led; None if it has done nothing, and may be sent again."""
    sent = db.session.get_one(SentForm, (brand_id, actor, key))
    if location is None:
        db.session.delete(sent)
    else:
        sent.location = location
    db.session.flush()  # autoflush is off
