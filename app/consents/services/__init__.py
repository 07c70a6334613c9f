"""The use cases of consents. None of them commits; none of them knows about HTTP."""

from app.consents.services.texts import (
    TextView,
    get_text,
    list_asked,
    list_text_versions,
    list_texts,
    publish_text,
    put_text,
)

__all__ = [
    "TextView",
    "get_text",
    "list_asked",
    "list_text_versions",
    "list_texts",
    "publish_text",
    "put_text",
]
