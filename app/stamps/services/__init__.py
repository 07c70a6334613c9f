"""The use cases of stamps. None of them commits; none of them knows about HTTP.

The checkout reads a member's state in SQL (``stamps_state``), asks :func:`earn`, which is
pure, and writes in SQL (``stamps_write``). Everything else goes through here. Lock the
member's point account first: it is the lock of the stamps too.
"""

from app.stamps.rules.cards import Account, Card, StampsState, state_of
from app.stamps.rules.earning import Added, CardView, StampOutcome, cards_of, earn
from app.stamps.rules.programmes import Programme, Terms
from app.stamps.rules.taking import ProgrammeReversal, StampReversal
from app.stamps.services.adding import ByHand, add, adjust, take, tell_completed
from app.stamps.services.programmes import (
    Defined,
    get_programme,
    list_programmes,
    list_versions,
    programmes_of,
    put_programme,
    set_status,
)
from app.stamps.services.reading import (
    MemberStamps,
    list_entries,
    list_of_member,
    read_state,
)
from app.stamps.services.refunding import take_back
from app.stamps.services.upkeep import audit, expire_chunk, forget, move_to_survivor

__all__ = [
    "Account", "Added", "ByHand", "Card", "CardView", "Defined", "MemberStamps", "Programme",
    "ProgrammeReversal", "StampOutcome", "StampReversal", "StampsState", "Terms", "add",
    "adjust", "audit", "cards_of", "earn", "expire_chunk", "forget", "get_programme",
    "list_entries", "list_of_member", "list_programmes", "list_versions", "move_to_survivor",
    "programmes_of", "put_programme", "read_state", "set_status", "state_of", "take",
    "take_back", "tell_completed",
]  # fmt: skip
