"""The use cases of consents. None of them commits; none of them knows about HTTP."""

from app.consents.rules.sending import Message as Wording
from app.consents.services.counting import TextStats, count_answers
from app.consents.services.due import (
    count_overdue_notices,
    lapse_chunk,
    prepare_reconfirmations_chunk,
    purge_chunk,
)
from app.consents.services.following import follow_merge, forget
from app.consents.services.notices import (
    Notice,
    Told,
    record_notice,
    refer_notice,
    take_notices,
)
from app.consents.services.recording import Answer, Evidence, record_answer
from app.consents.services.sending import is_information, load_recipient, may_send
from app.consents.services.standing import (
    Standing,
    list_records,
    list_standings,
    load_states,
    load_states_of,
)
from app.consents.services.texts import (
    TextView,
    get_text,
    list_asked,
    list_text_versions,
    list_texts,
    publish_text,
    put_text,
)
from app.consents.services.unsubscribing import (
    Unsubscribe,
    read_unsubscribe,
    unsubscribe,
    unsubscribe_token,
)

__all__ = [
    "Answer",
    "Evidence",
    "Notice",
    "Standing",
    "TextStats",
    "TextView",
    "Told",
    "Unsubscribe",
    "Wording",
    "count_answers",
    "count_overdue_notices",
    "follow_merge",
    "forget",
    "get_text",
    "is_information",
    "lapse_chunk",
    "list_asked",
    "list_records",
    "list_standings",
    "list_text_versions",
    "list_texts",
    "load_recipient",
    "load_states",
    "load_states_of",
    "may_send",
    "prepare_reconfirmations_chunk",
    "publish_text",
    "purge_chunk",
    "put_text",
    "read_unsubscribe",
    "record_answer",
    "record_notice",
    "refer_notice",
    "take_notices",
    "unsubscribe",
    "unsubscribe_token",
]
