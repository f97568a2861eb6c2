"""From the officer's laptop over head office to who decides: the very files that were put before the customer."""

from __future__ import annotations

from pathlib import Path

from fieldapp.protocol.identifiers import SystemClock
from fieldapp.services.synchronise import synchronise_laptop
from fieldapp.services.whole_pack import look_at_pack
from tests.desktop.head_office import head_office, submit_application


def test_who_decides_reads_the_papers_the_customer_signs(tmp_path: Path) -> None:
    with head_office(tmp_path, SystemClock()) as office:
        officer = office.laptop_of("李四", "li")
        synchronise_laptop(officer)
        application = submit_application(officer)
        theirs = look_at_pack(officer.store, application)
        reviewer = office.laptop_of("陈审", "chen")
        synchronise_laptop(reviewer)
        with reviewer.store.reading() as view:
            stored = view.records.get(application)
        assert stored is not None
        assert stored.screen["status"] == "submitted"
        ours = look_at_pack(reviewer.store, application)
        assert ours.read_only
        assert all(paper.frozen for paper in ours.papers)
        assert [paper.line.number for paper in ours.papers] == [paper.line.number for paper in theirs.papers]
        assert [document.digest for document in ours.made] == [document.digest for document in theirs.made]
        assert [document.pdf for document in ours.made] == [document.pdf for document in theirs.made]
