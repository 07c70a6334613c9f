"""What is wrong with a field, in Korean and English.

Schemas speak English (marshmallow's own sentences and ours); a problem document
shows the caller's language. A schema with a sentence of its own says both where
the schema is defined::

    ODD = say("Must be even.", "짝수여야 해요.")
    …
    raise ValidationError(ODD)
"""

import re
from functools import lru_cache

_KOREAN: dict[str, str] = {}
_PATTERNS: list[tuple[re.Pattern[str], str]] = []


def say(en: str, ko: str) -> str:
    """Teach the Korean of an English sentence, and return the English one.

    ``{names}`` stand for what a validator fills in; the Korean names them too.
    """
    if "{" in en:
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.*?)", re.escape(en))
        _PATTERNS.append((re.compile(pattern, re.DOTALL), ko))
    else:
        _KOREAN[en] = ko
    return en


@lru_cache(maxsize=1024)
def translated(message: str, language: str) -> str:
    """Return a field's sentence in ``ko`` or ``en``.

    >>> translated("Must be one of: up, down.", "ko")
    '다음 중 하나여야 해요: up, down.'
    >>> translated("Must be one of: up, down.", "en")
    'Must be one of: up, down.'
    >>> translated("Length must be between 2 and 60.", "ko")
    '길이가 2 이상 60 이하여야 해요.'
    """
    if language != "ko":
        return message
    if ko := _KOREAN.get(message):
        return ko
    for pattern, ko in _PATTERNS:
        if match := pattern.fullmatch(message):
            return ko.format(**match.groupdict())
    return f"값이 올바르지 않아요. ({message})"


# Marshmallow's own sentences (fields.py, validate.py, schema.py). The first that fits is
# taken: what another one would swallow comes before it.
for _en, _ko in (
    ("Missing data for required field.", "꼭 필요한 값이에요."),
    ("Unknown field.", "모르는 항목이에요. 이름을 확인하거나 빼 주세요."),
    ("Field may not be null.", "null은 쓸 수 없어요."),
    ("Invalid value.", "값이 올바르지 않아요."),
    ("Invalid input.", "값이 올바르지 않아요."),
    ("Invalid input type.", "JSON 객체({…})여야 해요."),
    ("Invalid type.", "JSON 객체({…})여야 해요."),
    ("Not a valid mapping type.", "JSON 객체({…})여야 해요."),
    ("Not a valid list.", "JSON 배열([…])이어야 해요."),
    ("Not a valid string.", "문자열이어야 해요."),
    ("Not a valid integer.", "정수여야 해요. 따옴표나 소수점 없이 보내 주세요."),
    ("Not a valid number.", "숫자여야 해요."),
    ("Number too large.", "숫자가 너무 커요."),
    ("Not a valid boolean.", "true 또는 false여야 해요."),
    ("Not a valid UUID.", "UUID여야 해요."),
    ("Not a valid date.", "2026-11-22 같은 날짜여야 해요."),
    ("Not a valid datetime.", "2026-11-22T10:15:00+09:00 같은 시각이어야 해요."),
    (
        "Not a valid aware datetime.",
        "2026-11-22T10:15:00+09:00처럼 시간대를 붙인 시각이어야 해요.",
    ),
    ("Not a valid email address.", "이메일 주소가 아니에요."),
    ("Not a valid URL.", "웹 주소(URL)가 아니에요."),
    ("String does not match expected pattern.", "형식이 맞지 않아요."),
    ("Must be one of: {choices}.", "다음 중 하나여야 해요: {choices}."),
    ("Must be equal to {other}.", "{other}이어야 해요."),
    ("Length must be between {min} and {max}.", "길이가 {min} 이상 {max} 이하여야 해요."),
    ("Length must be {equal}.", "길이가 {equal}이어야 해요."),
    ("Shorter than minimum length {min}.", "길이가 {min} 이상이어야 해요."),
    ("Longer than maximum length {max}.", "길이가 {max} 이하여야 해요."),
    (
        "Must be greater than or equal to {min} and less than or equal to {max}.",
        "{min} 이상 {max} 이하여야 해요.",
    ),
    ("Must be greater than or equal to {min}.", "{min} 이상이어야 해요."),
    ("Must be less than or equal to {max}.", "{max} 이하여야 해요."),
    ("Must be greater than {min}.", "{min}보다 커야 해요."),
    ("Must be less than {max}.", "{max}보다 작아야 해요."),
):
    say(_en, _ko)
