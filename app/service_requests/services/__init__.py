"""The use cases of service requests. None of them commits; none of them knows about HTTP.

A member is kept before a request is locked, a request before its unit.
"""

from app.service_requests.audits import audit
from app.service_requests.queries.queue import Sought
from app.service_requests.queries.stats import Stats
from app.service_requests.rules.lines import KINDS as LINE_KINDS
from app.service_requests.rules.lines import RULES as LINE_RULES
from app.service_requests.rules.lines import Line, total_of
from app.service_requests.rules.queue import TABS, Clock
from app.service_requests.rules.states import METHODS, STATUSES
from app.service_requests.rules.states import OVER as STATUSES_OVER
from app.service_requests.rules.wording import STATUS_TITLES
from app.service_requests.services.bulk import (
    Deed,
    Done,
    Effect,
    act,
    find_undo,
    foresee,
    steps_for_all,
    undo_assignment,
)
from app.service_requests.services.cases import Case, Told, decided_of
from app.service_requests.services.costs import CHANGEABLE as LINES_CHANGEABLE
from app.service_requests.services.costs import set_lines
from app.service_requests.services.macros import (
    delete_macro,
    get_macro,
    list_macros,
    put_macro,
    write_macro,
)
from app.service_requests.services.moving import cancel, may_as_member, move
from app.service_requests.services.noting import add_note, assign
from app.service_requests.services.opening import open_request, request
from app.service_requests.services.photos import (
    add_photos,
    clean_photos,
    move_photo,
    read_photo,
    reseal_photo,
)
from app.service_requests.services.queue import (
    Choice,
    Queue,
    Row,
    check_version,
    choices_of,
    clock_on,
    corrections_of,
    due_of,
    list_chosen,
    list_filters,
    put_aside,
    read_queue,
    seek,
)
from app.service_requests.services.quoting import (
    accept_quote,
    decline_quote,
    expire_quote,
    make_quote,
)
from app.service_requests.services.reading import (
    get_of_member,
    get_request,
    id_of_number,
    list_events,
    list_of_member,
    list_requests,
    read_stats,
    timeline,
)
from app.service_requests.services.symptoms import list_symptoms, put_symptom, symptoms_of
from app.service_requests.services.upkeep import (
    close_chunk,
    delete_archives_chunk,
    empty_chunk,
    expire_chunk,
    flag_chunk,
    forget,
    move_to_survivor,
)

__all__ = [
    "LINES_CHANGEABLE", "LINE_KINDS", "LINE_RULES", "METHODS", "STATUSES", "STATUSES_OVER",
    "STATUS_TITLES", "TABS", "Case", "Choice", "Clock", "Deed", "Done", "Effect", "Line", "Queue",
    "Row", "Sought", "Stats", "Told", "accept_quote", "act", "add_note", "add_photos", "assign",
    "audit", "cancel", "check_version", "choices_of", "clean_photos", "clock_on", "close_chunk",
    "corrections_of", "decided_of", "decline_quote", "delete_archives_chunk", "delete_macro",
    "due_of", "empty_chunk", "expire_chunk", "expire_quote", "find_undo", "flag_chunk", "foresee",
    "forget", "get_macro", "get_of_member", "get_request", "id_of_number", "list_chosen",
    "list_events", "list_filters", "list_macros", "list_of_member", "list_requests",
    "list_symptoms", "make_quote", "may_as_member", "move", "move_photo", "move_to_survivor",
    "open_request", "put_aside", "put_macro", "put_symptom", "read_photo", "read_queue",
    "read_stats", "request", "reseal_photo", "seek", "set_lines", "steps_for_all", "symptoms_of",
    "timeline", "total_of", "undo_assignment", "write_macro",
]  # fmt: skip
