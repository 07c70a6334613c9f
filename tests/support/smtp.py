"""A mail server on loopback that keeps what it was sent."""

import socketserver
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage


class FakeSmtp(socketserver.ThreadingTCPServer):
    """``moods``: ``later`` (451), ``never`` (550), ``lost`` (takes the mail and hangs up)."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.mails: list[EmailMessage] = []
        self.moods: deque[str] = deque()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class Handler(socketserver.StreamRequestHandler):
    server: FakeSmtp

    def handle(self) -> None:
        with suppress(ConnectionError):
            self.say("220 loopback")
            mood = self.server.moods.popleft() if self.server.moods else "well"
            while line := self.rfile.readline().decode().strip():
                command = line.split()[0].upper()
                if command == "RCPT" and mood in ("later", "never"):
                    self.say("451 later" if mood == "later" else "550 no such user")
                elif command == "DATA":
                    self.say("354 go on")
                    self.server.mails.append(self.read_mail())
                    if mood == "lost":
                        return
                    self.say("250 taken")
                else:
                    self.say("250 well")

    def read_mail(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        return message_from_bytes(b"".join(lines), policy=policy.default)

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def running() -> Iterator[FakeSmtp]:
    with FakeSmtp() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
