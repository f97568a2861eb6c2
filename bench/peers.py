"""The same work by others that people trust: Anki's sync server and PouchDB, beside the limit in the same run.

``python -m bench.peers`` needs ``uv`` (which fetches Anki into an environment of its own) and Node with npm (which
fetches PouchDB and its server into a folder under the system's cache); neither becomes part of this program. One that
cannot be had is named and left out.
"""

from __future__ import annotations

import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec
import platformdirs

from bench.exchange import MORE_TIMES, limit_of, ours_of
from bench.measuring import Measured, arguments, tell
from bench.visits_made import visits

_HERE = Path(__file__).parent
_ANKI = "anki==26.9.3"
_POUCHDB = ("pouchdb@9.0.0", "pouchdb-server@4.2.0")
_PATIENCE_S = 1800


def main() -> None:
    options = arguments(runs=3, only=("anki or pouchdb; both without it", ""))
    number = int(10_000 * options.scale)
    wanted = [name for name in ("anki", "pouchdb") if options.only in ("", name)]
    found: dict[str, list[dict[str, float]]] = {"ours": [], **{name: [] for name in wanted}}
    limit = []
    for run in range(options.runs):
        with tempfile.TemporaryDirectory() as folder:
            limit.append(limit_of(Path(folder), number, run))
            found["ours"].append(ours_of(Path(folder), number, run))
        for name in [name for name in wanted if name in found]:
            with tempfile.TemporaryDirectory() as folder:
                try:
                    found[name].append(_peer(name, Path(folder), number, run))
                except (OSError, subprocess.SubprocessError, ValueError) as error:
                    print(f"{name} is left out: {error}", file=sys.stderr)
                    del found[name]
    tell(
        [
            Measured(
                f"{work}: {name}",
                statistics.median(run[work] for run in runs),
                statistics.median(run[work] for run in limit),
            )
            for work in limit[0]
            for name, runs in found.items()
        ],
        as_json=options.json,
    )


def _peer(name: str, folder: Path, number: int, seed: int) -> dict[str, float]:
    """Seconds by work, measured by the peer's own client in a process of its own."""
    made = folder / "visits.jsonl"
    some = visits(random.Random(seed), "01a2b3c4d5e6f708192a3b4c5d6e7f80", number + MORE_TIMES)
    made.write_bytes(b"\n".join(map(msgspec.json.encode, some)))
    if name == "anki":
        command = ["uv", "run", "--no-project", "--isolated", "--with", _ANKI, "python", str(_HERE / "anki_peer.py")]
        environment = None
    else:
        modules = _pouchdb()
        command = [_found("node"), str(_HERE / "pouchdb_peer.js")]
        environment = {"NODE_PATH": str(modules), "PATH": str(Path(_found("node")).parent)}
    told = subprocess.run(
        [*command, str(made), str(folder), str(number)],
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
        check=False,
        env=environment,
    )
    if told.returncode:
        raise ValueError(told.stderr.strip()[-400:])
    measured: dict[str, float] = json.loads(told.stdout.splitlines()[-1])
    return measured


def _pouchdb() -> Path:
    """Where its modules are; fetched once."""
    folder = Path(platformdirs.user_cache_dir("fieldapp-bench", appauthor=False)) / "pouchdb"
    modules = folder / "node_modules"
    if not (modules / "pouchdb-server").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [_found("npm"), "install", "--no-audit", "--no-fund", "--prefix", str(folder), *_POUCHDB],
            check=True,
            capture_output=True,
            timeout=_PATIENCE_S,
        )
    return modules


def _found(program: str) -> str:
    place = shutil.which(program)
    if place is None:
        raise OSError(f"{program} is not installed")
    return place


if __name__ == "__main__":
    main()
