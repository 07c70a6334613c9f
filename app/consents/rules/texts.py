"""What a consent text must say before anybody may be asked with it.

The cases C1, C2, C3, C8 and C11 of the law stand behind the checks: the Personal
Information Protection Act, articles 15(2), 17(2), 22 and 28-8, and article 17 of its
decree. A definition is a plain mapping; a draft may lack anything.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from app.consents.rules.purposes import ADVERTISING, MARKETING, SERVICE


class Fault(NamedTuple):
    """One thing that keeps a text from being published."""

    case: str
    field: str
    ko: str
    en: str


class Name(NamedTuple):
    ko: str
    en: str


NAMES = {
    "title": Name("제목", "title"),
    "use": Name("이용 목적", "purpose of use"),
    "items": Name("수집·이용 항목", "items of data"),
    "retention": Name("보유·이용 기간", "retention"),
    "refusal": Name(
        "거부할 권리와 거부할 때의 불이익", "right to refuse and what refusing means"
    ),
    "recipient": Name("제공받는 자", "recipient"),
    "recipient_use": Name("제공받는 자의 이용 목적", "the recipient's purpose"),
    "recipient_items": Name("제공하는 항목", "items that the recipient gets"),
    "recipient_retention": Name("제공받는 자의 보유 기간", "the recipient's retention"),
    "country": Name("이전되는 국가", "country"),
    "transfer_when": Name("이전 시기", "when the data is transferred"),
    "transfer_how": Name("이전 방법", "how the data is transferred"),
    "recipient_contact": Name("이전받는 자의 연락처", "the recipient's contact"),
}  # fmt: skip

_ALWAYS = ("title", "use", "items", "retention", "refusal")
_THIRD_PARTY = ("recipient", "recipient_use", "recipient_items", "recipient_retention")
_OVERSEAS = (*_THIRD_PARTY, "country", "transfer_when", "transfer_how", "recipient_contact")

# If one of these changes, what was agreed to before is no longer agreed to (article 15(2)).
MATERIAL = (*NAMES.keys() - {"title", "refusal", "recipient_contact"}, "valid_months")

# Words in what the tick itself says, by what they ask for.
_WORDS = {
    "third_party": ("제3자 제공", "제3자에게 제공", "third part"),
    "overseas": ("국외 이전", "국외로 이전", "해외 이전", "overseas transfer"),
    "marketing": ("마케팅", "광고", "홍보", "프로모션", "판촉", "marketing", "advertis"),
    "personalised": ("맞춤", "개인화", "프로파일링", "personalis", "personaliz", "profiling"),
}
# What a tick of this purpose may speak of. Providing to others may be for marketing of theirs.
_OWN = {
    "third_party": {"third_party", "marketing"},
    "overseas": {"overseas", "marketing"},
    "pi_optional": {"personalised"},
    MARKETING: {"marketing"},
    **{purpose: {"marketing"} for purpose in ADVERTISING},
}
_GROUP_NAMES = {
    "third_party": Name("제3자 제공", "providing to third parties"),
    "overseas": Name("국외 이전", "transfer overseas"),
    "marketing": Name("마케팅·광고", "marketing"),
    "personalised": Name("맞춤형 이용", "personalisation"),
}


def required_fields(purpose: str) -> tuple[str, ...]:
    """Return what a text of this purpose has to say.

    >>> required_fields("warranty_service")
    ('title', 'use', 'items', 'retention')
    """
    if purpose == SERVICE:  # a notice: a contract is its basis, and nothing can be refused
        return _ALWAYS[:-1]
    more = {"third_party": _THIRD_PARTY, "overseas": _OVERSEAS}.get(purpose, ())
    return (*_ALWAYS, *more)


def key_facts(purpose: str) -> tuple[str, ...]:
    """Return what has to be told apart from the rest by eye (decree, article 17(3)).

    >>> key_facts("marketing_pi")
    ('retention', 'use')
    """
    if purpose == SERVICE:
        return ()
    if purpose in ("third_party", "overseas"):
        return ("retention", "recipient", "recipient_use")
    return ("retention", "use") if purpose in {MARKETING, *ADVERTISING} else ("retention",)


def faults_of(purpose: str, definition: Mapping[str, Any]) -> list[Fault]:
    """Return everything that keeps a text from being published, in the order of its fields.

    >>> [fault.field for fault in faults_of("warranty_service", {"title": "A", "use": "B"})]
    ['items', 'retention']
    """
    provided = purpose in ("third_party", "overseas")
    faults = [
        Fault(
            "C2" if provided and name in _OVERSEAS else "C1",
            name,
            f"{NAMES[name].ko} 항목이 빠졌어요.",
            f"It does not say: {NAMES[name].en}.",
        )
        for name in required_fields(purpose)
        if not definition.get(name)
    ]
    covers = [other for other in definition.get("covers", [purpose]) if other != purpose]
    if covers:
        others = ", ".join(covers)
        faults.append(
            Fault(
                "C3",
                "covers",
                f"한 번의 체크로 {others}까지 동의받을 수 없어요. 목적마다 따로 물어봐 주세요.",
                f"One tick cannot agree to {others} as well. Ask for each on its own.",
            )
        )
    faults += _bundled(purpose, definition)
    emphasised = set(definition.get("emphasised", []))
    faults += [
        Fault(
            "C11",
            "emphasised",
            f"{NAMES[name].ko} 항목은 눈에 띄게 표시해야 해요. emphasised에 {name}을(를) 넣어"
            " 주세요.",
            f"The {NAMES[name].en} must stand out. Add {name} to emphasised.",
        )
        for name in key_facts(purpose)
        if name not in emphasised
    ]
    return faults


def _bundled(purpose: str, definition: Mapping[str, Any]) -> list[Fault]:
    """Return what the tick asks for besides its own purpose, by the words of title and use."""
    said = f"{definition.get('title', '')} {definition.get('use', '')}".lower()
    return [
        Fault(
            "C8" if group == "personalised" else "C3",
            "use",
            f"{_GROUP_NAMES[group].ko}까지 한꺼번에 묻고 있어요. 따로 나누어 주세요.",
            f"It asks for {_GROUP_NAMES[group].en} at the same time. Ask for that on its own.",
        )
        for group, words in _WORDS.items()
        if group not in _OWN.get(purpose, set()) and any(word in said for word in words)
    ]


def sha256_of(purpose: str, language: str, definition: Mapping[str, Any]) -> bytes:
    """Return the hash that records name a text by: of every word and setting of it."""
    # Written as PostgreSQL writes jsonb, so that the audit can prove it in one query.
    ordered = dict(sorted(definition.items(), key=lambda each: (len(each[0]), each[0])))
    canonical = json.dumps([purpose, language, ordered], ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).digest()


def same_matter(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether who agreed to one text has agreed to the other: only the wording differs.

    >>> same_matter({"title": "A", "use": "B"}, {"title": "C", "use": "B"})
    True
    >>> same_matter({"retention": "1년"}, {"retention": "2년"})
    False
    """
    return all(one.get(name) == other.get(name) for name in MATERIAL)
