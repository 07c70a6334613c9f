"""S3, played by a small server on loopback; it checks the signature of every request."""

import hashlib
import hmac
import re
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

KEY, SECRET, REGION = "AKTESTKEY", "a secret of the storage", "ap-northeast-2"


class FakeS3(ThreadingHTTPServer):
    """Keeps what it was sent in ``objects``.

    ``moods`` says what it does with the next calls, in order, then it is well: ``down``:
    answers 500; ``lost``: takes what is put and hangs up.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects: dict[str, bytes] = {}
        self.moods: deque[str] = deque()
        self.unauthenticated = 0

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that went away is what tests are about."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def running() -> Iterator[FakeS3]:
    server = FakeS3()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


class Handler(BaseHTTPRequestHandler):
    server: FakeS3
    protocol_version = "HTTP/1.1"

    mood = "well"

    def log_message(self, *args: Any) -> None:
        pass

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self._is_refused(body):
            return
        self.server.objects[urlsplit(self.path).path] = body
        if self.mood == "lost":
            self.close_connection = True
            self.connection.close()
            return
        etag = hashlib.md5(body).hexdigest()  # as S3 does
        self._answer(200, b"", ETag=f'"{etag}"')

    def do_GET(self) -> None:
        if self._is_refused(b""):
            return
        body = self.server.objects.get(urlsplit(self.path).path)
        if body is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        else:
            last = "Sun, 22 Nov 2026 01:00:00 GMT"
            self._answer(200, body, **{"ETag": '"x"', "Last-Modified": last})

    def do_POST(self) -> None:
        """Delete several keys, which is how one is deleted as well (DeleteObjects)."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self._is_refused(body):
            return
        bucket = urlsplit(self.path).path.rstrip("/")
        keys = re.findall(rb"<Key>(.*?)</Key>", body)
        for key in keys:
            self.server.objects.pop(f"{bucket}/{key.decode()}", None)
        deleted = b"".join(b"<Deleted><Key>%s</Key></Deleted>" % key for key in keys)
        self._answer(200, b"<DeleteResult>%s</DeleteResult>" % deleted)

    def _is_refused(self, body: bytes) -> bool:
        if not self._is_authentic(body):
            self.server.unauthenticated += 1
            self._answer(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
            return True
        self.mood = self.server.moods.popleft() if self.server.moods else "well"
        if self.mood == "down":
            self._answer(500, b"<Error><Code>InternalError</Code></Error>")
            return True
        return False

    def _is_authentic(self, body: bytes) -> bool:
        """Check the signature as AWS documents it (Signature Version 4)."""
        given = self.headers["Authorization"] or ""
        fields = dict(
            part.strip().split("=", 1) for part in given.partition(" ")[2].split(",") if "=" in part
        )
        names = fields.get("SignedHeaders", "").split(";")
        payload = self.headers["x-amz-content-sha256"] or ""
        if payload not in ("UNSIGNED-PAYLOAD", hashlib.sha256(body).hexdigest()):
            return False
        address = urlsplit(self.path)
        listed = "".join(f"{name}:{(self.headers[name] or '').strip()}\n" for name in names)
        query = "&".join(
            part if "=" in part else f"{part}=" for part in address.query.split("&") if part
        )
        canonical = "\n".join([self.command, address.path, query, listed, ";".join(names), payload])
        at = self.headers["x-amz-date"] or ""
        scope = f"{at[:8]}/{REGION}/s3/aws4_request"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        to_sign = "\n".join(["AWS4-HMAC-SHA256", at, scope, digest])
        key = f"AWS4{SECRET}".encode()
        for part in (at[:8], REGION, "s3", "aws4_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
        return fields.get("Credential") == f"{KEY}/{scope}" and fields.get("Signature") == signature

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
