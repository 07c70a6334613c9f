"""The use cases of the console. None of them commits; none of them knows about HTTP."""

from app.console.services.revealing import CONTACTS, reveal

__all__ = ["CONTACTS", "reveal"]
