"""The journal's pieces packed and unpacked: the bodies of many changes, compressed together."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import msgspec
import zstandard

from fieldapp.headoffice.plain_entries import Said, said_by

LEAST_PIECE = 4
"""New entries that the journal keeps in one piece; fewer are no smaller for it, and stand alone."""

LARGEST_BYTES = 64 * 1024 * 1024
"""More than one request can bring; what would unpack to more was not written here."""


def packed_bodies(bodies: Sequence[bytes]) -> bytes:
    """The bodies of a run as its piece keeps them."""
    return zstandard.ZstdCompressor(level=1).compress(b"[" + b",".join(bodies) + b"]")  # none may serve two threads


def packed_beside(bodies: Sequence[bytes]) -> Future[bytes]:
    """The same, of many on a thread of its own: compressing needs no interpreter, and what comes next does."""
    if len(bodies) >= _WORTH_A_THREAD:
        return _packing.submit(packed_bodies, bodies)
    packed: Future[bytes] = Future()
    packed.set_result(packed_bodies(bodies))
    return packed


def unpacked_bodies(packed: bytes) -> list[msgspec.Raw]:
    """The bodies that a piece keeps; none where it is not what was written."""
    try:
        if not 0 <= zstandard.frame_content_size(packed) <= LARGEST_BYTES:
            return []
        return _bodies.decode(zstandard.ZstdDecompressor().decompress(packed))
    except (zstandard.ZstdError, msgspec.DecodeError, ValueError, RecursionError):
        return []


def read_said(body: bytes) -> Said | None:
    """What the body of a new entry's change says; None where it is not what was written."""
    try:
        return said_by(body)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


class Unpacked:
    """A piece that is being read: its entries by their place, each looked into when it is asked for."""

    def __init__(self, packed: bytes) -> None:
        bodies = unpacked_bodies(packed)
        self.bytes = sum(memoryview(body).nbytes for body in bodies)
        self._entries: list[msgspec.Raw | Said] = [*bodies]

    def said(self, place: int) -> Said | None:
        """What the change at ``place`` says; None where it cannot be read."""
        if place >= len(self._entries):
            return None
        entry = self._entries[place]
        if isinstance(entry, Said):
            return entry
        said = read_said(bytes(entry))
        if said is not None:
            self._entries[place] = said
        return said


class LastRead:
    """The pieces that were read last, unpacked, for those who read on: most readers are about as far as each other.

    Their bodies take no more than ``most_bytes`` together.
    """

    def __init__(self, most_bytes: int) -> None:
        self._room = most_bytes
        self._pieces: OrderedDict[bytes, Unpacked] = OrderedDict()
        self._lock = threading.Lock()

    def piece(self, chain_hash: bytes, read: Callable[[], bytes]) -> Unpacked:
        """The piece that ends in ``chain_hash``, which no other can; ``read`` gets it where it is not here."""
        with self._lock:
            known = self._pieces.get(chain_hash)
            if known is not None:
                self._pieces.move_to_end(chain_hash)
                return known
        unpacked = Unpacked(read())
        with self._lock:
            if unpacked.bytes and chain_hash not in self._pieces:  # nothing is kept of a damaged one
                self._pieces[chain_hash] = unpacked
                self._room -= unpacked.bytes
            while self._room < 0:
                self._room += self._pieces.popitem(last=False)[1].bytes
        return unpacked


_WORTH_A_THREAD = 100
_packing = ThreadPoolExecutor(2, "headoffice-pack")
_bodies = msgspec.json.Decoder(list[msgspec.Raw])
