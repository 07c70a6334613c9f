"""A definition as it is stored: JSON, each thing said in one way. And how two differ."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple


class Difference(NamedTuple):
    """What one field (JSON pointer) said before and says after; None: nothing."""

    path: str
    before: Any
    after: Any


def storable(value: Any) -> Any:
    """Return ``value`` as JSON: instants in UTC, nothing that says nothing.

    Saying the same otherwise is then no change.

    >>> storable({"name": "A", "limits": {"total_grants": None}, "conditions": {"tiers": []}})
    {'name': 'A'}
    """
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Mapping):
        kept = {name: storable(each) for name, each in value.items()}
        return {name: each for name, each in kept.items() if not _says_nothing(each)}
    if isinstance(value, list | tuple):
        return [storable(each) for each in value]
    return value


def _says_nothing(value: Any) -> bool:
    return value is None or value is False or value == [] or value == {}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return what changed from one definition to another, field by field.

    >>> differences({"limits": {"total_grants": 100}}, {"limits": {"total_grants": 50}, "x": 1})
    [Difference(path='/limits/total_grants', before=100, after=50), \
Difference(path='/x', before=None, after=1)]
    """
    old, new = dict(_leaves(before)), dict(_leaves(after))
    return [
        Difference(path, old.get(path), new.get(path))
        for path in sorted(old.keys() | new.keys())
        if old.get(path) != new.get(path)
    ]


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _leaves(each, f"{path}/{name}")
    else:
        yield path, value
