"""Many writers and a reader with transactions held open on purpose, processes and databases shot under load."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import pytest

from fieldapp.domain.records import Prospect
from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.exchange import Exchange
from fieldapp.headoffice.scope import Author
from fieldapp.headoffice.serve import RunningHeadOffice
from fieldapp.headoffice.storage.engines import open_engine
from fieldapp.headoffice.storage.store import Busy, Store, Unit
from fieldapp.sync.troubles import SyncTrouble, TryLater
from tests.headoffice import changes_to_send as send
from tests.headoffice.laptops import Laptop
from tests.offline.oracle import saved_once_everywhere
from tests.offline.processes import HeadOfficeProcess, serve_until_a_commit
from tests.postgresql import KillablePostgresql, new_postgresql_database
from tests.sync.office import LI, Office, closing

PATIENCE_S = 60


class HeldOpen(Store):
    """Every third transaction that writes stays open, all done but the commit, until a reader has read once more."""

    def __init__(self, location: str) -> None:
        super().__init__(open_engine(location))
        self._numbers = count()
        self._read = threading.Condition()
        self._reads = 0
        self.reader_works = True

    def has_read(self) -> None:
        with self._read:
            self._reads += 1
            self._read.notify_all()

    @contextmanager
    def writing(self, *, patient: bool = True) -> Iterator[Unit]:
        with super().writing(patient=patient) as unit:
            yield unit
            if next(self._numbers) % 3 == 0:
                with self._read:
                    before = self._reads
                    assert self._read.wait_for(lambda: self._reads > before or not self.reader_works, PATIENCE_S)


@pytest.mark.parametrize("location", ["postgresql"], indirect=True)
def test_reader_misses_nothing_that_commits_late(
    location: str, office: Administration, laptop_of: Callable[[str], Laptop]
) -> None:
    """Twenty laptops of two sub-branches push; their branch heads read in small pages all the while."""
    writers = [laptop_of(("zhang", "li", "wu")[number % 3]) for number in range(20)]
    readers = [laptop_of("hu"), laptop_of("wu")]
    store = HeldOpen(location)
    slowly = Exchange(store, send.FixedClock())
    for writer in writers:
        writer._exchange = slowly
    acknowledged: dict[str, set[str]] = {send.BRANCH: set(), "CB02": set()}
    faults: list[BaseException] = []

    def day(writer: Laptop, name: str) -> None:
        author: Author = writer.author
        try:
            for number in range(4):
                record = f"{name}-{number}"
                change = send.creation(
                    "prospect", record, Prospect(owner=author.staff), actor=author.staff, stream=author.branch
                )
                while True:
                    with suppress(Busy):
                        reply = writer.ask(writer.request(change))
                        break
                assert [receipt.outcome for receipt in reply.receipts] == ["accepted"]
                acknowledged[author.branch].add(record)
        except BaseException as error:  # noqa: BLE001 - carried to the test's own thread
            faults.append(error)

    threads = [threading.Thread(target=day, args=(writer, f"w{n}")) for n, writer in enumerate(writers)]
    for thread in threads:
        thread.start()
    restarts = 0
    while any(thread.is_alive() for thread in threads):
        for reader in readers:
            with suppress(Busy):  # it comes again, as a laptop does
                restarts += reader.sync(page=3).restart
        store.has_read()
    store.reader_works = False
    for thread in threads:
        thread.join()
    store.close()
    assert not faults
    for reader in readers:
        reader.sync(page=3)
        branch = reader.author.branch
        read = {record for record, state in reader.base.items() if state.kind == "prospect"}
        assert read == acknowledged[branch], "a cursor went past what committed later"
        with office.store.reading() as unit:
            assert {one.record for one in unit.records.of_kind(branch, "prospect")} == acknowledged[branch]
    assert restarts <= len(readers), "only the very first page may start anew"
    assert sum(map(len, acknowledged.values())) == 20 * 4


@pytest.mark.parametrize("storage", ["sqlite", "postgresql"])
def test_process_that_dies_between_commit_and_reply_counts_it_once(
    storage: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if storage == "sqlite":
        location = str(tmp_path / "office.db")
    else:
        location = new_postgresql_database(request.getfixturevalue("postgresql"))
    office = Office.made(location)
    with closing(office, office.laptop(LI, tmp_path / "li")) as (_, laptop), HeadOfficeProcess(location) as server:
        prospect, person = laptop.prospect()
        saved = [prospect, person, laptop.visit(prospect, "facts")]
        for _ in range(3):
            server.kill()
            server.serve(serve_until_a_commit)
            with pytest.raises(TryLater):
                laptop.sync(server.url)
            assert len(office.journal()) == 3, "it was committed"
            assert len(laptop.queued()) == 3, "and nobody was told"
        server.kill()
        server.serve()
        saved_once_everywhere(office, laptop, saved, tmp_path / "fresh", server.url)
        assert len(office.journal()) == 3


def kill_postgresql(folder: Path, laptops: int, rounds: int) -> None:
    with KillablePostgresql() as database:
        office = Office.made(new_postgresql_database(database.url))
        made = [office.laptop(LI, folder / f"li {number}") for number in range(laptops)]
        saved: list[list[str]] = [[] for _ in made]
        with closing(office, *made), RunningHeadOffice(office.store, office.clock) as running:
            for _round in range(rounds):
                answered = threading.Event()

                def work(number: int, answered: threading.Event = answered) -> None:
                    laptop = made[number]
                    with suppress(SyncTrouble):
                        for _ in range(6):
                            prospect, person = laptop.prospect()
                            visits = [laptop.visit(prospect, f"facts {prospect} {n}") for n in range(10)]
                            saved[number] += [prospect, person, *visits]
                            laptop.sync(running.url)
                            answered.set()

                threads = [threading.Thread(target=work, args=(number,)) for number in range(laptops)]
                for thread in threads:
                    thread.start()
                assert answered.wait(PATIENCE_S)
                database.kill()
                for thread in threads:
                    thread.join()
                with pytest.raises(TryLater) as told:
                    made[0].sync(running.url)
                assert told.value.code == "busy", "head office itself is still there and says so"
                database.start()
            for laptop in made:
                laptop.sync(running.url)
            everything = [record for of_one in saved for record in of_one]
            saved_once_everywhere(office, made[0], everything, folder / "fresh", running.url)


@pytest.mark.long
@pytest.mark.timeout(200)
def test_postgresql_that_is_killed_under_load_loses_nothing_acknowledged(tmp_path: Path) -> None:
    kill_postgresql(tmp_path, laptops=2, rounds=1)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_postgresql_that_is_killed_ten_times_under_load_loses_nothing_acknowledged(tmp_path: Path) -> None:
    kill_postgresql(tmp_path, laptops=6, rounds=10)
