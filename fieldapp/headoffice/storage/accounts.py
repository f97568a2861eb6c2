"""Branches, staff, laptops and enrolment codes: who may speak to head office."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from sqlalchemy import Connection, Row, insert, select, update

from fieldapp.domain.identifiers import BANK_STREAM
from fieldapp.domain.records import Role
from fieldapp.headoffice.scope import Author
from fieldapp.headoffice.storage import tables
from fieldapp.headoffice.storage.direct import Direct
from fieldapp.headoffice.storage.rows import put


@dataclass(frozen=True, slots=True)
class BranchAccount:
    """A sub-branch; ``code`` is also its stream, ``record`` what laptops read of it."""

    code: str
    record: str
    name: str
    bank: str


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """A member of staff; the id is also that of the record laptops read."""

    staff: str
    name: str
    role: Role
    branch: str
    active: bool

    @property
    def author(self) -> Author:
        return Author(self.staff, self.role, self.branch)


@dataclass(frozen=True, slots=True)
class DeviceAccount:
    """An enrolled laptop. Times are UTC in ISO form; ``counter`` is that of its last request (SYNC 41)."""

    device: str
    staff: str
    name: str
    counter: int
    enrolled_at: str
    last_seen: str | None
    revoked_at: str | None


@dataclass(frozen=True, slots=True)
class CodeAccount:
    """An enrolment code, of which only the hash is kept."""

    code_hash: str
    staff: str
    expires_at: str
    used_at: str | None


class Accounts:
    """The accounts' side of one unit of work. All rows belong to the bank's own stream."""

    def __init__(self, connection: Connection, direct: Direct) -> None:
        self._connection = connection
        self._direct = direct

    def setting(self, name: str) -> str | None:
        """A setting of this head office."""
        rows = self._direct.rows("SELECT content FROM setting WHERE stream = ? AND name = ?", BANK_STREAM, name)
        return str(rows[0][0]) if rows else None

    def set_setting(self, name: str, content: str) -> None:
        """Keep a setting."""
        put(self._connection, tables.setting, [{"stream": BANK_STREAM, "name": name, "content": content}])

    def setting_once(self, name: str, make: Callable[[], str]) -> str:
        """A setting that is made when it is first wanted, and never again: of several who want it at once all get one.

        The unit must be a writing one where it may have to be made.
        """
        kept = self.setting(name)
        if kept is None:
            row = {"stream": BANK_STREAM, "name": name, "content": make()}
            put(self._connection, tables.setting, [row], replace=False)
            kept = self.setting(name)
        assert kept is not None  # noqa: S101 - no setting is ever taken away
        return kept

    def branches(self) -> list[BranchAccount]:
        """Every sub-branch, by code."""
        t = tables.branch
        rows = self._connection.execute(select(t).where(t.c.stream == BANK_STREAM).order_by(t.c.branch))
        return [BranchAccount(row.branch, row.record, row.name, row.bank) for row in rows]

    def branch(self, code: str) -> BranchAccount | None:
        """The sub-branch of this code."""
        return next((branch for branch in self.branches() if branch.code == code), None)

    def put_branch(self, branch: BranchAccount) -> None:
        """Keep a sub-branch."""
        row = {"branch": branch.code, "record": branch.record, "name": branch.name, "bank": branch.bank}
        put(self._connection, tables.branch, [{"stream": BANK_STREAM, **row}])

    def all_staff(self) -> list[StaffAccount]:
        """Everybody, by id."""
        t = tables.staff
        columns = (t.c.staff, t.c.name, t.c.role, t.c.branch, t.c.active)
        rows = self._connection.execute(select(*columns).where(t.c.stream == BANK_STREAM).order_by(t.c.staff))
        return [_staff(row) for row in rows]

    def staff(self, staff: str) -> StaffAccount | None:
        """One member of staff."""
        if "\x00" in staff:  # PostgreSQL does not even compare with it
            return None
        query = "SELECT staff, name, role, branch, active FROM staff WHERE stream = ? AND staff = ?"
        rows = self._direct.rows(query, BANK_STREAM, staff)
        return _staff(rows[0]) if rows else None

    def head_of(self, branch: str) -> StaffAccount | None:
        """A branch head who works in ``branch``, None where nobody does."""
        heads = (one for one in self.all_staff() if one.branch == branch and one.role == "branch_head" and one.active)
        return next(heads, None)

    def put_staff(self, staff: StaffAccount) -> None:
        """Keep a member of staff."""
        row = {"staff": staff.staff, "name": staff.name, "role": staff.role, "branch": staff.branch}
        put(self._connection, tables.staff, [{"stream": BANK_STREAM, **row, "active": int(staff.active)}])

    def devices(self) -> list[DeviceAccount]:
        """Every laptop ever enrolled, oldest first."""
        t = tables.device
        rows = self._connection.execute(
            select(t).where(t.c.stream == BANK_STREAM).order_by(t.c.enrolled_at, t.c.device)
        )
        return [_device(row) for row in rows]

    def device_by_token(self, token_hash: str) -> DeviceAccount | None:
        """The laptop whose token has this hash."""
        return self._found(f"{_DEVICE} WHERE stream = ? AND token_hash = ?", token_hash)

    def device(self, device: str, *, lock: bool = False) -> DeviceAccount | None:
        """One laptop; locked until the unit ends, if asked."""
        if "\x00" in device:
            return None
        query = f"{_DEVICE} WHERE stream = ? AND device = ?"
        locking = lock and self._connection.dialect.name != "sqlite"
        return self._found(f"{query} FOR UPDATE" if locking else query, device)

    def _found(self, query: str, key: str) -> DeviceAccount | None:
        rows = self._direct.rows(query, BANK_STREAM, key)
        return DeviceAccount(*rows[0]) if rows else None

    def add_device(self, device: DeviceAccount, token_hash: str) -> None:
        """Enrol a laptop."""
        self._connection.execute(
            insert(tables.device).values(
                stream=BANK_STREAM,
                device=device.device,
                token_hash=token_hash,
                staff=device.staff,
                name=device.name,
                counter=device.counter,
                enrolled_at=device.enrolled_at,
                last_seen=device.last_seen,
                revoked_at=device.revoked_at,
            )
        )

    def note_contact(self, device: str, *, at: str) -> None:
        """A laptop has asked, and told nothing: its counter is what another request may be telling meanwhile."""
        self._direct.run(
            "UPDATE device SET last_seen = ? WHERE stream = ? AND device = ?",
            *(at, BANK_STREAM, device),
        )

    def admit(self, device: str, author: Author, *, counter: int, at: str) -> bool:
        """A laptop that may speak has spoken, with a counter no lower than its last; whether it is one, and its officer
        still who ``author`` is.

        It is locked until the unit ends.
        """
        admitted = self._direct.rows(
            "UPDATE device SET counter = ?, last_seen = ?"
            " WHERE stream = ? AND device = ? AND counter <= ? AND revoked_at IS NULL"
            " AND EXISTS (SELECT 1 FROM staff WHERE staff.stream = ? AND staff.staff = device.staff AND staff.staff = ?"
            " AND active = 1 AND role = ? AND branch = ?) RETURNING 1",
            *(counter, at, BANK_STREAM, device, counter),
            *(BANK_STREAM, author.staff, author.role, author.branch),
        )
        return bool(admitted)

    def revoke(self, device: str, at: str) -> None:
        """A laptop may not speak any more."""
        self._update_device(device, revoked_at=at)

    def _update_device(self, device: str, **values: Any) -> None:
        t = tables.device
        self._connection.execute(update(t).where(t.c.stream == BANK_STREAM, t.c.device == device).values(**values))

    def add_code(self, code: CodeAccount, issued_at: str) -> None:
        """Keep the hash of a new enrolment code."""
        self._connection.execute(
            insert(tables.enrol_code).values(
                stream=BANK_STREAM,
                code_hash=code.code_hash,
                staff=code.staff,
                issued_at=issued_at,
                expires_at=code.expires_at,
            )
        )

    def code(self, code_hash: str) -> CodeAccount | None:
        """The code with this hash; locked until the unit ends, so that two laptops cannot both use it."""
        t = tables.enrol_code
        row = self._connection.execute(
            select(t).where(t.c.stream == BANK_STREAM, t.c.code_hash == code_hash).with_for_update()
        ).one_or_none()
        return CodeAccount(row.code_hash, row.staff, row.expires_at, row.used_at) if row is not None else None

    def use_code(self, code_hash: str, device: str, at: str) -> None:
        """A code has been used; it never works again."""
        t = tables.enrol_code
        self._connection.execute(
            update(t).where(t.c.stream == BANK_STREAM, t.c.code_hash == code_hash).values(used_at=at, device=device)
        )


_DEVICE = "SELECT device, staff, name, counter, enrolled_at, last_seen, revoked_at FROM device"


def _staff(row: Sequence[Any]) -> StaffAccount:
    staff, name, named_role, branch, active = row
    role: Role = next(role for role in get_args(Role) if role == named_role)
    return StaffAccount(staff, name, role, branch, bool(active))


def _device(row: Row[Any]) -> DeviceAccount:
    return DeviceAccount(row.device, row.staff, row.name, row.counter, row.enrolled_at, row.last_seen, row.revoked_at)
