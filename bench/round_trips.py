"""Counting round trips: what is really exchanged with PostgreSQL, by libpq's own trace."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event


@dataclass
class RoundTrips:
    """How often the server was waited for; COMMIT and ROLLBACK are among ``total``."""

    total: int = 0
    ends: int = 0

    @property
    def besides_commit(self) -> int:
        return self.total - self.ends


@contextmanager
def counting(engine: Engine) -> Iterator[RoundTrips]:
    """Count the round trips on connections that are taken from the pool meanwhile."""
    counted = RoundTrips()
    with tempfile.TemporaryFile() as trace:

        def begin(connection: Any, *_: Any) -> None:
            connection.pgconn.trace(trace.fileno())

        def end(connection: Any, *_: Any) -> None:
            connection.pgconn.untrace()

        event.listen(engine, "checkout", begin)
        event.listen(engine, "checkin", end)
        try:
            yield counted
        finally:
            event.remove(engine, "checkout", begin)
            event.remove(engine, "checkin", end)
        trace.seek(0)
        for line in trace.read().decode(errors="replace").splitlines():
            # The server says ReadyForQuery once for each time it was waited for.
            counted.total += "\tReadyForQuery\t" in line
            counted.ends += "\tCommandComplete\t" in line and (
                '"COMMIT"' in line or '"ROLLBACK"' in line
            )
