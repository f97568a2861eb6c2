"""``fieldapp verify``: whether a paper is what this laptop holds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from fieldapp.commands.answering import Answer, answering
from fieldapp.commands.opening import on_a_profile, opened
from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.services.check_paper import CheckedPaper, Holdings, SealState, Verdict, check_file, check_text
from fieldapp.services.laptop_papers import LaptopPapers
from fieldapp.translation import say, tr

EXIT_OF = {
    Verdict.GENUINE: 0, Verdict.SAME_DATA: 0, Verdict.SUPERSEDED: 3, Verdict.DRAFT: 3,
    Verdict.CHANGED: 4, Verdict.OTHER_DATA: 4, Verdict.UNKNOWN: 5, Verdict.SEALED_ELSEWHERE: 5,
}  # fmt: skip


@click.command("verify")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@on_a_profile
@click.option("--code", help="What the QR code of a page says, instead of a file.")
@answering
def verify(
    file: Path | None, folder: Path | None, passphrase_file: Path | None, code: str | None, answer: Answer
) -> None:
    """Tell whether FILE (a PDF, or a photograph or scan of a page) is what this laptop holds.

    Exit code 0: it is; 3: it is, but superseded or a draft; 4: it was changed or made from other data; 5: unknown here;
    2: it could not be checked.
    """
    require_one(file, code)
    with opened(folder, passphrase_file) as laptop:
        tell_checked(LaptopPapers(laptop.store), file, code, answer)


def tell_checked(holdings: Holdings, file: Path | None, code: str | None, answer: Answer) -> None:
    """Check the file, or the text of a code, against ``holdings``; ends the process with the exit code it earned."""
    checked = check_file(holdings, file) if file is not None else [check_text(holdings, code or "")]
    lines = [line for paper in checked for line in _lines(paper)]
    answer.give({"papers": [_facts(paper) for paper in checked]}, *lines)
    sys.exit(max(EXIT_OF[paper.verdict] for paper in checked))


def require_one(file: Path | None, code: str | None) -> None:
    """Raises Actionable ``what`` unless there is exactly one thing to check."""
    if (file is None) == (code is None):
        raise Actionable("what", Sentence("Name a file to check, or say with --code what a QR code says."))


def _facts(paper: CheckedPaper) -> dict[str, Any]:
    held = paper.held
    return {
        "verdict": paper.verdict.value,
        "number": paper.number,
        "version": paper.version,
        "template": paper.template,
        "page": paper.page,
        "digest": paper.digest,
        "pdf_digest": paper.pdf_digest,
        "seal": paper.seal.state.value,
        "sealed_by": paper.seal.device,
        "sealed_at": paper.seal.at.isoformat() if paper.seal.at is not None else None,
        "held": None
        if held is None
        else {
            "version": held.version,
            "state": held.state.value,
            "digest": held.data_digest,
            "pdf_digest": held.pdf_digest,
        },
        "amount_fen": paper.amount.fen if paper.amount is not None else None,
    }


def _lines(paper: CheckedPaper) -> list[str]:
    lines = [say(paper.sentence)]
    if paper.number:
        lines.append(tr("Number {number}, version {version}", number=paper.number, version=paper.version))
    if paper.digest:
        lines.append(tr("Data digest {digest}", digest=paper.digest))
    if paper.held is not None and not paper.held.data_digest.startswith(paper.digest or "-"):
        lines.append(tr("Held under this number: {digest}", digest=paper.held.data_digest))
    if paper.amount is not None:
        lines.append(tr("Amount held: {amount}", amount=f"¥{paper.amount.decimal_yuan:,.2f}"))
    if paper.seal.state is SealState.VALID and paper.seal.at is not None:
        at = f"{paper.seal.at:%Y-%m-%d %H:%M} UTC"
        lines.append(tr("Sealed by laptop {device} at {at}", device=paper.seal.device, at=at))
    return lines
