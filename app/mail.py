"""E-mail by SMTP.

A mail server says that it took a mail, never that it arrived, and cannot be asked. So a mail
whose fate is unknown is not sent again: better none than two.
"""

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from app import clock
from app.channels import Handover, Receipt

TIMEOUT_SECONDS = 15
DEFAULT_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class Mail:
    """A mail server as a channel: ``smtp+starttls://user:password@host:587``."""

    name = "smtp"
    reports = False

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)

    def send(self, handover: Handover) -> Receipt:
        """Hand a mail over."""
        try:
            server = self._connect()
        except smtplib.SMTPAuthenticationError:
            return Receipt("failed", "not_accepted_as_sender", temporary=True)
        except (OSError, smtplib.SMTPException):
            return Receipt("failed", "unreachable", temporary=True)
        try:
            server.send_message(_mail(handover))
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            return Receipt("failed", str(code), temporary=code < 500)
        except smtplib.SMTPResponseException as error:
            code = error.smtp_code
            return Receipt("failed", str(code), temporary=400 <= code < 500)
        except (OSError, smtplib.SMTPException):
            return Receipt("unknown", "no_answer")
        finally:
            server.close()
        return Receipt("accepted", "250")

    def ask(self, handover: Handover, reference: str | None) -> Receipt | None:
        """Say that nobody can know."""
        return Receipt("failed", "outcome_unknown")

    def _connect(self) -> smtplib.SMTP:
        host = self._url.hostname or "localhost"
        port = self._url.port or DEFAULT_PORTS[self._url.scheme]
        if self._url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
        if self._url.scheme == "smtp+starttls":
            server.starttls(context=ssl.create_default_context())
        if self._url.username:
            server.login(unquote(self._url.username), unquote(self._url.password or ""))
        return server


def _mail(handover: Handover) -> EmailMessage:
    """Write a mail. Line breaks in a subject or name are refused by the library."""
    mail = EmailMessage()
    user, _, domain = handover.sender.rpartition("@")
    mail["From"] = Address(handover.brand, user, domain)
    mail["To"] = handover.address
    mail["Subject"] = " ".join(handover.subject.split())
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<{handover.id.hex}@{domain}>"
    mail.set_content(handover.text)
    return mail
