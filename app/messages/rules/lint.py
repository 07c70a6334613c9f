"""What keeps a brand's own wording of a message from being published."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.korean import sms_bytes
from app.messages.rules.builtin import BUILTIN
from app.messages.rules.templates import CHANNELS, PARTS, variables_of

LMS_BYTES = 2000
ALIMTALK_LENGTH = 1000
# Without these a message does not do what it is for.
NEEDED = {"code", "link", "number"}


class Fault(NamedTuple):
    """One thing that keeps a template from being published."""

    field: str
    ko: str
    en: str


def faults_of(code: str, definition: Mapping[str, Any]) -> list[Fault]:
    """Return everything that is wrong with a definition; it may lack anything."""
    channels = [each for each in definition.get("channels", []) if each in CHANNELS]
    if not channels:
        return [Fault("channels", "보낼 채널을 하나 이상 골라 주세요.", "Name a channel.")]
    faults = []
    if len(set(channels)) < len(channels):
        faults.append(Fault("channels", "같은 채널이 두 번 있어요.", "A channel is named twice."))
    for channel in channels:
        said = definition.get(channel, {})
        lacking = [part for part in PARTS[channel] if not said.get(part)]
        faults += [
            Fault(f"{channel}/{part}", f"{part}이(가) 비어 있어요.", f"{part} is empty.")
            for part in lacking
        ]
        if not lacking:
            faults += _faults_of_channel(code, channel, said)
    return faults


def _faults_of_channel(code: str, channel: str, said: Mapping[str, str]) -> list[Fault]:
    faults = []
    field = f"{channel}/text"
    text = said["text"]
    known = variables_of(BUILTIN[code]) | {"brand"}
    used = variables_of({"channels": [channel], channel: said})
    if unknown := sorted(used - known):
        names = ", ".join(unknown)
        faults.append(
            Fault(
                field,
                f"이 메시지에 없는 변수예요: {names}. 쓸 수 있는 변수: {', '.join(sorted(known))}",
                f"Unknown variables: {names}. Known: {', '.join(sorted(known))}.",
            )
        )
    if missing := sorted((known & NEEDED) - used):
        names = ", ".join(missing)
        faults.append(
            Fault(field, f"꼭 들어가야 하는 변수가 빠졌어요: {names}.", f"It must use: {names}.")
        )
    if channel == "sms" and (strange := _not_in_sms(text)):
        faults.append(
            Fault(
                field,
                f"문자로 보낼 수 없는 글자가 있어요: {strange}",
                f"SMS cannot carry: {strange}",
            )
        )
    if channel == "sms" and sms_bytes(text) > LMS_BYTES:
        faults.append(
            Fault(field, "2,000바이트를 넘어요.", "It is longer than 2,000 bytes (EUC-KR).")
        )
    if channel == "alimtalk" and len(text) > ALIMTALK_LENGTH:
        faults.append(Fault(field, "1,000자를 넘어요.", "It is longer than 1,000 characters."))
    return faults


def _not_in_sms(text: str) -> str:
    """Return the characters that EUC-KR, which SMS is written in, does not have.

    >>> _not_in_sms("수리가 끝났어요 😀")
    '😀'
    """
    return "".join(
        sorted({each for each in text if each.encode("cp949", "ignore") == b"" and each != ""})
    )
