"""What an administrator does at head office: start one, add branches, staff and products, look after laptops."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import get_args

import msgspec
import uuid_utils

from fieldapp.domain.errors import Actionable
from fieldapp.domain.identifiers import BANK_STREAM
from fieldapp.domain.kinds import record_of, values_of
from fieldapp.domain.record_rules import NAME_LIMIT, problems_of
from fieldapp.domain.records import Branch, Product, Record, Role, Staff
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.audit import StreamAudit, audit, audit_of
from fieldapp.headoffice.backup import Tried, back_up, note_tried
from fieldapp.headoffice.database import create_database, discard_database, open_database
from fieldapp.headoffice.enrolment import CODE_DAYS, HEAD_OFFICE_ID, IssuedCode, issue_code
from fieldapp.headoffice.export import Exported, ExportFormat, export
from fieldapp.headoffice.instants import iso
from fieldapp.headoffice.known_staff import known_staff
from fieldapp.headoffice.ledger import Ledger
from fieldapp.headoffice.merge import merge
from fieldapp.headoffice.parcels import Admitted, Contents, admit, contents, hand_ins
from fieldapp.headoffice.product_files import default_products
from fieldapp.headoffice.purging import Purged, purge
from fieldapp.headoffice.reassignment import HEAD_OFFICE, HandedOn, Reassigned, reassign, reassign_all
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.seals import certificate_text, make_authority
from fieldapp.headoffice.storage.accounts import BranchAccount, StaffAccount
from fieldapp.headoffice.storage.attachments import Reference
from fieldapp.headoffice.storage.moves import Moves
from fieldapp.headoffice.storage.parcels import HandInRow
from fieldapp.headoffice.storage.store import Busy, Store, Unit
from fieldapp.headoffice.unnamed_photos import Removed, remove_unnamed
from fieldapp.headoffice.written_hand_ins import write_out
from fieldapp.protocol.changes import Change, body_digest, encode_change
from fieldapp.protocol.identifiers import Clock, new_change_id, new_record_id

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A laptop as the list shows it; times are UTC in ISO form."""

    device: str
    name: str
    staff: str
    staff_name: str
    branch: str
    enrolled_at: str
    last_seen: str | None
    revoked_at: str | None


