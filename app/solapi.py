"""SMS, LMS and 알림톡 through Solapi (https://solapi.com), by its own library.

Our id of an attempt travels in ``customFields``, so that Solapi can be asked for it. That a
message is replaced by SMS if 알림톡 fails is our own next channel, so theirs is off.
"""

from datetime import datetime, timedelta

import httpx
from solapi import SolapiMessageService
from solapi.error.MessageNotReceiveError import MessageNotReceivedError
from solapi.model import KakaoOption, RequestMessage, SendRequestConfig
from solapi.model.message_type import MessageType
from solapi.model.request.messages.get_messages import GetMessagesRequest
from solapi.model.response.message import Message as KnownMessage

from app.channels import Handover, Receipt
from app.korean import sms_bytes

OUR_ID = "attempt"
DELIVERED = "4000"
ON_ITS_WAY = frozenset({"2000", "3000"})
# Refusals of the account or of the moment, not of the message.
TEMPORARY = frozenset({"TooManyRequests", "RequestLimitExceeded"})
SMS_BYTES = 90
SHOW_LIST = SendRequestConfig(show_message_list=True)


class Solapi:
    """Solapi as a channel. ``url`` is its address, another one in tests."""

    name = "solapi"
    reports = True

    def __init__(self, url: str, key: str, secret: str) -> None:
        self._service = SolapiMessageService(key, secret)
        self._service.base_url = url.rstrip("/")

    def send(self, handover: Handover) -> Receipt:
        """Hand a message over; an answer that does not come or makes no sense is unknown."""
        try:
            answer = self._service.send(_message(handover), SHOW_LIST)
        except MessageNotReceivedError as error:
            refused = error.failed_messages[0]
            return Receipt("failed", refused.status_code, refused.message_id)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return Receipt("failed", "unreachable", temporary=True)
        except Exception as error:  # the library's own errors have no class of their own
            return _refusal(error)
        if not answer.message_list:
            return Receipt("unknown", "no_message")
        accepted = answer.message_list[0]
        return _receipt(accepted.status_code, accepted.message_id)

    def ask(self, handover: Handover, reference: str | None) -> Receipt | None:
        """Look the message up by its id, or among those to its address since the attempt."""
        if reference:
            query = GetMessagesRequest(message_id=reference)
        else:
            since = datetime.fromtimestamp(_milliseconds(handover) / 1000).astimezone()
            query = GetMessagesRequest(
                to=_local(handover.address),
                start_date=(since - timedelta(minutes=5)).isoformat(),
                limit=500,
            )
        try:
            found = self._service.get_messages(query).message_list.values()
        except Exception:  # see send; whatever it is, nothing is known
            return Receipt("unknown", "unreachable")
        for message in found:
            if _is_ours(message, handover):
                return _receipt(message.status_code or "", message.message_id or "")
        return None


def _message(handover: Handover) -> RequestMessage:
    common = {
        "to": _local(handover.address),
        "from_": _local(handover.sender),
        "text": handover.text,
        "auto_type_detect": False,
        "custom_fields": {OUR_ID: handover.id.hex},
    }
    if handover.channel == "alimtalk":
        return RequestMessage(
            **common,
            type=MessageType.ATA,
            kakao_options=KakaoOption(
                pf_id=handover.kakao_channel, template_id=handover.template_id, disable_sms=True
            ),
        )
    if sms_bytes(handover.text) > SMS_BYTES:
        return RequestMessage(**common, type=MessageType.LMS, subject=handover.brand[:20])
    return RequestMessage(**common, type=MessageType.SMS)


def _refusal(error: Exception) -> Receipt:
    """Read what the library raises: ``Exception(code, text)`` for an answer, others if none."""
    code = str(error.args[0]) if type(error) is Exception and len(error.args) == 2 else ""
    if not code or code == "UnknownError":
        return Receipt("unknown", "no_answer")
    return Receipt("failed", code[:60], temporary=code in TEMPORARY)


def _receipt(code: str, reference: str) -> Receipt:
    if code == DELIVERED:
        return Receipt("delivered", code, reference)
    if code in ON_ITS_WAY:
        return Receipt("accepted", code, reference)
    return Receipt("failed", code, reference)


def _is_ours(message: KnownMessage, handover: Handover) -> bool:
    return (message.custom_fields or {}).get(OUR_ID) == handover.id.hex


def _milliseconds(handover: Handover) -> int:
    return handover.id.int >> 80  # a UUIDv7 begins with when it was made


def _local(phone: str) -> str:
    return f"0{phone[3:]}" if phone.startswith("+82") else phone
