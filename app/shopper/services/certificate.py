"""What leaves the pages: the certificate's content, an entry for a calendar, a message."""

from datetime import datetime, timedelta
from uuid import UUID

from icalendar import Calendar, Event

from app import ids
from app.certificates import Certificate
from app.messages import services as messages
from app.shopper.services.identity import Shopper
from app.shopper.services.mine import Owned
from app.warranties import services as warranties


def certificate_of(owned: Owned, brand: str, url: str) -> Certificate:
    """Return what the file of a certificate says. It names nobody: whoever holds it owns it."""
    coverage, warranty = owned.coverage, owned.found.warranty
    return Certificate(
        brand=brand,
        number=owned.certificate,
        product=owned.piece.product.definition.name,
        serial=owned.found.unit.serial,
        registered_on=warranty.registered_on,
        starts_on=coverage.starts_on,
        ends_on=coverage.ends_on,
        parts_until=coverage.parts_until,
        labour_until=coverage.labour_until,
        reason=coverage.ko,
        url=url,
    )


def calendar_entry(owned: Owned, brand: str, url: str, language: str, *, now: datetime) -> bytes:
    """Return the last covered day as an all-day entry (RFC 5545), told a month ahead."""
    product = owned.piece.product.definition.name
    entry = Event()
    entry.add("uid", f"{ids.show('wty', owned.found.warranty.id)}@dangol")
    entry.add("dtstamp", now)
    title = f"{product} 보증 마지막 날" if language == "ko" else f"Last day of warranty: {product}"
    entry.add("summary", f"{title} ({brand})")
    entry.add("description", url)
    if (last := owned.coverage.ends_on) is not None:
        entry.add("dtstart", last)
        entry.add("dtend", last + timedelta(days=1))
    entry.add("transp", "TRANSPARENT")
    calendar = Calendar()
    calendar.add("prodid", "-//Dangol//Warranty//KO")
    calendar.add("version", "2.0")
    calendar.add_component(entry)
    content: bytes = calendar.to_ical()
    return content


def send_link(
    brand_id: UUID, shopper: Shopper, owned: Owned, *, base_url: str, now: datetime
) -> None:
    """Send the owner the way to a certificate, at most once a minute and ten times a day.

    :raises WarrantyTriesTooMany: that was often enough for today
    """
    warranties.count_link(brand_id, shopper.member_id, now=now)
    shown = ids.show("wty", owned.found.warranty.id)
    messages.send(
        brand_id,
        "certificate_link",
        member_id=shopper.member_id,
        variables={
            "product": owned.piece.product.definition.name,
            "link": f"{base_url}{owned.path}",
        },
        purpose="warranty_issued",
        key=f"certificate_link/{shown}/{now:%Y%m%d%H%M}",
        now=now,
    )
