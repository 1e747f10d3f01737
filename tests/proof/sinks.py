"""Where notices arrive: a mail server and a webhook receiver that remember everything, each in threads of the test's process."""

from __future__ import annotations

import contextlib
import email
import email.policy
import hashlib
import http.server
import socketserver
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from notifications.channels.webhook import is_genuine

FAULTS = {
    "451": "refused for now when the recipient is named",
    "452-data": "refused for now once the mail is there",
    "421": "the server ends the session",
    "550": "refused for good when the recipient is named",
    "554-data": "refused for good once the mail is there",
    "hang": "no answer any more",
    "reset": "the connection is cut when the recipient is named",
    "cut": "the connection is cut once the mail is there, before it is accepted",
    "trickle": "a byte a second",
    "garbage": "an answer in no language of mail, as of a server that speaks TLS",
}
"""What can be wrong with a mail server, by name."""
FOR_GOOD = frozenset({"550", "554-data"})


class MailSink:
    """Takes every mail; `refuses` makes it answer 451 to a recipient, `after_accepting` is called once 250 has been sent.

    `sessions` counts the connections, each of which ends with 421 after `mails_a_session`.
    `fault` names what goes wrong for a recipient, see `FAULTS`; empty for nothing.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.received: list[tuple[str, bytes]] = []
        self.refuses: Callable[[str], bool] = lambda recipient: False
        self.fault: Callable[[str], str] = lambda recipient: ""
        self.after_accepting: Callable[[], None] = lambda: None
        self.sessions = 0
        self.mails_a_session = 10**9
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


def hook_key(key: str) -> str:
    """Return the Idempotency-Key under which a notice of this key comes by webhook."""
    return hashlib.sha256(f"{key}|webhook".encode()).hexdigest()


class HookSink:
    """Takes every webhook, counting those whose signature is wrong.

    `refuses` makes it answer 503 to a key; `before_answering` is called with the key, before the answer.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.received: list[str] = []
        self.forged = 0
        self.refuses: Callable[[str], bool] = lambda key: False
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


class _MailSession(socketserver.StreamRequestHandler):
    """One session with the mail server; `sink` is set by a subclass of each server."""

    sink: MailSink
    fault = ""
    taken = 0

    def handle(self) -> None:
        """Answer until the session ends."""
        self.say("220 sink")
        with self.sink.lock:
            self.sink.sessions += 1
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if self.taken >= self.sink.mails_a_session:
                self.say("421 enough for one session")
                return
            if verb == b"RCPT":
                goes_on = self.named(line.decode(errors="replace").partition("<")[2].partition(">")[0])
            elif verb == b"DATA":
                goes_on = self.written()
            else:
                self.say("221 bye" if verb == b"QUIT" else "250 ok")
                goes_on = verb != b"QUIT"
            if not goes_on:
                return

    def named(self, recipient: str) -> bool:
        """Answer to a recipient; False when the session is over."""
        self.fault = self.sink.fault(recipient)
        if self.fault in {"421", "hang", "reset", "trickle", "garbage"}:
            self.fail()
            return False
        answers = {"451": "451 not now", "550": "550 nobody of that name"}
        self.say("451 not now" if self.sink.refuses(recipient) else answers.get(self.fault, "250 ok"))
        return True

    def written(self) -> bool:
        """Take a mail; False when the session is over."""
        self.say("354 go on")
        body = b""
        while (part := self.rfile.readline()) not in {b".\r\n", b""}:
            body += part
        if not part or self.fault == "cut":
            return False
        if self.fault in {"452-data", "554-data"}:
            self.say(f"{self.fault[:3]} not this one")
            return True
        self.sink.take(body)
        self.taken += 1
        self.say("250 taken")
        self.sink.after_accepting()
        return True

    def fail(self) -> None:
        """Go wrong for the rest of the session."""
        with contextlib.suppress(OSError):
            if self.fault == "421":
                self.say("421 going away")
            elif self.fault == "garbage":
                self.wfile.write(b"\x16\x03\x01\x02\x00\x01\x00\r\n")
            elif self.fault == "hang":
                self.connection.settimeout(60)
                self.rfile.read(1)
            elif self.fault == "trickle":
                for byte in b"250-" + b"x" * 60:
                    self.wfile.write(bytes([byte]))
                    threading.Event().wait(1.0)

    def say(self, words: str) -> None:
        """Send a line."""
        self.wfile.write(words.encode() + b"\r\n")
        self.wfile.flush()


@contextmanager
def mail_sink() -> Iterator[MailSink]:
    """Run a mail server."""
    sink = MailSink()
    session = type("Session", (_MailSession,), {"sink": sink})
    with _serving(_Threading(("127.0.0.1", 0), session)) as port:
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
            if sink.refuses(key):
                self.send_response(503)
                self.end_headers()
                return
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
