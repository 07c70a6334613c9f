"""The use cases of messages. None of them commits; none of them knows about HTTP."""

from app.messages.rules.templates import Address
from app.messages.services.delivering import Work, claim, list_due, settle
from app.messages.services.forgetting import forget_chunk, forget_member, move_to_survivor
from app.messages.services.notices import may_tell_now, tell_consents_chunk
from app.messages.services.reading import (
    MessageView,
    Opened,
    get_message,
    list_messages,
    list_outbox,
)
from app.messages.services.sending import DELIVER, send
from app.messages.services.templates import (
    TemplateView,
    get_template,
    list_template_versions,
    list_templates,
    publish_template,
    put_template,
)

__all__ = [
    "DELIVER",
    "Address",
    "MessageView",
    "Opened",
    "TemplateView",
    "Work",
    "claim",
    "forget_chunk",
    "forget_member",
    "get_message",
    "get_template",
    "list_due",
    "list_messages",
    "list_outbox",
    "list_template_versions",
    "list_templates",
    "may_tell_now",
    "move_to_survivor",
    "publish_template",
    "put_template",
    "send",
    "settle",
    "tell_consents_chunk",
]
