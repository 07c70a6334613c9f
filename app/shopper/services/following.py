"""What follows once a code was answered: each purpose its own step, in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app import ids
from app.members import services as members
from app.members.services import Member
from app.messages import services as messages
from app.verifications.services import Proof
from app.warranties import services as warranties
from app.warranties.errors import WarrantyNotFound
from app.warranties.services import Purchase, Registered

NOBODY = "/login/unknown"


@dataclass(frozen=True)
class Done:
    """Where the shopper goes on, and as whom; None: the brand knows nobody by the number."""

    path: str
    member: Member | None


@dataclass(frozen=True)
class _Occasion:
    brand_id: UUID
    proof: Proof
    base_url: str
    today: date
    now: datetime


def follow(brand_id: UUID, proof: Proof, *, base_url: str, today: date, now: datetime) -> Done:
    """Do what waited for the proof.

    Doing it again for the same proof, as a second click does, changes nothing more.

    :raises DomainError: what was possible when the code was asked for is no longer
    """
    step = proof.content.get("step", proof.purpose)
    return _STEPS[step](_Occasion(brand_id, proof, base_url, today, now))


def _sign_in(at: _Occasion) -> Done:
    member = members.recognise(at.brand_id, at.proof.phone, now=at.now)
    return Done(at.proof.content["next"] if member else NOBODY, member)


def _register(at: _Occasion) -> Done:
    typed = at.proof.content
    member = _join(at)
    day = typed["purchased_on"]
    purchase = Purchase(
        typed["channel"], date.fromisoformat(day) if day else None, None, typed["order_number"]
    )
    found = warranties.claim(
        at.brand_id,
        typed["serial"],
        member.id,
        purchase,
        proven=False,
        today=at.today,
        actor=_actor(member),
        now=at.now,
    )
    if receipt_id := typed["receipt"]:
        warranties.attach_receipt(found.unit, found.warranty, UUID(receipt_id), now=at.now)
    _tell(at, found, member)
    return Done(_path(found), member)


def _offer(at: _Occasion) -> Done:
    typed = at.proof.content
    owner = members.recognise(at.brand_id, at.proof.phone, now=at.now)
    if owner is None:
        raise WarrantyNotFound
    warranty_id = UUID(typed["warranty"])
    standing = warranties.find_offer(at.brand_id, warranty_id)
    if standing is None or standing.created_at < at.proof.verified_at:  # no second click
        warranties.offer(
            at.brand_id,
            warranty_id,
            owner.id,
            typed["phone"],
            base_url=at.base_url,
            now=at.now,
        )
    return Done(f"/my/warranties/{ids.show('wty', warranty_id)}/transfer", owner)


def _accept(at: _Occasion) -> Done:
    typed = at.proof.content
    member = _join(at)
    owned = warranties.find_accepted(at.brand_id, typed["link"], member.id)  # a second click
    found = owned or warranties.accept(
        at.brand_id, typed["link"], member.id, at.proof.phone, now=at.now
    )
    _tell(at, found, member)
    return Done(_path(found), member)


_STEPS: dict[str, Callable[[_Occasion], Done]] = {
    "login": _sign_in,
    "registration": _register,
    "offer": _offer,
    "accept": _accept,
}


def _join(at: _Occasion) -> Member:
    member, _ = members.join_by_phone(
        at.brand_id, at.proof.phone, name=at.proof.content["name"], now=at.now
    )
    return member


def _tell(at: _Occasion, found: Registered, member: Member) -> None:
    """Send the owner the way back to the certificate, once."""
    shown = ids.show("wty", found.warranty.id)
    messages.send(
        at.brand_id,
        "warranty_registered",
        to=messages.Address(phone=at.proof.phone),
        member_id=member.id,
        variables={
            "product": warranties.piece_of(found.unit).product.definition.name,
            "certificate": f"{found.unit.serial}-{found.warranty.seq}",
            "link": f"{at.base_url}/my/warranties/{shown}",
        },
        purpose="warranty_issued",
        key=f"warranty_registered/{shown}",
        now=at.now,
    )


def _path(found: Registered) -> str:
    return f"/my/warranties/{ids.show('wty', found.warranty.id)}/done"


def _actor(member: Member) -> str:
    return f"member:{ids.show('mem', member.id)}"
