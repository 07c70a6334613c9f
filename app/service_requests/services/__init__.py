"""The use cases of service requests. None of them commits; none of them knows about HTTP.

A member is kept before a request is locked, a request before its unit.
"""

from app.service_requests.audits import audit
from app.service_requests.rules.lines import Line
from app.service_requests.services.cases import Case, Told
from app.service_requests.services.costs import set_lines
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
    "Case", "Line", "Told", "accept_quote", "add_note", "add_photos", "assign", "audit", "cancel",
    "clean_photos", "close_chunk", "decline_quote", "delete_archives_chunk", "empty_chunk",
    "expire_chunk", "expire_quote", "flag_chunk", "forget", "get_of_member", "get_request",
    "id_of_number", "list_events", "list_of_member", "list_requests", "list_symptoms", "make_quote",
    "may_as_member", "move", "move_photo", "move_to_survivor", "open_request", "put_symptom",
    "read_photo", "read_stats", "request", "reseal_photo", "set_lines", "symptoms_of", "timeline",
]  # fmt: skip
