"""Posting to receivers outside: no redirects, no internal addresses, at most ten seconds and 64 KB."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

TIME_LIMIT = 10.0
SIZE_LIMIT = 64 * 1024
_OK = range(200, 300)
_SERVER_TROUBLE = 500
_RETRIABLE = frozenset({408, 425, 429})


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
    connection = _Pinned(parts.hostname, port, address=_resolve(parts.hostname, port), tls=parts.scheme == "https")
    try:
        connection.connect()
        with hard_limit(connection.sock, TIME_LIMIT):
            connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body=body, headers=dict(headers))
            response = connection.getresponse()
            return Reply(response.status, response.read(SIZE_LIMIT))
    finally:
        connection.close()
