"""Solapi, played by a small server on loopback: its addresses, its answers, its moods."""

import hashlib
import hmac
import json
import re
import threading
import time
import uuid
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY, SECRET = "NCSTESTKEY", "a secret of Solapi"


class FakeSolapi(ThreadingHTTPServer):
    """Keeps what it was sent in ``messages``.

    ``moods`` says what it does with the next calls that send, in order, then it is well:
    ``lost``: takes the message and hangs up; ``down``: answers 500 and takes nothing;
    ``busy``: too many requests; ``slow``: takes it and answers after 7 s; ``refuse``: takes
    none, with a status code; ``vanish``: hangs up and takes nothing.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.messages: dict[str, dict[str, Any]] = {}
        self.moods: deque[str] = deque()
        self.received = threading.Event()
        self.unauthenticated = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that went away is what tests are about."""

    def report(self, code: str) -> None:
        """Say of every message how it went."""
        for message in self.messages.values():
            message["statusCode"] = code


@contextmanager
def running() -> Iterator[FakeSolapi]:
    server = FakeSolapi()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


class Handler(BaseHTTPRequestHandler):
    server: FakeSolapi
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self._is_authentic():
            return self._answer(403, {"errorCode": "SignatureDoesNotMatch", "errorMessage": "no"})
        mood = self.server.moods.popleft() if self.server.moods else "well"
        if mood == "down":
            return self._answer(500, {})
        if mood == "busy":
            return self._answer(429, {"errorCode": "TooManyRequests", "errorMessage": "later"})
        if mood == "vanish":
            return self._hang_up()
        if mood == "refuse":
            return self._answer(200, self._answered([], [_refused(body["messages"][0])]))
        taken = [self._take(message) for message in body["messages"]]
        self.server.received.set()
        if mood == "lost":
            return self._hang_up()
        if mood == "slow":
            time.sleep(7)
        self._answer(200, self._answered(taken, []))
        return None

    def do_GET(self) -> None:
        if not self._is_authentic():
            return self._answer(403, {"errorCode": "SignatureDoesNotMatch", "errorMessage": "no"})
        query = {name: value[0] for name, value in parse_qs(urlsplit(self.path).query).items()}
        found = {
            key: message
            for key, message in self.server.messages.items()
            if query.get("messageId", key) == key
            and query.get("to", message["to"]) == message["to"]
        }
        return self._answer(200, {"limit": 20, "messageList": found, "startKey": None})

    def _take(self, message: dict[str, Any]) -> dict[str, Any]:
        taken = {**message, "messageId": f"M4V{uuid.uuid4().hex}", "statusCode": "2000"}
        self.server.messages[taken["messageId"]] = taken
        return taken

    def _answered(self, taken: list[Any], failed: list[Any]) -> dict[str, Any]:
        total = len(taken) + len(failed)
        cash = {"requested": 0, "replacement": 0, "refund": 0, "sum": 0}
        return {
            "failedMessageList": failed,
            "messageList": [
                {
                    "messageId": each["messageId"],
                    "statusCode": "2000",
                    "statusMessage": "정상 접수",
                    "customFields": each.get("customFields"),
                }
                for each in taken
            ],
            "groupInfo": {
                "count": {
                    "total": total, "sentTotal": 0, "sentSuccess": 0, "sentPending": 0,
                    "sentReplacement": 0, "refund": 0, "registeredFailed": len(failed),
                    "registeredSuccess": len(taken),
                },
                "countForCharge": {}, "balance": cash, "point": cash, "app": {}, "log": [],
                "status": "SENDING", "allowDuplicates": False, "isRefunded": False,
                "accountId": "1", "masterAccountId": None, "apiVersion": "4",
                "groupId": f"G4V{uuid.uuid4().hex}", "price": {}, "dateCreated": None,
                "dateUpdated": None,
            },
        }  # fmt: skip

    def _is_authentic(self) -> bool:
        given = re.fullmatch(
            r"HMAC-SHA256 ApiKey=(.+), Date=(.+), salt=(.+), signature=([0-9a-f]{64})",
            self.headers["Authorization"] or "",
        )
        if given is not None:
            key, date, salt, signature = given.groups()
            expected = hmac.new(SECRET.encode(), (date + salt).encode(), hashlib.sha256).hexdigest()
            if key == KEY and signature == expected:
                return True
        self.server.unauthenticated += 1
        return False

    def _answer(self, status: int, body: Any) -> None:
        written = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.close()


def _refused(message: dict[str, Any]) -> dict[str, Any]:
    return {
        "to": message["to"], "from": message["from"], "type": message["type"],
        "statusMessage": "발신번호 미등록", "country": "82", "messageId": f"M4V{uuid.uuid4().hex}",
        "statusCode": "1062", "accountId": "1", "customFields": message.get("customFields"),
    }  # fmt: skip
