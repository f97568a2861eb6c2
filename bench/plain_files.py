"""The limit's server of photos: PUT and GET of whole ones in plain SQLite (WAL, synchronous=FULL). Nothing else.

``python -m bench.plain_files DATABASE PORT``
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
from sqlcipher3 import dbapi2 as sqlite

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]

connection = sqlite.connect(sys.argv[1], isolation_level=None, check_same_thread=False)
connection.execute("PRAGMA journal_mode = WAL")
connection.execute("PRAGMA synchronous = FULL")
connection.execute("CREATE TABLE IF NOT EXISTS photo (path TEXT PRIMARY KEY, bytes BLOB NOT NULL)")


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """PUT stores what is sent under its path; GET gives it back."""
    if scope["type"] != "http":
        return
    pieces = []
    while True:
        message = await receive()
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    answer = b""
    if scope["method"] == "PUT":
        connection.execute("INSERT OR REPLACE INTO photo VALUES (?, ?)", (scope["path"], b"".join(pieces)))
    else:
        answer = connection.execute("SELECT bytes FROM photo WHERE path = ?", (scope["path"],)).fetchone()[0]
    headers = [(b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


if __name__ == "__main__":
    uvicorn.run(application, host="127.0.0.1", port=int(sys.argv[2]), log_config=None, access_log=False, lifespan="off")
