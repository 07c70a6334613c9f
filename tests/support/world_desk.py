"""What the desk keeps about the world's members."""

from app import clock, ids
from app.db import transaction
from app.desk import services as desk
from app.members import services as members
from tests.support.api import TestBrand


def note_and_ask(brand: TestBrand, member: str) -> str:
    """Note something about a member, ask for points above the limit, return the request."""
    common = {"actor": "staff:world", "now": clock.now()}
    with brand.app.app_context(), transaction(brand.brand_id):
        found = members.find_member(brand.brand_id, member)
        desk.add_note(brand.brand_id, found, "목소리가 밝은 분", **common)
        asked = desk.correct_points(
            brand.brand_id, "0" * 32, found, 50_000, reason="사과", **common
        ).approval
    assert asked is not None
    return ids.show("apr", asked.id)
