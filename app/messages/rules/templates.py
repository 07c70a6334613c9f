"""Templates: what a message says on each channel, with ``#{variables}``.

A definition is ``{"channels": ["alimtalk", "sms"], "sms": {"text": …}, …}``: for each of its
channels, in the order they are tried, what it says there. Variables are written as Kakao
writes them, ``#{brand}``; ``brand`` is always known.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CHANNELS = ("alimtalk", "sms", "email")
PARTS = {
    "alimtalk": ("template_id", "text"),
    "sms": ("text",),
    "email": ("subject", "text"),
}
LABEL = "(광고)"
_VARIABLE = re.compile(r"#\{([^{}]{1,40})\}")

Definition = Mapping[str, Any]


@dataclass(frozen=True)
class Address:
    """Where a person can be reached: a phone in E.164, an e-mail address, or both."""

    phone: str | None = None
    email: str | None = None

    def on(self, channel: str) -> str | None:
        """Return the address that a channel needs, None if it is not known."""
        return self.email if channel == "email" else self.phone


def variables_of(definition: Definition) -> set[str]:
    """Return the names of all variables that a definition uses.

    >>> sorted(variables_of({"channels": ["sms"], "sms": {"text": "[#{brand}] #{code}"}}))
    ['brand', 'code']
    """
    return {
        name
        for channel in definition["channels"]
        for part in PARTS[channel]
        for name in _VARIABLE.findall(definition[channel].get(part, ""))
    }


def render(definition: Definition, variables: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return what a message says on each of its channels.

    A value is put in as it is, in one pass: a ``#{…}`` inside of it stays as it is.

    >>> render({"channels": ["sms"], "sms": {"text": "[#{brand}] #{code}"}},
    ...        {"brand": "단골", "code": "#{brand}"})
    {'sms': {'text': '[단골] #{brand}'}}
    """
    return {
        channel: {
            part: _VARIABLE.sub(lambda found: variables[found[1]], definition[channel][part])
            for part in PARTS[channel]
            if part in definition[channel]
        }
        for channel in definition["channels"]
    }


def as_advertising(
    texts: Mapping[str, Mapping[str, str]], contact: str, ways_out: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """Return texts with what the Network Act asks of advertising (article 50, paragraph 4).

    The label stands in front of what is read first, contact and the channel's way out at
    the end. The way out is kept beside the text: it has to end with just that one.

    >>> as_advertising({"sms": {"text": "[단골] 여름 세일"}}, "02-1", {"sms": "거부 080-1"})["sms"]
    {'text': '(광고)[단골] 여름 세일\\n문의 02-1\\n거부 080-1', 'opt_out': '거부 080-1'}
    """
    labelled = {}
    for channel, text in texts.items():
        first = "subject" if "subject" in text else "text"
        said = {**text, first: text[first].removeprefix(LABEL).lstrip()}
        said[first] = f"{LABEL}{said[first]}"
        said["opt_out"] = ways_out[channel]
        said["text"] = f"{said['text'].rstrip()}\n문의 {contact}\n{said['opt_out']}"
        labelled[channel] = said
    return labelled


def mask(address: str) -> str:
    """Return a phone or e-mail so that its owner knows it and nobody else.

    >>> mask("+821012345678"), mask("dangol@mail.example")
    ('010-****-5678', 'd***@mail.example')
    """
    if "@" in address:
        user, _, domain = address.partition("@")
        return f"{user[:1]}***@{domain}"
    return f"010-****-{address[-4:]}" if address.startswith("+8210") else f"***-{address[-4:]}"
