"""Asking for repair, and what was repaired before."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from app.photos import Picture
from app.service_requests import services as service_requests
from app.service_requests.services import Case
from app.shopper.rules.forms import Request
from app.shopper.services.identity import Shopper
from app.shopper.services.mine import Owned
from app.warranties import services as warranties

SHOWN = 50
# A second click says the very same once more.
SAME_CLICK = timedelta(minutes=2)


def ask_for_repair(
    brand_id: UUID,
    shopper: Shopper,
    warranty_id: UUID | None,
    form: Request,
    photos: Sequence[Picture],
    *,
    today: date,
    now: datetime,
) -> Case:
    """Ask for repair of a unit as its owner; a second click finds what the first one made.

    :raises WarrantyNotFound: it is not the shopper's
    :raises ServiceSymptomUnknown, ServiceDayImpossible, ServicePhotosTooMany: see
        ``service_requests.request``
    """
    unit = warranties.get_owned(brand_id, warranty_id, shopper.member_id, lock=True).unit
    for newest in service_requests.list_of_member(brand_id, shopper.member_id, 1):
        made = newest.request
        if (
            (made.serial, made.symptom) == (unit.serial, form.symptom)
            and newest.told.description == form.description
            and now < made.created_at + SAME_CLICK
        ):
            return newest
    return service_requests.request(
        brand_id,
        shopper.member_id,
        unit.serial,
        symptom=form.symptom,
        description=form.description,
        method=form.method,
        address=form.address,
        contact=form.contact or shopper.phone,
        incident_on=form.incident_on,
        photos=photos,
        actor=shopper.actor,
        today=today,
        now=now,
    )


def repairs_of(brand_id: UUID, owned: Owned) -> list[Case]:
    """Return every request about a unit, also those of former owners, the newest first.

    What it was and how it ended belongs to the unit; what was told with it does not.
    """
    return service_requests.list_requests(brand_id, serial=owned.found.unit.serial, limit=SHOWN)
