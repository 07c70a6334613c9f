"""The use cases of verifications. None of them commits; none of them knows about HTTP."""

from app.verifications.rules import Window
from app.verifications.services.codes import (
    Outcome,
    Proof,
    Started,
    Waiting,
    answer,
    begin,
    begin_again,
    forget_chunk,
    forget_contents_chunk,
    forget_limits,
    get_waiting,
    mobile_of,
)
from app.verifications.services.limits import (
    count_towards,
    forget_over_all,
    refuse_over,
    take_over_all,
    wait_for,
)

__all__ = [
    "Outcome",
    "Proof",
    "Started",
    "Waiting",
    "Window",
    "answer",
    "begin",
    "begin_again",
    "count_towards",
    "forget_chunk",
    "forget_contents_chunk",
    "forget_limits",
    "forget_over_all",
    "get_waiting",
    "mobile_of",
    "refuse_over",
    "take_over_all",
    "wait_for",
]
