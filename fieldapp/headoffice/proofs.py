"""What head office took, signed: after a restore a laptop proves with it what was forgotten (SYNC 34).

One mark covers all changes of one reply in one stream. Its key is drawn from the key to parcels, which every backup
holds that is younger than the first enrolment; without it nothing is signed, and nothing believed.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence

from fieldapp.headoffice.arrivals import Arrival
from fieldapp.headoffice.parcel_key import PARCEL_KEY
from fieldapp.headoffice.storage.store import Unit
from fieldapp.protocol.messages import PROOF_DIGITS, Proof, SyncReply


class Prover:
    """Signs and recognises, under the key of one head office."""

    def __init__(self) -> None:
        self._key: bytes | None = None

    def learn(self, unit: Unit) -> None:
        """Look for the key until there is one."""
        if self._key is None and (kept := unit.accounts.setting(PARCEL_KEY)) is not None:
            self._key = hmac.digest(kept.encode(), b"receipts", hashlib.sha256)

    def sign(self, staff: str, arrivals: Sequence[Arrival], reply: SyncReply) -> dict[str, str]:
        """The mark for each stream in which ``reply`` tells that changes of ``staff`` were taken."""
        if self._key is None:
            return {}
        taken: dict[str, list[str]] = {}
        for run in reply.runs:
            some = arrivals[run.first : run.first + run.count]
            taken.setdefault(run.stream, []).extend(one.digest[:PROOF_DIGITS] for one in some)
        if reply.receipts:
            digests = {one.id: one.digest[:PROOF_DIGITS] for one in arrivals}
            for receipt in reply.receipts:
                if receipt.rev is not None:
                    taken.setdefault(receipt.stream, []).append(digests[receipt.change])
        return {stream: self._mark(staff, stream, digests) for stream, digests in taken.items()}

    def proven(self, staff: str, arrivals: Sequence[Arrival], proofs: Iterable[Proof]) -> frozenset[str]:
        """The ids of those ``arrivals`` that head office once took from ``staff``; a forged proof proves nothing."""
        digests: set[str] = set()
        for proof in proofs:
            if self._key is not None and hmac.compare_digest(
                self._mark(staff, proof.stream, proof.digests).encode(), proof.mark.encode()
            ):
                digests.update(proof.digests)
        return frozenset(one.id for one in arrivals if one.digest[:PROOF_DIGITS] in digests) if digests else frozenset()

    def _mark(self, staff: str, stream: str, digests: Iterable[str]) -> str:
        assert self._key is not None  # noqa: S101 - whoever asks has looked
        signed = "\n".join((staff, stream, *sorted(digests)))
        return hmac.digest(self._key, signed.encode(), hashlib.sha256).hex()[:PROOF_DIGITS]
