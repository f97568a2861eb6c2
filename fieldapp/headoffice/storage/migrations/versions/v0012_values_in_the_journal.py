"""What a new visit or contact says may stand in the journal alone, and its row in ``record`` leave it out.

An older program would take such a record for an empty one.
"""

from __future__ import annotations

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """What is in the rows already stays there."""
