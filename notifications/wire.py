"""Posting to receivers outside: no redirects, no internal addresses, at most ten seconds and 64 KB."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from django.conf import settings

TIME_LIMIT = 10.0
SIZE_LIMIT = 64 * 1024
_OK = range(200, 300)
_SERVER_TROUBLE = 500
_RETRIABLE = frozenset({408, 425, 429})

Found = TypeVar("Found")


class ForbiddenAddressError(Exception):
    """The address is not one that notices may be sent to."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a receiver answered; the body is cut off at `SIZE_LIMIT`."""

    status: int
    body: bytes

    @property
    def is_ok(self) -> bool:
        """Tell whether it was taken."""
        return self.status in _OK

    @property
    def is_for_good(self) -> bool:
        """Tell whether sending the same again is useless."""
        return not self.is_ok and self.status < _SERVER_TROUBLE and self.status not in _RETRIABLE


def within(seconds: float, do: Callable[[], Found], errors: tuple[type[Exception], ...]) -> Found:
    """Do something that may hang where no time-out reaches: looking a name up, a greeting or a handshake that trickles.

    It is done in a thread of its own, which is left behind when it takes longer.

    Args:
        seconds: how long it may take.
        do: what is done.
        errors: what it may raise, which is raised here.

    Raises:
        TimeoutError: it took longer.
    """
    found: list[Found] = []
    failed: list[Exception] = []

    def run() -> None:
        try:
            found.append(do())
        except errors as error:
            failed.append(error)

    errand = threading.Thread(target=run, name="errand", daemon=True)
    errand.start()
    errand.join(seconds)
    if failed:
        raise failed[0]
    if not found:
        raise TimeoutError(f"not done within {seconds:.0f} seconds")
    return found[0]


@contextlib.contextmanager
def hard_limit(sock: socket.socket | None, seconds: float) -> Iterator[None]:
    """Shut a socket down when the block takes longer: a time-out of the socket alone lets a trickle of bytes hold us for ever."""
    if sock is None:
        yield
        return
    timer = threading.Timer(seconds, _shut, args=(sock,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _shut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _is_permitted(address: str) -> bool:
    """Tell whether an address may be connected to: public ones, and the networks named in `DUBAN_PRIVATE_RECEIVERS`."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if any(ip in ipaddress.ip_network(network) for network in settings.DUBAN_PRIVATE_RECEIVERS):
        return True
    return ip.is_global and not ip.is_multicast


def _resolve(host: str, port: int) -> str:
    """Return one permitted address of a host; the connection is made to it, so that a second answer of the name cannot differ."""
    addresses = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    refused = [address for address in addresses if not _is_permitted(address)]
    if refused or not addresses:
        raise ForbiddenAddressError(f"{host} leads to {', '.join(refused)}, which notices may not be sent to.")
    return addresses[0]


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was looked up and examined before."""

    def __init__(self, host: str, port: int, *, address: str, tls: bool) -> None:
        super().__init__(host, port, timeout=TIME_LIMIT)
        self._address = address
        self._tls = tls

    def connect(self) -> None:
        """Connect to the examined address, with TLS for the name."""
        sock = socket.create_connection((self._address, self.port), timeout=TIME_LIMIT)
        self.sock = ssl.create_default_context().wrap_socket(sock, server_hostname=self.host) if self._tls else sock


def _connected(host: str, port: int, *, tls: bool) -> _Pinned:
    connection = _Pinned(host, port, address=_resolve(host, port), tls=tls)
    connection.connect()
    return connection


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
    """Post a body to a receiver.

    Raises:
        ForbiddenAddressError: the address is malformed, no http(s), or leads inside.
        OSError: it cannot be reached, hangs, or breaks off (time-outs and TLS errors included).
        http.client.HTTPException: it does not speak HTTP.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise ForbiddenAddressError(f"{url} is not an address that notices can be sent to.")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise ForbiddenAddressError(str(error)) from error
    host, tls, began = parts.hostname, parts.scheme == "https", time.monotonic()
    connection = within(TIME_LIMIT, lambda: _connected(host, port, tls=tls), (OSError, UnicodeError, ForbiddenAddressError))
    try:
        with hard_limit(connection.sock, max(0.0, TIME_LIMIT - (time.monotonic() - began))):
            connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body=body, headers=dict(headers))
            response = connection.getresponse()
            return Reply(response.status, response.read(SIZE_LIMIT))
    finally:
        connection.close()
