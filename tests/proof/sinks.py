"""Where notices arrive: a mail server and a webhook receiver that remember everything, each in threads of the test's process."""

from __future__ import annotations

import email
import email.policy
import http.server
import socketserver
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from notifications.channels.webhook import is_genuine


class MailSink:
    """Takes every mail; `refuses` makes it answer 451 to a recipient, `after_accepting` is called once 250 has been sent."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.received: list[tuple[str, bytes]] = []
        self.refuses: Callable[[str], bool] = lambda recipient: False
        self.after_accepting: Callable[[], None] = lambda: None
        self.port = 0

    @property
    def ids(self) -> Counter[str]:
        """Count the mails by Message-ID."""
        with self.lock:
            return Counter(identity for identity, _body in self.received)

    def texts(self) -> list[str]:
        """Return the plain text of each mail."""
        with self.lock:
            bodies = [body for _identity, body in self.received]
        parsed = [email.message_from_bytes(body, policy=email.policy.default) for body in bodies]
        return [str(part.get_content()) for message in parsed if (part := message.get_body(("plain",))) is not None]

    def take(self, body: bytes) -> None:
        """Keep one mail."""
        identity = str(email.message_from_bytes(body, policy=email.policy.default)["Message-ID"])
        with self.lock:
            self.received.append((identity, body))


class HookSink:
    """Takes every webhook, counting those whose signature is wrong; `before_answering` is called with its key, before the answer."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.received: list[str] = []
        self.forged = 0
        self.before_answering: Callable[[str], None] = lambda key: None
        self.port = 0

    @property
    def url(self) -> str:
        """Return the address."""
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def keys(self) -> Counter[str]:
        """Count what came by Idempotency-Key: a receiver that honours it acts once a key."""
        with self.lock:
            return Counter(self.received)


class _Threading(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients are killed on purpose."""


@contextmanager
def _serving(server: socketserver.TCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def mail_sink() -> Iterator[MailSink]:
    """Run a mail server."""
    sink = MailSink()

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 sink")
            recipient = ""
            while line := self.rfile.readline():
                verb = line[:4].upper()
                if verb == b"RCPT":
                    recipient = line.decode(errors="replace").partition("<")[2].partition(">")[0]
                    self.say("451 not now" if sink.refuses(recipient) else "250 ok")
                elif verb == b"DATA":
                    self.say("354 go on")
                    body = b""
                    while (part := self.rfile.readline()) not in {b".\r\n", b""}:
                        body += part
                    if not part:
                        return
                    sink.take(body)
                    self.say("250 taken")
                    sink.after_accepting()
                elif verb == b"QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

        def say(self, words: str) -> None:
            self.wfile.write(words.encode() + b"\r\n")
            self.wfile.flush()

    with _serving(_Threading(("127.0.0.1", 0), Session)) as port:
        sink.port = port
        yield sink


@contextmanager
def hook_sink() -> Iterator[HookSink]:
    """Run a webhook receiver."""
    sink = HookSink()

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:  # its sender died while writing it: nothing was received
                self.close_connection = True
                return
            header, key = self.headers["Duban-Signature"], self.headers["Idempotency-Key"]
            stamp = int(header.partition(",")[0].removeprefix("t="))
            with sink.lock:
                sink.received.append(key)
                sink.forged += not is_genuine("proof", header, body, now=stamp)
            sink.before_answering(key)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    with _serving(_Threading(("127.0.0.1", 0), Receiver)) as port:
        sink.port = port
        yield sink
