"""The use cases of the desk. None of them commits; none of them knows about HTTP.

A form carries a key: ``begin`` comes first, and says whether the form has been sent before.
"""

from app.desk.rules import read_amount
from app.desk.services.correcting import (
    Asked,
    Corrected,
    approve,
    correct_points,
    list_approvals,
    points_waiting,
    refuse,
)
from app.desk.services.doing import (
    begin,
    issue_coupon,
    move_stamps,
    reason_of,
    send_certificate,
    set_tier,
)
from app.desk.services.notes import Note, add_note, forget, list_notes, move_to_survivor

__all__ = [
    "Asked",
    "Corrected",
    "Note",
    "add_note",
    "approve",
    "begin",
    "correct_points",
    "forget",
    "issue_coupon",
    "list_approvals",
    "list_notes",
    "move_stamps",
    "move_to_survivor",
    "points_waiting",
    "read_amount",
    "reason_of",
    "refuse",
    "send_certificate",
    "set_tier",
]
