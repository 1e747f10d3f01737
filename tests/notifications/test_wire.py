"""Receivers outside: what they can do to us, and what we refuse to do to them."""

import contextlib
import http.client
import http.server
import socket
import socketserver
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from notifications import wire
from notifications.channels import UnreachableError, load
from tests.notifications.test_channels import letter

Handler = Callable[[http.server.BaseHTTPRequestHandler], None]


@pytest.fixture
def receiver() -> Iterator[Callable[[Handler], str]]:
    servers: list[socketserver.TCPServer] = []

    def start(answer: Handler) -> str:
        class Answering(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                try:
                    answer(self)
                except OSError:
                    self.close_connection = True

            def log_message(self, *args: object) -> None:
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        server.daemon_threads = True
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}/hook"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def open_loopback(settings: object) -> None:
    settings.DUBAN_PRIVATE_RECEIVERS = ["127.0.0.0/8"]  # type: ignore[attr-defined]


def plain(status: int, **headers: str) -> Handler:
    def answer(request: http.server.BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", "2")
        request.end_headers()
        request.wfile.write(b"ok")

    return answer


@pytest.mark.usefixtures("open_loopback")
@pytest.mark.parametrize(
    ("status", "is_ok", "is_for_good"),
    [(200, True, False), (204, True, False), (302, False, True), (400, False, True), (429, False, False), (500, False, False)],
)
def test_answers_are_told_apart(receiver: Callable[[Handler], str], status: int, is_ok: bool, is_for_good: bool) -> None:
    reply = wire.post(receiver(plain(status)), b"{}", {})
    assert (reply.status, reply.is_ok, reply.is_for_good) == (status, is_ok, is_for_good)


@pytest.mark.usefixtures("open_loopback")
def test_a_redirect_is_not_followed(receiver: Callable[[Handler], str]) -> None:
    hits: list[str] = []
    inner = receiver(lambda request: hits.append(request.path))
    assert wire.post(receiver(plain(307, Location=inner)), b"{}", {}).status == 307
    assert hits == []


@pytest.mark.usefixtures("open_loopback")
def test_no_more_than_64_kilobytes_are_read(receiver: Callable[[Handler], str]) -> None:
    def endless(request: http.server.BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        while True:
            request.wfile.write(b"x" * 65536)

    assert len(wire.post(receiver(endless), b"{}", {}).body) == wire.SIZE_LIMIT


@pytest.mark.row("F3")
@pytest.mark.usefixtures("open_loopback")
@pytest.mark.parametrize("part", ["silence", "header", "body"])
def test_a_receiver_that_hangs_or_trickles_is_cut_off(
    receiver: Callable[[Handler], str], part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "TIME_LIMIT", 0.4)
    released = threading.Event()

    def slow(request: http.server.BaseHTTPRequestHandler) -> None:
        if part == "body":
            request.send_response(200)
            request.end_headers()
        while part != "silence" and not released.wait(0.05):
            request.wfile.write(b"H")
        released.wait(5)

    began = time.monotonic()
    try:
        reply = wire.post(receiver(slow), b"{}", {})
    except (OSError, http.client.HTTPException):
        reply = None
    finally:
        released.set()
    assert time.monotonic() - began < 2
    assert reply is None or part == "body"


TLS_RECORD = b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc"
"""The beginning of a server's hello that is never ended."""


@pytest.fixture
def trickling() -> Iterator[Callable[[bytes], int]]:
    """Run servers that begin with some bytes and go on with one every twentieth of a second; gives the port."""
    over, doors = threading.Event(), []

    def serve(door: socket.socket, beginning: bytes) -> None:
        with contextlib.suppress(OSError):
            line, _address = door.accept()
            with line:
                line.sendall(beginning)
                while not over.wait(0.05):
                    line.sendall(b"2")

    def start(beginning: bytes) -> int:
        door = socket.create_server(("127.0.0.1", 0))
        doors.append(door)
        threading.Thread(target=serve, args=(door, beginning), daemon=True).start()
        return int(door.getsockname()[1])

    yield start
    over.set()
    for door in doors:
        door.close()


@pytest.mark.row("F3")
@pytest.mark.usefixtures("open_loopback")
def test_a_handshake_that_trickles_is_cut_off_and_one_that_is_none_is_an_error(
    trickling: Callable[[bytes], int], receiver: Callable[[Handler], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert wire.TIME_LIMIT <= 10
    with pytest.raises(ssl.SSLError):
        wire.post(receiver(plain(200)).replace("http:", "https:"), b"{}", {})
    monkeypatch.setattr(wire, "TIME_LIMIT", 0.4)
    began = time.monotonic()
    with pytest.raises(OSError, match="not done within"):
        wire.post(f"https://127.0.0.1:{trickling(TLS_RECORD)}/", b"{}", {})
    assert time.monotonic() - began < 5


@pytest.mark.row("F3")
@pytest.mark.usefixtures("open_loopback")
def test_a_certificate_that_nobody_vouches_for_is_an_error(tmp_path: Path) -> None:
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    made = [*request, "-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "certificate")]
    subprocess.run(made, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate", tmp_path / "key")
    heard: list[bytes] = []

    def serve(door: socket.socket) -> None:
        line, _address = door.accept()
        with contextlib.suppress(OSError), context.wrap_socket(line, server_side=True) as safe:
            heard.append(safe.recv(1000))

    with socket.create_server(("127.0.0.1", 0)) as door:
        server = threading.Thread(target=serve, args=(door,), daemon=True)
        server.start()
        with pytest.raises(ssl.SSLCertVerificationError):
            wire.post(f"https://127.0.0.1:{door.getsockname()[1]}/", b"{}", {})
        server.join(10)
    assert heard in ([], [b""]), "not a byte of the notice was shown"


@pytest.mark.row("F3")
def test_a_name_that_is_looked_up_for_ever_holds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: [] if over.wait(30) else None)
    monkeypatch.setattr(wire, "TIME_LIMIT", 0.2)
    with pytest.raises(TimeoutError):
        wire.post("https://oa.example/", b"{}", {})
    over.set()


def test_a_mail_server_whose_greeting_trickles_holds_nobody(trickling: Callable[[bytes], int], settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", trickling(b"220-"), 0.4
    began = time.monotonic()
    with pytest.raises(UnreachableError, match="not done within"):
        load("email").send(letter())
    assert time.monotonic() - began < 5


FORBIDDEN = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://localhost/",
    "http://0.0.0.0/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://10.0.0.1/",
    "http://192.168.1.1/",
    "http://172.16.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://[fe80::1]/",
    "http://[fc00::1]/",
    "http://224.0.0.1/",
    "http://user:pw@93.184.216.34/",
    "ftp://93.184.216.34/",
    "file:///etc/passwd",
    "gopher://93.184.216.34/",
    "http:///nohost",
    "http://93.184.216.34:99999/",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("url", FORBIDDEN)
def test_addresses_inside_are_refused_without_a_connection(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*args: object, **kwargs: object) -> None:
        raise AssertionError("a connection was made")

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises((wire.ForbiddenAddressError, OSError)):
        wire.post(url, b"{}", {})


def test_the_examined_address_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([[(2, 1, 6, "", ("93.184.216.34", 80))], [(2, 1, 6, "", ("127.0.0.1", 80))]])
    connected: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], **kwargs: object) -> None:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: next(answers))
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(ConnectionRefusedError):
        wire.post("http://rebinding.example/", b"{}", {})
    assert connected == [("93.184.216.34", 80)]
