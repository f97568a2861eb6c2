"""One consistent look at the database, for queries."""

from __future__ import annotations

from fieldapp.store.activity import Activities
from fieldapp.store.attachments import Attachments
from fieldapp.store.connection import Connection
from fieldapp.store.drafts import Drafts
from fieldapp.store.handed_in import HandedIn
from fieldapp.store.images import Images
from fieldapp.store.open_items import OpenItems
from fieldapp.store.outbox import Outbox
from fieldapp.store.privacy import PrivacyEvents
from fieldapp.store.promises import Promises
from fieldapp.store.proofs import Proofs
from fieldapp.store.prospect_list import ProspectList
from fieldapp.store.records import Records
from fieldapp.store.state import State


class View:
    """What a query may read. Made by ``Store.reading``; never kept beyond it."""

    def __init__(self, connection: Connection) -> None:
        self.records = Records(connection)
        self.outbox = Outbox(connection)
        self.handed_in = HandedIn(connection)
        self.open_items = OpenItems(connection)
        self.drafts = Drafts(connection)
        self.attachments = Attachments(connection)
        self.state = State(connection)
        self.images = Images(connection, self.state)
        self.proofs = Proofs(connection)
        self.prospects = ProspectList(connection)
        self.promises = Promises(connection)
        self.activities = Activities(connection)
        self.privacy = PrivacyEvents(connection)
