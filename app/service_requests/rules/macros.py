"""Texts that staff write often, with places for what differs from request to request."""

import re
from collections.abc import Mapping

PLACES = ("고객", "번호", "제품")
_PLACE = re.compile(r"#\{([^{}]{1,20})\}")


def unknown_places(text: str) -> list[str]:
    """Return the places of a text that nothing can fill.

    >>> unknown_places("#{고객}님, #{주소}로 보냈어요")
    ['주소']
    """
    return [name for name in _PLACE.findall(text) if name not in PLACES]


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put what is known into its places, once: what is put in is not looked at again.

    >>> fill("#{고객}님, #{번호}", {"고객": "#{번호}", "번호": "AS-261122-0007"})
    '#{번호}님, AS-261122-0007'
    """
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), text)
