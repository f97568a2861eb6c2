"""``fieldapp headoffice branch|staff|product|enrol-code|devices|revoke``: who and what head office knows."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import get_args

import click
import msgspec

from fieldapp.commands.answering import Answer, answering
from fieldapp.commands.configured import on_head_office, opened
from fieldapp.domain.errors import Actionable
from fieldapp.domain.records import Branch, Role
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.configuration import Settings
from fieldapp.headoffice.product_files import read_products
from fieldapp.translation import tr

ROLES = click.Choice([str(role) for role in get_args(Role)])


@click.group("branch")
def branch() -> None:
    """Sub-branches."""


@branch.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--name-en", default="", help="The name in English, for the papers.")
@click.option("--bank", default="示例农村商业银行", show_default=True)
@click.option("--bank-en", default="EXAMPLE RURAL COMMERCIAL BANK", show_default=True)
@click.option("--complaints", default="400-000-0000", show_default=True, help="Telephone for complaints.")
@click.option("--area", default="421224", show_default=True, help="County code (GB/T 2260).")
@answering
@on_head_office()
def branch_add(
    settings: Settings,
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
    opened(settings).add_branch(
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
@answering
@on_head_office()
def branch_list(settings: Settings, answer: Answer) -> None:
    """List the sub-branches."""
    found = opened(settings).branches()
    answer.give({"branches": [asdict(one) for one in found]}, *(f"{one.code}\t{one.name}" for one in found))


@click.group("staff")
def staff() -> None:
    """Members of staff."""


@staff.command("add")
@click.argument("name")
@click.option("--role", type=ROLES, default="officer", show_default=True)
@click.option("--branch", "branch_code", required=True, help="The sub-branch's code.")
@answering
@on_head_office()
def staff_add(settings: Settings, name: str, role: str, branch_code: str, answer: Answer) -> None:
    """Add NAME to the staff of a sub-branch."""
    number = opened(settings).add_staff(name, role, branch_code)
    answer.give(
        {"staff": number, "name": name, "role": role, "branch": branch_code},
        tr("{name} added. Staff number: {number}", name=name, number=number),
        tr("Next: a code for the laptop with 'fieldapp headoffice enrol-code {number}'.", number=number),
    )


@staff.command("list")
@answering
@on_head_office()
def staff_list(settings: Settings, answer: Answer) -> None:
    """List the staff with their numbers."""
    found = opened(settings).staff()
    answer.give(
        {"staff": [asdict(one) for one in found]},
        *(
            "\t".join((one.staff, one.name, one.role, one.branch, *(() if one.active else (tr("has left"),))))
            for one in found
        ),
    )


@staff.command("change")
@click.argument("staff_number")
@click.option("--name", help="The new name.")
@click.option("--role", type=ROLES, help="The new role.")
@answering
@on_head_office()
def staff_change(settings: Settings, staff_number: str, name: str | None, role: str | None, answer: Answer) -> None:
    """Change the name or role of STAFF_NUMBER."""
    if name is None and role is None:
        raise Actionable("nothing_to_change", Sentence("Give a new name, a new role, or both."))
    opened(settings).change_staff(staff_number, name=name, role=role)
    answer.give({"staff": staff_number, "name": name, "role": role}, tr("Changed. Every laptop learns of it."))


@staff.command("retire")
@click.argument("staff_number")
@answering
@on_head_office()
def staff_retire(settings: Settings, staff_number: str, answer: Answer) -> None:
    """STAFF_NUMBER has left: let their laptops in no more. Let them synchronise first."""
    opened(settings).retire_staff(staff_number)
    answer.give(
        {"staff": staff_number, "active": False},
        tr("Their laptops are not let in any more."),
        tr("Next: hand their prospects on with 'fieldapp headoffice reassign --all-of {number}'.", number=staff_number),
    )


@click.group("product")
def product() -> None:
    """The product catalogue."""


@product.command("list")
@answering
@on_head_office()
def product_list(settings: Settings, answer: Answer) -> None:
    """List every version of every product."""
    found = opened(settings).products()
    answer.give(
        {"products": [msgspec.to_builtins(one) for one in found]},
        *(f"{one.code}\tv{one.version}\t{one.name}\t{'✓' if one.on_sale else '–'}" for one in found),
    )


@product.command("show")
@click.argument("code")
@answering
@on_head_office()
def product_show(settings: Settings, code: str, answer: Answer) -> None:
    """Show what the product CODE, its newest version, asks and allows."""
    versions = [one for one in opened(settings).products() if one.code == code]
    if not versions:
        raise Actionable("product_unknown", Sentence("There is no product {code}.", code=code[:100]))
    newest = max(versions, key=lambda one: one.version)
    fields = msgspec.to_builtins(newest)
    answer.give({"product": fields}, *(f"{name}\t{_plain(value)}" for name, value in fields.items()))


def _plain(value: object) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, list | tuple) else str(value)


@product.command("put")
@click.argument("file", type=click.Path(path_type=Path))
@answering
@on_head_office()
def product_put(settings: Settings, file: Path, answer: Answer) -> None:
    """Add the products in FILE (TOML, like resources/reference/products.toml), or new versions of them.

    A product that is on sale just so already is left alone. Applications keep the version they were made with.
    """
    listed = read_products(file)
    versions = opened(settings).change_products(listed)
    answer.give(
        {"put": versions, "unchanged": sorted({one.code for one in listed} - versions.keys())},
        *(tr("{code}: version {version} is on sale.", code=code, version=number) for code, number in versions.items()),
        *([] if versions else [tr("All of them are on sale just so already.")]),
    )


@product.command("withdraw")
@click.argument("code")
@answering
@on_head_office()
def product_withdraw(settings: Settings, code: str, answer: Answer) -> None:
    """Take the product CODE off sale."""
    number = opened(settings).withdraw_product(code)
    answer.give(
        {"product": code, "version": number, "on_sale": False},
        tr("{code} is not on sale any more; applications that name it keep it.", code=code),
    )


@click.command("enrol-code")
@click.argument("staff_number")
@click.option("--days", default=7, show_default=True, help="How long the code can be used.")
@answering
@on_head_office()
def enrol_code(settings: Settings, staff_number: str, days: int, answer: Answer) -> None:
    """Issue a one-time code with which STAFF_NUMBER enrols a laptop."""
    issued = opened(settings).issue_code(staff_number, days=days)
    answer.give(
        asdict(issued),
        tr("Enrolment code for {name}: {code}", name=issued.staff_name, code=issued.code),
        tr("It works once, until {until}. It is not shown again.", until=issued.expires_at),
    )


@click.command("devices")
@answering
@on_head_office()
def devices(settings: Settings, answer: Answer) -> None:
    """List every laptop."""
    found = opened(settings).devices()
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


@click.command("revoke")
@click.argument("device")
@answering
@on_head_office()
def revoke(settings: Settings, device: str, answer: Answer) -> None:
    """Let the laptop DEVICE in no more."""
    office = opened(settings)
    office.revoke(device)
    seen = next(one.last_seen for one in office.devices() if one.device == device)
    answer.give(
        {"device": device, "revoked": True, "last_seen": seen},
        tr("This laptop is not let in any more."),
        tr("It was last seen: {at}.", at=seen or tr("never seen")),
        tr("At its next contact it hands in what it has not sent, sealed, and destroys its key; see 'hand-in'."),
    )


def register(group: click.Group) -> None:
    """Add these commands to ``fieldapp headoffice``."""
    for command in (branch, staff, product, enrol_code, devices, revoke):
        group.add_command(command)
