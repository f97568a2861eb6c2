"""Who sends comes before who reads: what officers typed is safe first, and one page then tells what took several."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

PAGES_AT_ONCE = 2
"""How many pages are made at a time: they take turns with the interpreter, and with whoever takes in what was sent."""

LONGEST_WAIT_S = 0.25
"""How long a page waits for those who send, should they never cease."""


class Turns:
    """Of one event loop."""

    def __init__(self) -> None:
        self._senders = 0
        self._nobody_sends = asyncio.Event()
        self._nobody_sends.set()
        self._readers = asyncio.Semaphore(PAGES_AT_ONCE)

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Within, something is taken in."""
        self._senders += 1
        self._nobody_sends.clear()
        try:
            yield
        finally:
            self._senders -= 1
            if not self._senders:
                self._nobody_sends.set()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """Within, a page is made: once nobody sends, or that was waited for long enough, and few others are."""
        if self._senders:
            with suppress(TimeoutError):
                async with asyncio.timeout(LONGEST_WAIT_S):
                    await self._nobody_sends.wait()
        async with self._readers:
            yield
