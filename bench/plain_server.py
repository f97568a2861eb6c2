"""The limit's server: decode, one bulk insert into plain SQLite (WAL, synchronous=FULL), encode. Nothing else.

``python -m bench.plain_server DATABASE PORT``
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import uvicorn
import zstandard
from sqlcipher3 import dbapi2 as sqlite

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]

connection = sqlite.connect(sys.argv[1], isolation_level=None, check_same_thread=False)
connection.execute("PRAGMA journal_mode = WAL")
connection.execute("PRAGMA synchronous = FULL")
connection.execute("CREATE TABLE IF NOT EXISTS visit (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, body TEXT NOT NULL)")


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """POST stores what is sent; GET gives everything after the number in the query."""
    if scope["type"] != "http":
        return
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    if scope["method"] == "POST":
        rows = msgspec.json.decode(zstandard.ZstdDecompressor().decompress(body))
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO visit (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body", rows
        )
        connection.execute("COMMIT")
        answer = b'{"ok":true}'
    else:
        since = int(scope["query_string"] or b"0")
        found = connection.execute("SELECT seq, id, body FROM visit WHERE seq > ? ORDER BY seq", (since,)).fetchall()
        answer = zstandard.ZstdCompressor(level=3).compress(msgspec.json.encode(found))
    headers = [(b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


if __name__ == "__main__":
    uvicorn.run(application, host="127.0.0.1", port=int(sys.argv[2]), log_config=None, access_log=False, lifespan="off")
