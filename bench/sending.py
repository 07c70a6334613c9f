"""Sending: many requests over several connections, those of one customer in order."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tqdm import tqdm

from bench.client import Client, Refused, percentile

T = TypeVar("T")


@dataclass(frozen=True)
class Shop:
    """Who is called, and over how many connections."""

    base_url: str
    api_key: str
    connections: int

    def client(self) -> Client:
        return Client(self.base_url, self.api_key)


@dataclass(frozen=True)
class Pass:
    """How one pass went."""

    name: str
    requests: int
    seconds: float
    latencies: list[float]
    retries: int
    replays: int

    def __str__(self) -> str:
        p50, p95, p99 = (percentile(self.latencies, part) for part in (0.5, 0.95, 0.99))
        return (
            f"{self.name}: {self.requests:,} in {self.seconds:.1f} s ="
            f" {self.requests / self.seconds:,.0f}/s;"
            f" p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms;"
            f" {self.retries:,} sent again, {self.replays:,} answered from an earlier run"
        )


def send_all(
    name: str,
    items: Sequence[T],
    customer_of: Callable[[T], str],
    send: Callable[[Client, T], Any],
    shop: Shop,
) -> Pass:
    """Send items over several connections; those of one customer stay in order.

    :raises Refused: one was refused; the others stop
    """
    queues: list[list[T]] = [[] for _ in range(shop.connections)]
    assigned: dict[str, int] = {}
    for item in items:
        customer = customer_of(item)
        queues[assigned.setdefault(customer, len(assigned) % shop.connections)].append(item)
    clients = [shop.client() for _ in queues]
    refusals: list[Refused] = []

    with tqdm(total=len(items), desc=name, unit="", smoothing=0.05) as bar:

        def work(client: Client, queue: list[T]) -> None:
            for item in queue:
                if refusals:
                    break
                try:
                    send(client, item)
                except Refused as refused:
                    refusals.append(refused)
                bar.update()
            client.close()

        began = time.monotonic()
        threads = [
            threading.Thread(target=work, args=pair, daemon=True)
            for pair in zip(clients, queues, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if refusals:
        raise refusals[0]
    return Pass(
        name,
        len(items),
        time.monotonic() - began,
        [second for client in clients for second in client.seconds],
        sum(client.retries for client in clients),
        sum(client.replays for client in clients),
    )


def sum_balances(shop: Shop, members: Sequence[str]) -> int:
    """Return the sum of the balances that the API shows for every member."""
    balances: list[int] = []
    send_all(
        "balances",
        members,
        lambda member: member,
        lambda client, member: balances.append(
            client.send("GET", f"/v1/members/ext:{member}/points").body["available"]
        ),
        shop,
    )
    return sum(balances)
