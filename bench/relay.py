"""A relay that counts bytes: what travels between a laptop and head office, headers and all, in both directions."""

from __future__ import annotations

import socket
import threading


class Relay:
    """Listens on a free loopback port and passes everything on to ``target``."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.passed = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def counted(self) -> int:
        """Bytes passed since the last time this was asked."""
        passed, self.passed = self.passed, 0
        return passed

    def close(self) -> None:
        """Take no more connections."""
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                inside, _address = self._listening.accept()
            except OSError:
                return
            outside = socket.create_connection(("127.0.0.1", self._target))
            for one in (inside, outside):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for source, sink in ((inside, outside), (outside, inside)):
                threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while piece := source.recv(1 << 16):
                self.passed += len(piece)
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            source.close()
            sink.close()