class Administration:
    """An administrator's hands on one head office. Every method raises Actionable when it cannot do its work."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self._clock = clock

    def add_branch(self, branch: Branch) -> str:
        """Add a sub-branch; returns its code, which is also its stream.

        Raises Actionable: ``branch_code``, ``branch_exists``, and what the record rules say.
        """
        code = branch.code
        if not _CODE.fullmatch(code) or code == BANK_STREAM:
            raise Actionable(
                "branch_code", Sentence("A sub-branch's code is 1 to 32 letters, digits, dashes or underlines.")
            )
        _require_name(branch.name)
        with self._alone() as unit:
            if unit.accounts.branch(code) is not None:
                raise Actionable("branch_exists", Sentence("There already is a sub-branch {code}.", code=code))
            record = new_record_id()
            unit.records.add_stream(code)
            unit.accounts.put_branch(BranchAccount(code, record, branch.name, branch.bank))
            self._publish(unit, "branch", record, branch)
        log.info("branch_added", extra={"branch": code})
        return code

    def branches(self) -> list[BranchAccount]:
        """Every sub-branch, by code."""
        with self._reading() as unit:
            return unit.accounts.branches()

    def add_staff(self, name: str, role: str, branch: str) -> str:
        """Add a member of staff; returns their id.

        Raises Actionable: ``name``, ``role``, ``branch_unknown``.
        """
        _require_name(name)
        known = _role(role)
        staff = new_record_id()
        with self._alone() as unit:
            if unit.accounts.branch(branch) is None:
                raise Actionable("branch_unknown", Sentence("There is no sub-branch {code}.", code=branch))
            unit.accounts.put_staff(StaffAccount(staff, name, known, branch, active=True))
            self._publish(unit, "staff", staff, Staff(name=name, role=known, branch=branch))
        log.info("staff_added", extra={"staff": staff, "branch": branch})
        return staff

    def retire_staff(self, staff: str) -> None:
        """A member of staff has left: their laptops are not let in any more. Raises Actionable: ``staff_unknown``."""
        self._put_staff(staff, lambda _unit, account: replace(account, active=False))
        log.info("staff_retired", extra={"staff": staff})

    def change_staff(self, staff: str, *, name: str | None = None, role: str | None = None) -> None:
        """A member of staff is called otherwise, or has another role.

        Raises Actionable: ``name``, ``role``, ``staff_unknown``, ``has_customers`` (a role that decides has none).
        """
        if name is not None:
            _require_name(name)
        known = _role(role) if role is not None else None

        def changed(unit: Unit, account: StaffAccount) -> StaffAccount:
            after = replace(account, name=name or account.name, role=known or account.role)
            if after.author.decides and not account.author.decides:
                _require_no_customers(unit, after)
            return after

        self._put_staff(staff, changed)
        log.info("staff_changed", extra={"staff": staff})

    def staff(self) -> list[StaffAccount]:
        """Everybody on the staff."""
        with self._reading() as unit:
            return unit.accounts.all_staff()

    def put_product(self, product: Product) -> int:
        """Add a product, or a new version of one: older versions stay but are no longer on sale. Returns the version.

        The version in ``product`` counts only for a product that is new. Raises Actionable with what is wrong.
        """
        problems = problems_of("product", values_of(product))
        if problems:
            raise problems[0]
        if not _CODE.fullmatch(product.code):
            raise Actionable(
                "product_code", Sentence("A product's code is 1 to 32 letters, digits, dashes or underlines.")
            )
        if not 1 <= product.min_months <= product.max_months <= 360:
            raise Actionable("product_months", Sentence("A product's term runs from 1 to at most 360 months."))
        with self._alone() as unit:
            version = product.version
            for earlier in unit.records.of_kind(BANK_STREAM, "product"):
                known = record_of(Product, earlier.values)
                if known.code == product.code:
                    version = max(version, known.version + 1)
                    if known.on_sale:
                        self._publish(unit, "product", earlier.record, msgspec.structs.replace(known, on_sale=False))
            self._publish(unit, "product", new_record_id(), msgspec.structs.replace(product, version=version))
        log.info("product_put", extra={"product": product.code, "version": version})
        return version

    def change_products(self, products: list[Product]) -> dict[str, int]:
        """Put those of ``products`` that differ from what is on sale; returns the version of each that was put."""
        standing = {product.code: product for product in self.products() if product.on_sale}
        changed = [
            product
            for product in products
            if product.code not in standing
            or msgspec.structs.replace(product, version=standing[product.code].version) != standing[product.code]
        ]
        return {product.code: self.put_product(product) for product in changed}

    def withdraw_product(self, code: str) -> int:
        """Take a product off sale; loans and applications keep the version they name. Returns the version withdrawn.

        Raises Actionable: ``product_unknown``.
        """
        with self._alone() as unit:
            for kept in unit.records.of_kind(BANK_STREAM, "product"):
                known = record_of(Product, kept.values)
                if known.code == code and known.on_sale:
                    self._publish(unit, "product", kept.record, msgspec.structs.replace(known, on_sale=False))
                    log.info("product_withdrawn", extra={"product": code, "version": known.version})
                    return known.version
        raise Actionable("product_unknown", Sentence("No product {code} is on sale.", code=code[:100]))

    def products(self) -> list[Product]:
        """Every version of every product, oldest first."""
        with self._reading() as unit:
            return [record_of(Product, kept.values) for kept in unit.records.of_kind(BANK_STREAM, "product")]

    def purge(self, days: int) -> list[Purged]:
        """Forget which records left whom more than ``days`` ago; who has not asked since then reads all anew."""
        with _in_words():
            return purge(self.store, self._clock.now() - timedelta(days=days))

    def remove_unnamed_photos(self, days: int) -> Removed:
        """Remove the photos that no record names and that nobody added to for more than ``days``."""
        with _in_words():
            return remove_unnamed(self.store, self._clock.now() - timedelta(days=days))

    def issue_code(self, staff: str, *, days: int = CODE_DAYS) -> IssuedCode:
        """A one-time code with which an officer enrols a laptop."""
        with _in_words():
            return issue_code(self.store, self._clock, staff, days=days)

    def devices(self) -> list[DeviceLine]:
        """Every laptop ever enrolled, oldest first."""
        with self._reading() as unit:
            staff = {account.staff: account for account in unit.accounts.all_staff()}
            return [
                DeviceLine(
                    device=device.device,
                    name=device.name,
                    staff=device.staff,
                    staff_name=staff[device.staff].name,
                    branch=staff[device.staff].branch,
                    enrolled_at=device.enrolled_at,
                    last_seen=device.last_seen,
                    revoked_at=device.revoked_at,
                )
                for device in unit.accounts.devices()
            ]

    def revoke(self, device: str) -> None:
        """A laptop is lost or its officer gone: it is not let in any more. Raises Actionable: ``device_unknown``."""
        with self._writing() as unit:
            account = unit.accounts.device(device)
            if account is None:
                raise Actionable("device_unknown", Sentence("No laptop has the number {device}.", device=device))
            if account.revoked_at is None:
                unit.accounts.revoke(device, iso(self._clock.now()))
        log.info("device_revoked", extra={"device": device})

    def reassign(self, prospect: str, to: str) -> Reassigned:
        """Give a prospect with everything about it to another officer, of whatever sub-branch.

        Raises Actionable like ``reassignment.reassign``.
        """
        with _in_words():
            return reassign(self.store, self._clock, prospect, to)

    def reassign_all(self, staff: str, to: str, progress: Callable[[int], None] = lambda _done: None) -> HandedOn:
        """Give every prospect of one officer to another; goes on where it was stopped.

        Raises Actionable like ``reassignment.reassign_all``.
        """
        with _in_words():
            return reassign_all(self.store, self._clock, staff, to, progress)

    def hand_ins(self) -> list[HandInRow]:
        """What laptops that were shut out have handed in, the oldest first."""
        with _in_words():
            return hand_ins(self.store)

    def look_into(self, hand_in: str) -> Contents:
        """What is in a hand-in, counted. Raises Actionable: ``hand_in_unknown``, ``hand_in_unreadable``."""
        with _in_words():
            return contents(self.store, hand_in)

    def write_out(self, hand_in: str, file: Path) -> int:
        """Write what is in a hand-in to ``file``, to be read. Raises like ``written_hand_ins.write_out``."""
        with _in_words():
            return write_out(self.store, hand_in, file)

    def admit(self, hand_in: str, by: str) -> Admitted:
        """Let a hand-in in as late work, decided by a member of staff. Raises like ``parcels.admit``."""
        with _in_words():
            return admit(self.store, self._clock, hand_in, by)

    def verify_chain(self, stream: str) -> int:
        """How many entries a stream's journal has, each verified against the one before and the last against the head.

        Raises Actionable: ``stream_unknown``, ``chain_broken``.
        """
        with self._reading() as unit:
            audited = audit_of(unit, stream)
        if audited is None:
            raise Actionable("stream_unknown", Sentence("There is no sub-branch {code}.", code=stream))
        if audited.broken_at is not None:
            raise broken(audited.stream, audited.broken_at)
        return audited.entries

    def back_up(self, location: str, target: Path) -> Tried:
        """Copy the file at ``location``, this head office's, and try the copy; see ``back_up``."""
        with _in_words():
            return back_up(self.store, location, target, self._clock)

    def note_tried(self, restored: str) -> Tried:
        """Count a backup that was restored on trial; see ``note_tried``."""
        with _in_words():
            return note_tried(self.store, restored, self._clock)

    def audit(self) -> Iterator[StreamAudit]:
        """Every stream's journal in turn, read through (DOMAIN E8)."""
        with _in_words():
            yield from audit(self.store)

    def export(
        self,
        folder: Path,
        *,
        branch: str | None = None,
        shape: ExportFormat = "csv",
        attachments: bool = False,
        progress: Callable[[int], None] = lambda _rows: None,
    ) -> Exported:
        """Everything of a sub-branch, or of the bank, as tables in a folder; see ``export``."""
        with _in_words():
            return export(self.store, folder, branch=branch, shape=shape, attachments=attachments, progress=progress)

    def records_of(self, kind: str) -> list[StoredRecord]:
        """Every record of a kind that stands, of all sub-branches."""
        with self._reading() as unit:
            return [one for stream in unit.records.streams() for one in unit.records.of_kind(stream, kind)]

    def seal_authority(self) -> str:
        """The certificate of the authority that certifies the laptops' seals, in PEM form."""
        with self._writing() as unit:
            return certificate_text(make_authority(unit, self._clock))

    def incomplete(self) -> list[Reference]:
        """Records that stand but wait for an attachment."""
        with self._reading() as unit:
            return unit.attachments.awaited()

    def start(self) -> None:
        """Make a new head office its own: an id, the bank's stream, the authority that certifies the laptops' seals."""
        with self._writing() as unit:
            unit.accounts.set_setting(HEAD_OFFICE_ID, uuid_utils.uuid7().hex)
            unit.records.add_stream(BANK_STREAM)
            make_authority(unit, self._clock)

    def _put_staff(self, staff: str, changed: Callable[[Unit, StaffAccount], StaffAccount]) -> None:
        """Change somebody while nobody else changes staff, gives them work, or takes theirs in (``admission``)."""
        with self._writing() as unit:
            unit.records.heads([BANK_STREAM, known_staff(unit, staff).branch], lock=True)
            account = changed(unit, known_staff(unit, staff))
            unit.accounts.put_staff(account)
            told = Staff(name=account.name, role=account.role, branch=account.branch, active=account.active)
            self._publish(unit, "staff", staff, told)

    def _publish(self, unit: Unit, kind: str, record: str, shape: Record) -> None:
        """Write a record that laptops only read, through the same numbering as everything else."""
        at = iso(self._clock.now())
        heads = unit.records.heads([BANK_STREAM], lock=True)
        ledger = Ledger(unit, heads, unit.records.find([record], [BANK_STREAM]), device="", at=at)
        current = ledger.record(record)
        standing = current.values if current is not None else {}
        change = Change(
            id=new_change_id(),
            n=0,
            stream=BANK_STREAM,
            kind=kind,
            record=record,
            fields={name: (standing.get(name), value) for name, value in values_of(shape).items()},
            actor=HEAD_OFFICE,
            made_at=at,
            new=current is None,
        )
        merged = merge(current, change, None)
        if merged.record is None or merged.outcome not in ("created", "merged"):
            raise merged.refusal or ValueError("a mirror record did not merge")
        body = encode_change(change)
        ledger.enter(change, body, body_digest(body), merged.record)
        ledger.keep()
        ledger.flush()

    @contextmanager
    def _writing(self) -> Iterator[Unit]:
        with _in_words(), self.store.writing() as unit:
            yield unit

    @contextmanager
    def _alone(self) -> Iterator[Unit]:
        """A unit in which no other administrator changes staff, products or sub-branches: what is read still stands."""
        with self._writing() as unit:
            unit.records.heads([BANK_STREAM], lock=True)
            yield unit

    @contextmanager
    def _reading(self) -> Iterator[Unit]:
        with _in_words(), self.store.reading() as unit:
            yield unit


