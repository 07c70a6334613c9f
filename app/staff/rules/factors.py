"""Codes of authenticators (TOTP, RFC 6238) and recovery codes."""

import hmac
import re
import secrets
import unicodedata
from datetime import datetime

import pyotp

from app.ids import ALPHABET

STEP_SECONDS = 30
# Clocks of phones go wrong by some seconds: one step before and after is taken.
DRIFT = (0, -1, 1)
RECOVERY_CODES = 10
ISSUER = "Dangol"


def new_secret() -> str:
    """Return a fresh secret of 160 bits, in base32."""
    return pyotp.random_base32()


def address_of(secret: str, email: str, brand: str) -> str:
    """Return what an authenticator app scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=f"{ISSUER} {brand}".strip())


def step_of(secret: str, code: str, *, after: int, now: datetime) -> int | None:
    """Return the time step whose code this is, later than the one used last; else None.

    >>> from datetime import UTC
    >>> at = datetime(2026, 11, 30, tzinfo=UTC)
    >>> secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    >>> code = pyotp.TOTP(secret).at(at)
    >>> step = step_of(secret, code, after=0, now=at)
    >>> step == int(at.timestamp()) // 30
    True
    >>> step_of(secret, code, after=step, now=at) is None
    True
    """
    typed = digits_of(code)
    if not re.fullmatch(r"[0-9]{6}", typed):
        return None
    present = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    found = None
    for drift in DRIFT:
        step = present + drift
        if hmac.compare_digest(totp.at(step * STEP_SECONDS), typed) and step > after:
            found = step
    return found


def digits_of(text: str) -> str:
    """Return what was typed as digits: Korean keyboards may write them in full width.

    >>> digits_of("１２3 456")
    '123456'
    """
    plain = unicodedata.normalize("NFKC", text)
    return "".join(each for each in plain if each.isascii() and each.isdigit())


def new_recovery_codes() -> list[str]:
    """Return fresh codes of 60 bits, as they are written down."""
    return [_grouped("".join(secrets.choice(ALPHABET) for _ in range(12))) for _ in range(10)]


def recovery_code_of(text: str) -> str:
    """Return a recovery code as it is compared, however it was typed.

    >>> recovery_code_of(" ABCD-efgh 1jk0 ") == recovery_code_of("abcd-efgh-ijko")
    True
    """
    plain = unicodedata.normalize("NFKC", text).lower().translate(str.maketrans("ilo", "110"))
    return "".join(each for each in plain if each in ALPHABET)


def _grouped(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
