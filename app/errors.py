"""What can go wrong in the business. Nothing here knows about HTTP.

A refusal is a class: its ``code`` is part of the API, its sentences (Korean and
English) are not. Sentences are templates over the details, so that one raise
gives both languages::

    raise InsufficientPoints(required=100, available=30)
"""

from typing import ClassVar


class DomainError(Exception):
    """The business said no.

    ``pointer`` is the JSON pointer of the request field at fault, if there is one.
    """

    code: ClassVar[str]
    ko: ClassVar[str]
    en: ClassVar[str]

    def __init__(self, *, pointer: str | None = None, **details: object) -> None:
        super().__init__(self.en.format(**details))
        self.pointer = pointer
        self.details = details

    def sentence(self, language: str) -> str:
        """Return the refusal in ``ko`` or ``en``."""
        return (self.ko if language == "ko" else self.en).format(**self.details)


class BadInput(DomainError):
    """The request cannot be read as what it claims to be."""


class Unauthenticated(DomainError):
    """The caller is not known."""


class Forbidden(DomainError):
    """The caller is known and may not do this."""


class NotFound(DomainError):
    """The thing named does not exist, or not for this caller."""


class Conflict(DomainError):
    """The request contradicts what is already recorded."""


class RuleViolation(DomainError):
    """The request is understood, and a business rule refuses it."""


class TooMany(DomainError):
    """The caller asks too often."""
