"""A TCP proxy between the product and a server, which can reset, hold or forget what passes through it."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator


class FaultProxy:
    """Forwards connections to a server on the loopback address; its faults strike the connections that are open at the moment."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._lock = threading.Lock()
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._held: set[tuple[socket.socket, socket.socket]] = set()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def reset(self) -> int:
        """Reset every connection, as a firewall does; returns how many there were."""
        with self._lock:
            pairs, self._pairs, self._held = self._pairs, set(), set()
        for pair in pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    end.shutdown(socket.SHUT_RD)
                    end.close()
        return len(pairs)

    def half_open(self) -> int:
        """Forget every connection without telling either end: nothing passes any more, and nobody is told; returns how many."""
        with self._lock:
            self._held |= self._pairs
            return len(self._held)

    def close(self) -> None:
        """End."""
        self._door.close()
        self.reset()

    def _serve(self) -> None:
        while True:
            try:
                client, _address = self._door.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._target), timeout=5)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            pair = (client, server)
            with self._lock:
                self._pairs.add(pair)
            for source, sink in (pair, pair[::-1]):
                threading.Thread(target=self._pump, args=(pair, source, sink), daemon=True).start()

    def _pump(self, pair: tuple[socket.socket, socket.socket], source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if pair in self._held:
                    continue
                sink.sendall(data)
        with self._lock:
            forgotten = pair in self._held
            self._pairs.discard(pair)
        if not forgotten:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.close()


@contextlib.contextmanager
def fault_proxy(target: int) -> Iterator[FaultProxy]:
    """Run a proxy before a port."""
    proxy = FaultProxy(target)
    try:
        yield proxy
    finally:
        proxy.close()
