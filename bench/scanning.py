"""What a scanned label costs over the wire: gunicorn, a socket, a Host header, no cookie.

Every probe is another unit and a device that was never seen, as with labels in shops: a device
is made up, the look is written down and weighed, and committed.
"""

import http.client
import random
import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import psycopg

from app.db import transaction
from app.warranties.services.batches import code_hash
from bench.seed import Dataset
from bench.servers import start_web

HOST = "w.example.kr"
AT_ONCE = 8
WARM_UP = 40
_SHEETS = re.compile(r'href="(/assets/[^"]+)"')


@contextmanager
def served(dataset: Dataset, postmaster: int, var: Path) -> Iterator[int]:
    """Start gunicorn as ``make run`` does, and give its port."""
    web = start_web(dataset, postmaster, var)
    try:
        yield web.port
    finally:
        web.stop()


def label(url: str, brand_id: UUID, drawn: Sequence[int]) -> list[str]:
    """Give units labels whose codes are known, and return the codes."""
    codes = [f"{n:016}" for n in drawn]
    with transaction(brand_id):
        hashes = [code_hash(brand_id, code) for code in codes]
    with psycopg.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE warranty_units SET code_hash = %s WHERE brand_id = %s AND serial_key = %s",
            [(found, brand_id, f"BN{n:08}") for found, n in zip(hashes, drawn, strict=True)],
        )
    return codes


def scan(port: int, codes: Sequence[str], at_once: int) -> list[float]:
    """Look at every label once, over ``at_once`` connections; return sorted milliseconds."""
    with ThreadPoolExecutor(at_once) as pool:
        shares = pool.map(lambda part: _scan(port, part), _shares(codes, at_once))
        return sorted(each for share in shares for each in share)


def weigh(port: int, code: str) -> int:
    """Return the bytes of a page with its style sheets, headers left out."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    page = _get(connection, f"/q/{code}")
    sheets = [_get(connection, path) for path in _SHEETS.findall(page.decode())]
    connection.close()
    return len(page) + sum(map(len, sheets))


def draw(units: int, probes: int) -> list[int]:
    """Return which units are labelled: to warm up, and for each way to measure."""
    return random.Random(units + 1).sample(range(1, units + 1), WARM_UP + 2 * probes)


def _scan(port: int, codes: Sequence[str]) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    took = []
    for code in codes:
        began = time.perf_counter()
        _get(connection, f"/q/{code}")
        took.append((time.perf_counter() - began) * 1000)
    connection.close()
    return took


def _get(connection: http.client.HTTPConnection, path: str) -> bytes:
    connection.request("GET", path, headers={"Host": HOST, "Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status}")
    return content


def _shares(codes: Sequence[str], parts: int) -> list[Sequence[str]]:
    return [codes[number::parts] for number in range(parts)]
