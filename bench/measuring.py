"""Timing and telling: medians of several runs, ratios to the limit measured in the same run."""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the result: seconds of ours and of the limit, ``detail`` for what else is worth telling."""

    work: str
    ours_s: float
    limit_s: float
    detail: str = ""

    @property
    def ratio(self) -> float:
        """How many times the limit's time ours takes."""
        return self.ours_s / self.limit_s


def timed(work: Callable[[], object]) -> float:
    """Seconds that ``work`` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median_of(runs: int, work: Callable[[], object]) -> float:
    """The median of ``runs`` timings."""
    return statistics.median(timed(work) for _ in range(runs))


def arguments(runs: int) -> argparse.Namespace:
    """The options every benchmark has."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=runs)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--scale", type=float, default=1.0, help="a part of the usual amount, for a quick look")
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
        print(f"{m.work:<52}{_time(m.ours_s):>12}{_time(m.limit_s):>12}{m.ratio:>8.2f}×  {m.detail}")


def _time(seconds: float) -> str:
    return f"{seconds:.3f} s" if seconds >= 0.1 else f"{seconds * 1000:.2f} ms"
