"""The visits and contacts of a customer are found by their officer's index, which every reading of a page needs anyway.

In an index by customer each of them lay somewhere else: a push wrote all of its pages anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_ALL_ELSE = sa.text("kind <> 'contact' AND kind <> 'visit'")


def upgrade() -> None:
    """Make both indexes anew."""
    op.drop_index("record_by_root", "record")
    op.drop_index("record_by_owner", "record")
    op.create_index("record_by_root", "record", ["stream", "root"], sqlite_where=_ALL_ELSE, postgresql_where=_ALL_ELSE)
    op.create_index("record_by_owner", "record", ["stream", "owner", "seq", "root"])
