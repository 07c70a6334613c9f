"""The demo brand itself, and ``demo.json``, which says how to reach it."""

import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from app import ids
from app.brands import services as brands
from app.brands.errors import BrandNotFound
from app.db import transact, transaction
from app.demo import history, people, warranties
from app.demo.people import DemoStaff
from app.members import services as members
from app.points import services as points

NAME = "단골제화"
# Where the pages of shoppers are reached on the machine itself.
SETTINGS = {
    "warranty": {"host": "127.0.0.1"},
    "messages": {"contact": "고객센터 02-123-4567", "opt_out": "무료수신거부 080-123-4567"},
}


@dataclass(frozen=True)
class DemoMember:
    """A member to try things with; ``available`` is from when the server was started."""

    id: str
    external_id: str
    available: int


@dataclass(frozen=True)
class Demo:
    """What somebody who tries Dangol needs to know: the content of ``demo.json``."""

    base_url: str
    api_key: str
    brand_id: str
    members: tuple[DemoMember, ...] = ()  # those with most points first
    scan: str = ""  # the path that a label leads to
    staff: tuple[DemoStaff, ...] = ()


def ensure_demo(
    path: Path, *, base_url: str, now: datetime, progress: Callable[[str], None]
) -> Demo:
    """Return the demo brand, made and given a history unless ``path`` tells of one.

    The key is written down as soon as there is one and the members when the history
    is complete, so a first run that was interrupted is completed by the next.
    """
    demo = _read(path)
    if demo is None or not _exists(UUID(demo.brand_id)):
        with transaction():
            created = brands.create_brand(NAME, test=True, settings=SETTINGS, now=now)
        demo = Demo(base_url, created.secret_key, str(created.brand_id))
        _write(path, demo)
    brand_id = UUID(demo.brand_id)
    if not demo.members:
        progress("데모 회원의 주문 기록을 만들고 있어요 · telling the history of the demo members")
        history.tell(brand_id, now=now)
    demo = replace(demo, base_url=base_url, members=_list_members(brand_id, now))
    if not demo.scan:
        demo = replace(demo, scan=transact(brand_id, lambda: warranties.print_one(brand_id, now)))
    if not demo.staff:
        demo = replace(demo, staff=transact(brand_id, lambda: people.let_in(brand_id, now)))
    _write(path, demo)
    return demo


def _list_members(brand_id: UUID, now: datetime) -> tuple[DemoMember, ...]:
    with transaction(brand_id):
        now = brands.brand_now(brand_id, now)
        found = []
        for number in range(1, history.MEMBERS + 1):
            member = members.resolve(brand_id, f"ext:{history.external_id_of(number)}")
            balance = points.get_balance(brand_id, member.id, now=now)
            found.append(
                DemoMember(ids.show("mem", member.id), member.external_id or "", balance.available)
            )
    return tuple(sorted(found, key=lambda member: -member.available))


def _exists(brand_id: UUID) -> bool:
    try:
        with transaction(brand_id):
            brands.get_brand(brand_id)
    except BrandNotFound:
        return False
    return True


def _read(path: Path) -> Demo | None:
    if not path.exists():
        return None
    stored = json.loads(path.read_text())
    found = tuple(DemoMember(**member) for member in stored.pop("members"))
    staff = tuple(DemoStaff(**person) for person in stored.pop("staff", []))
    return Demo(**stored, members=found, staff=staff)


def _write(path: Path, demo: Demo) -> None:
    """Replace the file in one step: who reads it finds the old or the new one, whole."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".demo-")
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(demo), file, ensure_ascii=False, indent=2)
    Path(draft).replace(path)
