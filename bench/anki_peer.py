"""Anki's part of the comparison: its own server, and two of its collections as laptops. Runs outside this project.

``anki_peer.py VISITS FOLDER NUMBER`` prints seconds by work as JSON. A visit is the content of a note's field.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from anki.collection import AddNoteRequest, Collection
from anki.decks import DeckId
from anki.errors import NetworkError
from anki.sync_pb2 import SyncAuth, SyncCollectionResponse

QUIET_TIMES = 50


def main() -> None:
    """Measure and print."""
    made, folder, number = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    visits = made.read_text().splitlines()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "anki.syncserver"],
        env={
            **os.environ,
            "SYNC_USER1": "officer:secret",
            "SYNC_BASE": str(folder / "server"),
            "SYNC_HOST": "127.0.0.1",
            "SYNC_PORT": str(port),
            "MAX_SYNC_PAYLOAD_MEGS": "500",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        print(json.dumps(_measured(folder, f"http://127.0.0.1:{port}/", visits, number)))
    finally:
        server.kill()


def _measured(folder: Path, address: str, visits: list[str], number: int) -> dict[str, float]:
    first, second = Collection(str(folder / "one.anki2")), Collection(str(folder / "two.anki2"))
    auth = _signed_in(first, address)
    _full(first, auth, upload=True)
    _full(second, auth, upload=False)
    _add(first, visits[:number])
    measured = {
        "push": _timed(lambda: _exchange(first, auth)),
        "pull": _timed(lambda: _exchange(second, auth)),
    }
    measured["nothing changed"] = statistics.median(_timed(lambda: _exchange(first, auth)) for _ in range(QUIET_TIMES))
    more = []
    for visit in visits[number:]:
        _add(first, [visit])
        more.append(_timed(lambda: _exchange(first, auth)) + _timed(lambda: _exchange(second, auth)))
    measured["one more, push and pull"] = statistics.median(more)
    held = second.note_count()
    if held != len(visits):
        raise RuntimeError(f"{held} visits instead of {len(visits)}")
    return measured


def _signed_in(collection: Collection, address: str) -> SyncAuth:
    for _try in range(200):
        try:
            auth = collection.sync_login("officer", "secret", address)
        except NetworkError:  # the server is not there yet
            time.sleep(0.05)
        else:
            auth.endpoint = address
            return auth
    raise RuntimeError("Anki's server does not answer")


def _full(collection: Collection, auth: SyncAuth, *, upload: bool) -> None:
    """What Anki wants once before it exchanges single notes."""
    collection.sync_collection(auth, False)
    collection.close_for_full_sync()
    collection.full_upload_or_download(auth=auth, server_usn=None, upload=upload)
    collection.reopen(after_full_sync=True)


def _exchange(collection: Collection, auth: SyncAuth) -> None:
    done = collection.sync_collection(auth, False)
    if done.required not in (SyncCollectionResponse.NO_CHANGES, SyncCollectionResponse.NORMAL_SYNC):
        raise RuntimeError(f"Anki wants another kind of sync: {done.required}")


def _add(collection: Collection, visits: list[str]) -> None:
    kind = collection.models.by_name("Basic")
    requests = []
    for visit in visits:
        note = collection.new_note(kind)
        note["Front"] = visit
        requests.append(AddNoteRequest(note, DeckId(1)))
    collection.add_notes(requests)


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
