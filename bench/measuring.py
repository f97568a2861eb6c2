"""Timing and telling: medians of several runs, ratios to the limit measured in the same run."""

from __future__ import annotations

import argparse
import gc
import json
import platform
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the result: ours and the limit's, in seconds or in ``unit``; ``detail`` for what else there is."""

    work: str
    ours_s: float
    limit_s: float
    detail: str = ""
    unit: str = "s"

    @property
    def ratio(self) -> float:
        """How many times the limit's ours is."""
        return self.ours_s / self.limit_s


def timed(work: Callable[[], object]) -> float:
    """Seconds that ``work`` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def spent(work: Callable[[], object]) -> float:
    """Seconds of processor time that ``work`` takes, here and in the programs it calls: fair on a shared machine."""
    before = _processor()
    work()
    return _processor() - before


def _processor() -> float:
    called = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + called.ru_utime + called.ru_stime


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Python's collector does nothing, as on the program's threads (docs/decisions/garbage-on-one-thread.md)."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def median_of(runs: int, work: Callable[[], object]) -> float:
    """The median of ``runs`` timings."""
    return statistics.median(timed(work) for _ in range(runs))


def arguments(runs: int, **flags: tuple[str, bool | str]) -> argparse.Namespace:
    """The options every benchmark has, and ``flags`` of its own: name to (help, default)."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=runs)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--scale", type=float, default=1.0, help="a part of the usual amount, for a quick look")
    for name, (told, default) in flags.items():
        act = "store_true" if isinstance(default, bool) else "store"
        parser.add_argument(f"--{name}", action=act, help=told, default=default)
    return parser.parse_args()


def tell(measured: list[Measured], *, as_json: bool) -> None:
    """Print the table."""
    if as_json:
        lines = [
            {"work": m.work, "ours_s": m.ours_s, "limit_s": m.limit_s, "ratio": m.ratio, "detail": m.detail}
            for m in measured
        ]
        print(json.dumps({"python": platform.python_version(), "measured": lines}, ensure_ascii=False))
        return
    print(f"{'work':<52}{'ours':>12}{'limit':>12}{'ratio':>9}")
    for m in measured:
        ours, limit = (_told(amount, m.unit) for amount in (m.ours_s, m.limit_s))
        print(f"{m.work:<52}{ours:>12}{limit:>12}{m.ratio:>8.2f}×  {m.detail}")


def _told(amount: float, unit: str) -> str:
    return _time(amount) if unit == "s" else f"{amount:,.0f} {unit}"


def _time(seconds: float) -> str:
    return f"{seconds:.3f} s" if seconds >= 0.1 else f"{seconds * 1000:.2f} ms"
