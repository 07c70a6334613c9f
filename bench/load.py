"""A client process of the bench: many connections in one thread, as lean as Python can be.

``python -m bench.load`` reads its task as JSON and answers with JSON: it keeps every
connection busy with one request at a time from now until ``end``, and counts what
was answered from ``begin`` on. Both are seconds of the wall clock.
"""

import json
import random
import select
import socket
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from bench import workload

GRACE_SECONDS = 10  # for answers under way at the end


@dataclass(frozen=True)
class Task:
    host: str
    port: int
    token: str
    workload: str
    connections: int
    begin: float
    end: float
    members: int
    coupon: str | None = None  # what every cart asks for
    # What a refund may take: (order's external id, line).
    refundable: list[tuple[str, int]] = field(default_factory=list)


@dataclass
class Outcome:
    microseconds: list[int] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    placed: list[str] = field(default_factory=list)  # external ids of orders
    refunds: int = 0


def main() -> None:
    task = Task(**json.load(sys.stdin))
    json.dump(asdict(run(task)), sys.stdout)


def run(task: Task) -> Outcome:
    outcome = Outcome()
    requests = _requests(task, outcome)
    poll = select.epoll()
    sockets: dict[int, socket.socket] = {}
    sent: dict[int, float] = {}
    received: dict[int, bytes] = {}

    def ask(number: int) -> None:
        request = next(requests, None)
        if request is None:
            poll.unregister(number)
            sockets.pop(number).close()
            return
        received[number] = b""
        sent[number] = time.time()
        sockets[number].sendall(request)

    for _ in range(task.connections):
        connection = socket.create_connection((task.host, task.port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        number = connection.fileno()
        sockets[number] = connection
        poll.register(number, select.EPOLLIN)
        ask(number)
    while sockets and time.time() < task.end + GRACE_SECONDS:
        for number, _ in poll.poll(1):
            data = sockets[number].recv(65536)
            received[number] += data
            if not data:  # the worker was replaced
                outcome.failures["closed"] += 1
                poll.unregister(number)
                sockets.pop(number).close()
                continue
            if not _is_whole(received[number]):
                continue
            now = time.time()
            status = received[number][9:12]
            if not status.startswith(b"2"):
                outcome.failures[_first_words(received[number])] += 1
            elif task.begin <= now < task.end:
                outcome.microseconds.append(int((now - sent[number]) * 1e6))
            ask(number)
    return outcome


def _is_whole(answer: bytes) -> bool:
    head = answer.find(b"\r\n\r\n")
    if head < 0:
        return False
    at = answer.find(b"Content-Length: ", 0, head)
    length = int(answer[at + 16 : answer.index(b"\r", at)])
    return len(answer) >= head + 4 + length


def _first_words(answer: bytes) -> str:
    head, _, body = answer.partition(b"\r\n\r\n")
    return f"{head[9:12].decode()} {body[:200].decode(errors='replace')}"


def _requests(task: Task, outcome: Outcome) -> Iterator[bytes]:
    """Yield requests ready to send until the time is over, or nothing is left to refund."""
    head = f"Host: bench\r\nAuthorization: Bearer {task.token}\r\n"
    run_id = uuid.uuid4().hex[:12]
    randint = random.Random(run_id).randint  # a plain load, not a secret
    number = 0
    refundable = iter(task.refundable)
    while time.time() < task.end:
        number += 1
        member = randint(1, task.members)
        name = f"{run_id}-{number}"
        match task.workload:
            case "balance":
                yield f"GET /v1/members/ext:M{member}/points HTTP/1.1\r\n{head}\r\n".encode()
                continue
            case "healthz":
                yield f"GET /healthz HTTP/1.1\r\n{head}\r\n".encode()
                continue
            case "checkout":
                path, body = "/v1/orders", workload.order(member, name, task.coupon)
                outcome.placed.append(name)
            case "floor":
                path, body = "/v1/bench/floor", workload.order(member, name, task.coupon)
            case "preview":
                path, body = "/v1/checkout/preview", workload.preview(member, task.coupon)
            case "refund":
                order = next(refundable, None)
                if order is None:
                    return
                outcome.refunds += 1
                path = f"/v1/orders/ext:{order[0]}/refunds"
                body = workload.refund(name, order[1])
            case other:
                raise ValueError(other)
        key = "" if task.workload in ("preview", "floor") else f"Idempotency-Key: {name}\r\n"
        yield (
            f"POST {path} HTTP/1.1\r\n{head}{key}Content-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode() + body


def start(task: Task) -> dict[str, Any]:
    """Return the task as what ``python -m bench.load`` reads."""
    return asdict(task)


if __name__ == "__main__":
    main()
