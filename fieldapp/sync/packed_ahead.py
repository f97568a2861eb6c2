"""The long part of a request, packed while the one before it is still on its way."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import zstandard

from fieldapp.protocol.messages import SyncRequest
from fieldapp.protocol.wire import compressing


class PackedAhead:
    """Changes as the beginning of a request's body, of which the rest depends on a reply that is not here yet.

    For one request only: once it has been ended, nothing can be added.
    """

    def __init__(self, bodies: Sequence[bytes], coding: str) -> None:
        """``coding`` is the content coding of the whole (``zstd`` or ``zstd-words``)."""
        self.coding = coding
        self._packing = compressing(coding)
        begun = self._packing.compress(b'{"changes":[' + b",".join(bodies) + b"],")
        self._begun = begun + self._packing.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)

    def ended(self, request: SyncRequest) -> bytes:
        """The body of ``request``, whose changes these are."""
        rest = msgspec.json.encode(msgspec.structs.replace(request, changes=[]))  # which leaves them out
        return self._begun + self._packing.compress(rest[1:]) + self._packing.flush()
