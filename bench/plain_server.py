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

from bench.plain_visits import FIELDS, open_plain, upsert

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]

KEEP = upsert("seq")
AFTER = f"SELECT {', '.join(FIELDS)}, seq FROM visit WHERE seq > ? ORDER BY seq"

connection = open_plain(sys.argv[1], "seq INTEGER", "in_order ON visit (seq)")


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
        last = connection.execute("SELECT coalesce(max(seq), 0) FROM visit").fetchone()[0]
        connection.executemany(KEEP, [[*row, last + place] for place, row in enumerate(rows, 1)])
        connection.execute("COMMIT")
        answer = msgspec.json.encode({"seq": last + len(rows)})
    else:
        found = connection.execute(AFTER, (int(scope["query_string"] or b"0"),)).fetchall()
        answer = zstandard.ZstdCompressor(level=3).compress(msgspec.json.encode(found)) if found else b""
    headers = [(b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 200 if answer else 204, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


if __name__ == "__main__":
    uvicorn.run(application, host="127.0.0.1", port=int(sys.argv[2]), log_config=None, access_log=False, lifespan="off")
