"""The life of a request as a table: which step leads from where to where, and who may.

``phase`` is what customers see, ``status`` what staff see, ``outcome`` what came of it.
Where the goods are stands apart (``arrived``): the same status is another phase before
and after they came in.
"""

from collections.abc import Mapping
from dataclasses import dataclass

# In the order of the work: a step back leads to an earlier one.
STATUSES = (
    "received", "reopened", "needs_info", "triage", "in_warranty", "goodwill", "paid", "quoted",
    "quote_declined", "quote_expired", "quote_accepted", "await_inbound", "inbound_in_transit",
    "arrived", "inspecting", "parts_wait", "at_vendor", "repairing", "qc", "unrepairable",
    "repaired", "replaced", "refunded", "rejected", "cancelled", "outbound_in_transit",
    "delivered", "closed",
)  # fmt: skip
PHASES = ("received", "checking", "arrived", "working", "done")
OUTCOMES = ("repair", "replace", "refund", "return", "reject")
DECISIONS = ("in_warranty", "goodwill", "paid")
METHODS = ("pick_up", "visit", "parcel")

FRESH = frozenset({"received", "reopened", "needs_info"})
DECIDED = frozenset(DECISIONS)
ANSWERED = frozenset({"quote_declined", "quote_expired", "quote_accepted"})
COMING = frozenset({"await_inbound", "inbound_in_transit"})
HERE = frozenset({"arrived", "inspecting"})
WORK = frozenset({"parts_wait", "at_vendor", "repairing", "qc"})
RESULTS = frozenset({"unrepairable", "repaired", "replaced", "refunded"})
# The clock stands still: it is the customer's turn.
WAITING = frozenset({"needs_info", "quoted"})
# Nothing is left to be done, unless somebody begins again.
OVER = frozenset({"rejected", "cancelled", "delivered", "closed"})

EARLY = FRESH | {"triage"} | DECIDED | {"quoted"} | ANSWERED
OPEN = EARLY | COMING | HERE | WORK
STAFF, MEMBER, SYSTEM = "staff", "member", "system"


@dataclass(frozen=True)
class Step:
    """From any of ``before`` to ``after``.

    ``stays`` are statuses in which the step is taken as well, and which it leaves as they
    are. ``works``: what is not covered must be agreed upon before. ``here``: the goods are
    here from then on. ``place`` is where they have to be, if it matters.
    """

    before: frozenset[str]
    after: str
    by: frozenset[str] = frozenset({STAFF})
    reasoned: bool = False
    stays: frozenset[str] = frozenset()
    works: bool = False
    here: bool = False
    place: str | None = None  # here | away
    outcome: str | None = None


_READY = DECIDED | {"quote_accepted"} | COMING | HERE | WORK

