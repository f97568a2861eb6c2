"""``fieldapp headoffice …``: what an administrator does with the server and its database."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click
import msgspec

from fieldapp.commands.answering import Answer, answering
from fieldapp.domain.errors import Actionable
from fieldapp.domain.records import Branch
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.administration import Administration, create_head_office, open_head_office
from fieldapp.headoffice.serve import Address, Certificate, serve
from fieldapp.protocol.identifiers import SystemClock
from fieldapp.translation import tr, trn

database = click.option(
    "--database",
    default="headoffice.db",
    envvar="FIELDAPP_HEADOFFICE",
    show_default=True,
    help="The head office's file, or a postgresql:// URL.",
)


@click.group("headoffice")
def head_office() -> None:
    """Run and administer a head office."""


@head_office.command("create")
@database
@click.option("--without-products", is_flag=True, help="Leave the product catalogue empty.")
@answering
def create(database: str, without_products: bool, answer: Answer) -> None:
    """Create a new head office."""
    administration = create_head_office(database, SystemClock(), products=not without_products)
    products = administration.products()
    answer.give(
        {"database": database, "products": [product.code for product in products]},
        tr("Head office created in {place}.", place=database),
        trn("{count} product is on sale.", "{count} products are on sale.", len(products)),
        tr("Next: add a sub-branch with 'fieldapp headoffice branch add'."),
    )


@head_office.group("branch")
def branch() -> None:
    """Sub-branches."""


@branch.command("add")
@database
@click.argument("code")
@click.argument("name")
@click.option("--name-en", default="", help="The name in English, for the papers.")
@click.option("--bank", default="示例农村商业银行", show_default=True)
@click.option("--bank-en", default="EXAMPLE RURAL COMMERCIAL BANK", show_default=True)
@click.option("--complaints", default="400-000-0000", show_default=True, help="Telephone for complaints.")
@click.option("--area", default="421224", show_default=True, help="County code (GB/T 2260).")
@answering
def branch_add(
    database: str,
    code: str,
    name: str,
    name_en: str,
    bank: str,
    bank_en: str,
    complaints: str,
    area: str,
    answer: Answer,
) -> None:
    """Add the sub-branch CODE, called NAME."""
    office = _opened(database)
    office.add_branch(
        Branch(
            code=code,
            name=name,
            name_en=name_en or name,
            bank=bank,
            bank_en=bank_en,
            complaint_phone=complaints,
            area_code=area,
        )
    )
    answer.give({"branch": code, "name": name}, tr("Sub-branch {code} ({name}) added.", code=code, name=name))


@branch.command("list")
@database
@answering
def branch_list(database: str, answer: Answer) -> None:
    """List the sub-branches."""
    found = _opened(database).branches()
    answer.give({"branches": [asdict(one) for one in found]}, *(f"{one.code}\t{one.name}" for one in found))


@head_office.group("staff")
def staff() -> None:
    """Members of staff."""


@staff.command("add")
@database
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(["officer", "teller", "branch_head", "reviewer", "approver", "administrator"]),
    default="officer",
    show_default=True,
)
@click.option("--branch", "branch_code", required=True, help="The sub-branch's code.")
@answering
def staff_add(database: str, name: str, role: str, branch_code: str, answer: Answer) -> None:
    """Add NAME to the staff of a sub-branch."""
    number = _opened(database).add_staff(name, role, branch_code)
    answer.give(
        {"staff": number, "name": name, "role": role, "branch": branch_code},
        tr("{name} added. Staff number: {number}", name=name, number=number),
        tr("Next: a code for the laptop with 'fieldapp headoffice enrol-code {number}'.", number=number),
    )


@staff.command("list")
@database
@answering
def staff_list(database: str, answer: Answer) -> None:
    """List the staff with their numbers."""
    found = _opened(database).staff()
    answer.give(
        {"staff": [asdict(one) for one in found]},
        *(f"{one.staff}\t{one.name}\t{one.role}\t{one.branch}" for one in found),
    )


@head_office.group("product")
def product() -> None:
    """The product catalogue."""


@product.command("list")
@database
@answering
def product_list(database: str, answer: Answer) -> None:
    """List every version of every product."""
    found = _opened(database).products()
    answer.give(
        {"products": [msgspec.to_builtins(one) for one in found]},
        *(f"{one.code}\tv{one.version}\t{one.name}\t{'✓' if one.on_sale else '–'}" for one in found),
    )


@head_office.command("enrol-code")
@database
@click.argument("staff_number")
@click.option("--days", default=7, show_default=True, help="How long the code can be used.")
@answering
def enrol_code(database: str, staff_number: str, days: int, answer: Answer) -> None:
    """Issue a one-time code with which STAFF_NUMBER enrols a laptop."""
    issued = _opened(database).issue_code(staff_number, days=days)
    answer.give(
        asdict(issued),
        tr("Enrolment code for {name}: {code}", name=issued.staff_name, code=issued.code),
        tr("It works once, until {until}. It is not shown again.", until=issued.expires_at),
    )


@head_office.command("serve")
@database
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8460, show_default=True)
@click.option("--certificate", type=click.Path(path_type=Path), help="TLS certificate with its chain (PEM).")
@click.option("--key", type=click.Path(path_type=Path), help="The certificate's private key (PEM).")
@answering
def serve_command(
    database: str, host: str, port: int, certificate: Path | None, key: Path | None, answer: Answer
) -> None:
    """Serve laptops until stopped with Ctrl C."""
    if (certificate is None) != (key is None):
        raise Actionable("certificate", Sentence("Give the certificate and its key together."))
    pair = Certificate(certificate, key) if certificate is not None and key is not None else None
    office = _opened(database)
    serve(
        office.store,
        SystemClock(),
        Address(host, port, pair),
        lambda url: answer.give({"url": url}, tr("Head office at {url}. Stop it with Ctrl C.", url=url)),
    )


@head_office.command("devices")
@database
@answering
def devices(database: str, answer: Answer) -> None:
    """List every laptop."""
    found = _opened(database).devices()
    answer.give(
        {"devices": [asdict(one) for one in found]},
        *(
            "\t".join(
                (
                    one.device,
                    one.name,
                    one.staff_name,
                    one.branch,
                    one.last_seen or tr("never seen"),
                    tr("revoked") if one.revoked_at else tr("in use"),
                )
            )
            for one in found
        ),
    )


@head_office.command("revoke")
@database
@click.argument("device")
@answering
def revoke(database: str, device: str, answer: Answer) -> None:
    """Let the laptop DEVICE in no more."""
    _opened(database).revoke(device)
    answer.give({"device": device, "revoked": True}, tr("This laptop is not let in any more."))


@head_office.command("verify")
@database
@answering
def verify(database: str, answer: Answer) -> None:
    """Verify the chain of every stream's journal."""
    office = _opened(database)
    streams = ["bank", *(one.code for one in office.branches())]
    counts = {stream: office.verify_chain(stream) for stream in streams}
    answer.give(
        {"streams": counts},
        *(
            tr("{stream}: {number} entries, unbroken", stream=stream, number=number)
            for stream, number in counts.items()
        ),
    )


def _opened(database: str) -> Administration:
    return open_head_office(database, SystemClock())