def create_head_office(location: str | Path, clock: Clock, *, products: bool = True) -> Administration:
    """A new head office at ``location`` (a file, or a ``postgresql://`` URL), with the default products if wanted.

    Raises Actionable: ``exists``, ``no_folder``, ``no_permission``, ``disk_full``, ``no_connection``, ``database_url``;
    no file is left behind then.
    """
    administration = Administration(create_database(str(location)), clock)
    try:
        administration.start()
        for product in default_products() if products else ():
            administration.put_product(product)
    except BaseException:
        administration.store.close()
        discard_database(str(location))
        raise
    log.info("head_office_created")
    return administration


def open_head_office(location: str | Path, clock: Clock) -> Administration:
    """The head office at ``location``.

    Raises Actionable: ``no_file``, ``not_head_office``, ``newer``, ``no_permission``, ``no_connection``.
    """
    return Administration(open_database(str(location)), clock)


_CODE = re.compile(r"[A-Za-z0-9_-]{1,32}", re.ASCII)


def _role(role: str) -> Role:
    for known in get_args(Role):
        if known == role:
            return known  # type: ignore[no-any-return]  # get_args gives Any; the values are the Role's own
    raise Actionable(
        "role", Sentence("There is no role {role}. Roles are {roles}.", role=role, roles=", ".join(get_args(Role)))
    )


