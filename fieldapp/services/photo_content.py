"""The bytes of a photo that this laptop keeps, for showing it."""

from __future__ import annotations

from fieldapp.store.database import Store


def photo_content(store: Store, digest: str) -> bytes | None:
    """The whole picture, None when it is unknown here or bytes of it have not arrived yet."""
    with store.reading() as view:
        return view.attachments.content(digest)
