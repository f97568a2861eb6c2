"""What can go wrong between a laptop and head office, by what the laptop should do about it.

Decided by status code and error code, never by the words of an answer.
"""

from __future__ import annotations

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.store.faults import in_use

SAFE = Sentence("Everything you recorded is safe on this laptop.")


class SyncTrouble(Actionable):
    """The exchange did not finish; nothing that was saved is touched."""


class TryLater(SyncTrouble):
    """Head office cannot be reached or is busy: the same request again later; not before ``after_s`` if set."""

    def __init__(self, code: str, sentence: Sentence, *, after_s: float | None = None) -> None:
        super().__init__(code, sentence, advice=SAFE)
        self.after_s = after_s


class NotHeadOffice(TryLater):
    """Something answered that is not head office: a captive portal, a proxy, another server."""

    def __init__(self) -> None:
        super().__init__(
            "not_head_office",
            Sentence("What answered is not head office; perhaps this network wants you to sign in first."),
        )


class StrangeAnswer(TryLater):
    """Head office answered what cannot be used, or what leads nowhere: nothing of it was taken in."""

    def __init__(self) -> None:
        super().__init__("strange_answer", Sentence("Head office gave an answer that this program cannot use."))


class SignInAgain(SyncTrouble):
    """Head office does not accept this laptop any more; the outbox is kept."""

    def __init__(self, code: str) -> None:
        super().__init__(
            code,
            Sentence("Head office does not accept this laptop any more."),
            advice=Sentence("Your records stay on it. Ask your administrator for a new enrolment code."),
        )


class HandedIn(SyncTrouble):
    """This laptop was shut out; what it had not sent lies sealed at head office, and its key is gone (SYNC 42)."""

    def __init__(self, changes: int, photos: int) -> None:
        super().__init__(
            "handed_in",
            Sentence("Head office withdrew this laptop's access. Its unsent work was handed in, sealed."),
            advice=Sentence("The records on it cannot be opened any more. Head office looks at what was handed in."),
        )
        self.changes = changes
        self.photos = photos


class UpgradeNeeded(SyncTrouble):
    """Head office speaks a protocol this program does not; the outbox is kept."""

    def __init__(self) -> None:
        super().__init__(
            "upgrade",
            Sentence("This program is too old for head office."),
            advice=Sentence("Your records stay on this laptop. Install the new version, then synchronise."),
        )


class TooLarge(SyncTrouble):
    """The request was larger than head office takes (413): halve it."""

    def __init__(self) -> None:
        super().__init__("too_large", Sentence("This is larger than head office takes."), advice=SAFE)


class CloneFound(SyncTrouble):
    """Another copy of this laptop's records has synchronised since (SYNC 41)."""

    def __init__(self) -> None:
        super().__init__(
            "clone",
            Sentence("A copy of this laptop's records has synchronised with head office elsewhere."),
            advice=Sentence("Your records stay on this laptop. Tell your administrator; it must be enrolled anew."),
        )


class AnotherSync(SyncTrouble):
    """Another process is synchronising this profile (SYNC 41)."""

    def __init__(self) -> None:
        super().__init__(
            "already_running", Sentence("Another window is synchronising these records just now."), advice=SAFE
        )


class OpenElsewhere(SyncTrouble):
    """Another program has the records open, which are about to be closed for good (SYNC 42)."""

    def __init__(self) -> None:
        fault = in_use()
        super().__init__(fault.code, fault.sentence, advice=fault.advice)


class RequestRefused(SyncTrouble):
    """Head office refused the request itself; that should not happen and wants a look."""

    def __init__(self, code: str) -> None:
        super().__init__(
            code or "refused",
            Sentence("Head office could not read what this laptop sent ({code}).", code=code or "?"),
            advice=SAFE,
        )


class Cancelled(SyncTrouble):
    """The officer stopped it; what was confirmed until then stays confirmed."""

    def __init__(self) -> None:
        super().__init__("cancelled", Sentence("Stopped. It goes on from here next time."), advice=SAFE)