STEPS: Mapping[str, Step] = {
    "ask": Step(frozenset({"received", "reopened", "triage"}), "needs_info", reasoned=True),
    "answer": Step(frozenset({"needs_info"}), "received", frozenset({STAFF, MEMBER})),
    "triage": Step(FRESH, "triage"),
    "cover": Step(OPEN - {"in_warranty"}, "in_warranty"),
    "goodwill": Step(OPEN - {"goodwill"}, "goodwill", reasoned=True),
    "charge": Step(OPEN - {"paid"}, "paid", reasoned=True),
    "reject": Step(EARLY | COMING | HERE, "rejected", reasoned=True, outcome="reject"),
    "quote": Step(OPEN, "quoted"),
    "accept_quote": Step(frozenset({"quoted"}), "quote_accepted", frozenset({STAFF, MEMBER})),
    "decline_quote": Step(frozenset({"quoted"}), "quote_declined", frozenset({STAFF, MEMBER})),
    "expire_quote": Step(frozenset({"quoted"}), "quote_expired", frozenset({SYSTEM})),
    "await_inbound": Step(EARLY - {"quoted"}, "await_inbound", place="away"),
    "collect": Step(
        (EARLY - {"quoted"}) | {"await_inbound"}, "inbound_in_transit", place="away"
    ),
    "arrive": Step(
        (EARLY - WAITING) | COMING, "arrived", stays=WAITING, here=True, place="away"
    ),
    "inspect": Step((EARLY - WAITING) | COMING | {"arrived"} | WORK, "inspecting", here=True),
    "wait_for_parts": Step(_READY - {"parts_wait"}, "parts_wait", works=True),
    "to_vendor": Step(_READY - {"at_vendor"}, "at_vendor", works=True, here=True),
    "repair": Step(_READY - {"repairing"}, "repairing", works=True, here=True),
    "check": Step(frozenset({"parts_wait", "at_vendor", "repairing"}), "qc", works=True),
    "finish": Step(
        _READY - COMING - {"parts_wait"}, "repaired", works=True, here=True, outcome="repair"
    ),
    "give_up": Step(_READY - COMING, "unrepairable", reasoned=True),
    "replace": Step(
        _READY | {"unrepairable"}, "replaced", reasoned=True, works=True, outcome="replace"
    ),
    "refund": Step(
        DECIDED | ANSWERED | COMING | HERE | WORK | {"unrepairable"}, "refunded",
        reasoned=True, outcome="refund",
    ),
    "send": Step(frozenset({"repaired", "replaced"}), "outbound_in_transit"),
    "send_back": Step(
        HERE | DECIDED | {"quote_declined", "quote_expired", "unrepairable", "rejected"},
        "outbound_in_transit", place="here", outcome="return",
    ),
    "deliver": Step(frozenset({"repaired", "replaced", "refunded", "outbound_in_transit"}),
        "delivered"),
    "close": Step(frozenset({"delivered"}), "closed", frozenset({STAFF, SYSTEM})),
    "cancel": Step(
        EARLY | COMING, "cancelled", frozenset({STAFF, MEMBER, SYSTEM}), place="away"
    ),
    "reopen": Step(
        frozenset({"delivered", "closed"}), "reopened", frozenset({STAFF, MEMBER})
    ),
}  # fmt: skip
# Steps with a use case of their own: they carry more than a reason.
OWN_CALLS = frozenset({"quote", "accept_quote", "decline_quote", "expire_quote"})
BACK = "back"
STAFF_STEPS = (
    *(name for name, step in STEPS.items() if STAFF in step.by and name not in OWN_CALLS),
    BACK,
)
# What can be undone by a step back; a unit given in exchange stays given.
_RETURNABLE = frozenset(STATUSES) - FRESH - {"replaced", "closed", "quoted"}
_BACK_TO = (
    frozenset({"received", "triage"}) | DECIDED | COMING | HERE | {"repairing", "qc", "repaired"}
)


def role_of(actor: str) -> str:
    """Return as whom somebody acts.

    >>> role_of("member"), role_of("job"), role_of("key:abc")
    ('member', 'system', 'staff')
    """
    return {"member": MEMBER, "job": SYSTEM}.get(actor.partition(":")[0], STAFF)


def may(step: str, status: str, *, arrived: bool, role: str) -> bool:
    """
    >>> may("cancel", "quoted", arrived=False, role="member")
    True
    >>> may("cancel", "arrived", arrived=True, role="member")
    False
    """
    known = STEPS[step]
    if role not in known.by or status not in known.before | known.stays:
        return False
    return known.place is None or (known.place == "here") == arrived


def may_go_back(status: str, to: str, *, outcome: str | None) -> bool:
    """Whether staff may correct a status: to an earlier one, with a reason.

    >>> may_go_back("repairing", "inspecting", outcome=None)
    True
    >>> may_go_back("delivered", "repairing", outcome="replace")
    False
    """
    return (
        status in _RETURNABLE
        and to in _BACK_TO
        and outcome != "replace"
        and STATUSES.index(to) < STATUSES.index(status)
    )


def steps_from(status: str, *, arrived: bool, role: str) -> list[str]:
    """Return the steps that lead on from a status, in the order of the work.

    >>> steps_from("delivered", arrived=True, role="staff")
    ['close', 'reopen']
    """
    return [
        name
        for name in STEPS
        if name not in OWN_CALLS and may(name, status, arrived=arrived, role=role)
    ]


def statuses_back(status: str, *, outcome: str | None) -> list[str]:
    """Return the earlier statuses to which a request may be corrected, the latest first."""
    return [to for to in reversed(STATUSES) if may_go_back(status, to, outcome=outcome)]


def phase_of(status: str, *, arrived: bool) -> str:
    """Return what customers see of a status.

    >>> phase_of("quoted", arrived=False), phase_of("quoted", arrived=True)
    ('checking', 'arrived')
    """
    if status in WORK | RESULTS | {"outbound_in_transit"}:
        return "working"
    if status == "rejected" and arrived:
        return "working"  # the goods have yet to go home
    if status in OVER:
        return "done"
    if arrived or status in HERE:
        return "arrived"
    return "received" if status in ("received", "reopened") else "checking"
