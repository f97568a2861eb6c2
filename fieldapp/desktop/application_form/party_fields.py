"""Who somebody is, in the questions about people: found or new, known already, and what a guarantor promises."""

from __future__ import annotations

from functools import partial

from fieldapp.desktop.application_form.backing_words import GUARANTEES
from fieldapp.desktop.application_form.masked_entry import MaskedEntry
from fieldapp.desktop.application_form.person_field import PersonField
from fieldapp.desktop.application_form.row_values import fen_in, money_of
from fieldapp.desktop.components.entry import Entry
from fieldapp.desktop.components.field import Field
from fieldapp.desktop.components.money_field import MoneyField
from fieldapp.desktop.components.overlay import Overlay
from fieldapp.desktop.components.segmented import Segmented
from fieldapp.desktop.page import Shell
from fieldapp.desktop.session import DesktopSession
from fieldapp.domain.application_records import PartyRole
from fieldapp.domain.masking import masked_identity_number, masked_phone
from fieldapp.domain.records import Person
from fieldapp.services.application_parties import Candidate, PartyDraft, candidates
from fieldapp.services.reveal import reveal
from fieldapp.translation import tr


class WhoFields:
    """Somebody found or new: the line to search in, the relation, the numbers of somebody new."""

    def __init__(self, shell: Shell, session: DesktopSession, application: str) -> None:
        self._choice = PersonField(shell, partial(candidates, session.store, application))
        self._relation, self._identity, self._mobile = Entry(), Entry(), Entry()
        self.person = Field(lambda: tr("Who"), self._choice)
        self.relation = Field(lambda: tr("Relation to the applicant"), self._relation)
        self._id_field = Field(lambda: tr("Identity number"), self._identity)
        self._mobile_field = Field(lambda: tr("Telephone"), self._mobile)
        self._overlay: Overlay | None = None
        self._choice.chosen.connect(self._chosen)
        self._choice.resized.connect(self._refit)

    def numbers(self) -> dict[str, Field]:
        """The fields of somebody new."""
        return {"id_number": self._id_field, "mobile": self._mobile_field}

    def stand_in(self, overlay: Overlay) -> None:
        """Learn what has to fit when rows come and go."""
        self._overlay = overlay

    def draft(self, role: PartyRole, promise: PromiseFields | None) -> PartyDraft:
        """What is typed. Raises Invalid for an amount that cannot be read."""
        mode, fen = promise.read() if promise is not None else (None, None)
        return PartyDraft(
            role=role,
            person=self._choice.person(),
            name=self._choice.new_name(),
            relation=self._relation.text(),
            id_number=self._identity.text() if not self._id_field.isHidden() else "",
            mobile=self._mobile.text() if not self._mobile_field.isHidden() else "",
            mode=mode,
            amount_fen=fen,
        )

    def _chosen(self, candidate: Candidate | None) -> None:
        self._id_field.setVisible(candidate is None or not candidate.has_identity)
        self._mobile_field.setVisible(candidate is None or not candidate.has_mobile)
        self._refit()

    def _refit(self) -> None:
        if self._overlay is not None:
            self._overlay.refit()


class KnownFields:
    """Somebody in the application already: the relation, and the numbers, masked until they are shown."""

    def __init__(self, shell: Shell, session: DesktopSession, record: str, person: Person, relation: str) -> None:
        self._relation = Entry()
        self._relation.setText(relation)
        self._identity = MaskedEntry(masked_identity_number)
        self._mobile = MaskedEntry(masked_phone)
        self.relation = Field(lambda: tr("Relation to the applicant"), self._relation)
        for control, name, known in (
            (self._identity, "id_number", person.id_number),
            (self._mobile, "mobile", person.mobile),
        ):
            control.show_masked(known or "")
            show = partial(
                shell.jobs.run,
                partial(reveal, session.store, record, name),
                owner=control,
                done=control.show_clear,
                failed=shell.explain,
            )
            control.reveal_wanted.connect(show)

    def numbers(self) -> dict[str, Field]:
        """The fields of the numbers."""
        return {
            "id_number": Field(lambda: tr("Identity number"), self._identity),
            "mobile": Field(lambda: tr("Telephone"), self._mobile),
        }

    def draft(self, role: PartyRole, promise: PromiseFields | None) -> PartyDraft:
        """What is typed. Raises Invalid for an amount that cannot be read."""
        mode, fen = promise.read() if promise is not None else (None, None)
        return PartyDraft(
            role=role,
            relation=self._relation.text(),
            id_number=self._identity.text(),
            mobile=self._mobile.text(),
            mode=mode,
            amount_fen=fen,
        )


class PromiseFields:
    """What a guarantor promises: the mode, which has to be stated, and the amount."""

    def __init__(self, mode: str | None = None, fen: int | None = None) -> None:
        self._mode, self._amount = Segmented(GUARANTEES), MoneyField(big=False)
        self._mode.choose(mode)
        self._amount.set_value(money_of(fen))

    def fields(self) -> dict[str, Field]:
        """The fields."""
        return {
            "mode": Field(lambda: tr("Mode of the guarantee"), self._mode, key="Alt 1–2"),
            "amount_fen": Field(lambda: tr("Amount guaranteed"), self._amount),
        }

    def read(self) -> tuple[str | None, int | None]:
        """The mode and the amount in fen. Raises Invalid (``amount``)."""
        mode = self._mode.value()
        return (str(mode) if mode is not None else None), fen_in(self._amount, "amount_fen")