def _require_no_customers(unit: Unit, account: StaffAccount) -> None:
    """Who decides on applications works in no customer's file: those of their own nobody would look after any more."""
    count = Moves(unit.connection).count_owned(account.branch, "prospect", account.staff)
    if count:
        raise Actionable(
            "has_customers",
            Sentence("Customers of their own: {count}. Who decides on applications has none.", count=count),
            advice=Sentence(
                "Hand them on first with 'fieldapp headoffice reassign --all-of {staff}'.", staff=account.staff
            ),
        )


def _require_name(name: str) -> None:
    if not name.strip() or len(name) > NAME_LIMIT or not name.isprintable():
        raise Actionable(
            "name", Sentence("A name has 1 to {limit} letters, all on one line.", limit=NAME_LIMIT), field="name"
        )


def broken(stream: str, seq: int) -> Actionable:
    """That a journal does not hold from ``seq`` on."""
    return Actionable(
        "chain_broken",
        Sentence(
            "The journal of {stream} was altered: entry {seq} does not follow from those before.",
            stream=stream,
            seq=seq,
        ),
    )


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except Busy as error:
        log.warning("database_busy", exc_info=error)
        raise Actionable(
            "busy",
            Sentence("The database is busy, full or may not be written. Nothing was changed."),
            advice=Sentence("Try again in a moment; check the disk's free space and permissions."),
        ) from error
