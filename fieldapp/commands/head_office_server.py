"""``fieldapp headoffice create|migrate|config|serve``: the database and the server on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from fieldapp.commands.answering import Answer, answering
from fieldapp.commands.configured import on_head_office, opened
from fieldapp.headoffice.administration import create_head_office
from fieldapp.headoffice.configuration import Settings, without_password
from fieldapp.headoffice.logs import write_logs
from fieldapp.headoffice.migration import look_at, migrate
from fieldapp.headoffice.serve import serve
from fieldapp.headoffice.storage.engines import is_postgresql
from fieldapp.headoffice.workers import WorkOrder, require_workers, serve_with_workers
from fieldapp.protocol.identifiers import SystemClock
from fieldapp.translation import tr, trn

SERVER_FLAGS = (
    "host",
    "port",
    "socket",
    "certificate",
    "key",
    "trusted_proxies",
    "workers",
    "log_format",
    "log_level",
    "metrics_token_file",
    "capital_yuan",
    "borrower_percent",
    "industry_percent",
    "village_percent",
    "officer_percent",
    "introducer_percent",
    "split_days",
    "split_yuan",
)


def server_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a server, each of which is a setting."""
    for option in reversed(
        (
            click.option("--host", help="Where to listen.  [default: 127.0.0.1]"),
            click.option("--port", type=int, help="0 takes any free one.  [default: 8460]"),
            click.option("--socket", type=click.Path(path_type=Path), help="A Unix socket instead of host and port."),
            click.option(
                "--certificate", type=click.Path(path_type=Path), help="TLS certificate with its chain (PEM)."
            ),
            click.option("--key", type=click.Path(path_type=Path), help="The certificate's private key (PEM)."),
            click.option(
                "--trusted-proxy",
                "trusted_proxies",
                multiple=True,
                help="Address or network of a proxy that names the caller in X-Forwarded-For.",
            ),
            click.option("--workers", type=int, help="Processes that answer; more than one needs PostgreSQL."),
            click.option("--log-format", type=click.Choice(["plain", "json"]), help="[default: plain]"),
            click.option(
                "--log-level",
                type=click.Choice(["debug", "info", "warning", "error"]),
                help="[default: warning; info with 'fieldapp --verbose']",
            ),
            click.option(
                "--metrics-token-file",
                type=click.Path(path_type=Path),
                help="Holds the token for /metrics; without one, /metrics is for this machine alone.",
            ),
            click.option("--capital-yuan", type=int, help="The bank's net capital; concentration is measured by it."),
            click.option("--borrower-percent", type=int, help="Of the capital to one borrower.  [default: 10]"),
            click.option("--industry-percent", type=int, help="Of the capital to one industry.  [default: 25]"),
            click.option("--village-percent", type=int, help="Of the capital to one village.  [default: 5]"),
            click.option("--officer-percent", type=int, help="Of the capital through one officer.  [default: 10]"),
            click.option(
                "--introducer-percent", type=int, help="Of the capital brought by one introducer.  [default: 10]"
            ),
            click.option("--split-days", type=int, help="How far back split loans are looked for.  [default: 90]"),
            click.option("--split-yuan", type=int, help="Up to which sum, in yuan.  [default: 500000]"),
        )
    ):
        command = option(command)
    return command


@click.command("create")
@click.option("--without-products", is_flag=True, help="Leave the product catalogue empty.")
@answering
@on_head_office()
def create(settings: Settings, without_products: bool, answer: Answer) -> None:
    """Create a new head office."""
    place = without_password(settings.database)
    products = create_head_office(settings.database, SystemClock(), products=not without_products).products()
    answer.give(
        {"database": place, "products": [product.code for product in products]},
        tr("Head office created in {place}.", place=place),
        trn("{count} product is on sale.", "{count} products are on sale.", len(products)),
        tr("Next: add a sub-branch with 'fieldapp headoffice branch add'."),
    )


@click.command("migrate")
@click.option("--check", is_flag=True, help="Only say what would be done.")
@answering
@on_head_office()
def migrate_command(settings: Settings, check: bool, answer: Answer) -> None:
    """Bring the database to this version.

    Stop its servers first. A head office in a file is copied beside it, and the copy verified; for PostgreSQL make a
    backup with its own means. All steps are taken together or none.
    """
    done = look_at(settings.database) if check else migrate(settings.database, SystemClock())
    facts = {
        "version": done.version,
        "target": done.target,
        "steps": list(done.steps),
        "backup": str(done.backup) if done.backup is not None else None,
        "done": not check,
    }
    if not done.steps:
        answer.give(facts, tr("The database is of this version ({version}) already.", version=done.target))
    elif check:
        answer.give(
            facts,
            trn(
                "{count} step is to be taken, from version {old} to {new}.",
                "{count} steps are to be taken, from version {old} to {new}.",
                len(done.steps),
                old=done.version,
                new=done.target,
            ),
            *([tr("Make a backup with pg_dump first.")] if is_postgresql(settings.database) else []),
        )
    else:
        answer.give(
            facts,
            tr("The database is of version {new} now; it was of {old}.", new=done.target, old=done.version),
            *([tr("As it was before: {path}", path=done.backup)] if done.backup is not None else []),
        )


@click.command("config")
@server_options
@answering
@on_head_office(*SERVER_FLAGS)
def config(settings: Settings, answer: Answer) -> None:
    """Show the settings in force.

    Each with where it comes from; passwords are hidden.
    """
    shown = settings.shown()
    answer.give(
        {"settings": {name: {"value": value, "from": source} for name, (value, source) in shown.items()}},
        *(f"{name}\t{_worded(value)}\t{_SOURCES[source]()}" for name, (value, source) in shown.items()),
    )


@click.command("serve")
@server_options
@answering
@on_head_office(*SERVER_FLAGS)
def serve_command(settings: Settings, answer: Answer) -> None:
    """Serve laptops until stopped with Ctrl C.

    Requests under way are finished first. SIGHUP reads a renewed certificate.
    """
    level = settings.log_level
    if settings.given["log_level"].source == "default" and click.get_current_context().find_root().params["verbose"]:
        level = "info"
    address, location, watching = settings.address, settings.database, settings.watching
    require_workers(location, settings.workers)
    office = opened(settings)

    def listening_at(url: str) -> None:
        write_logs(settings.log_format, level)
        answer.give(
            {"url": url, "workers": settings.workers}, tr("Head office at {url}. Stop it with Ctrl C.", url=url)
        )

    if settings.workers > 1:
        office.store.close()
        serve_with_workers(
            WorkOrder(location, address, watching, settings.limits, settings.log_format, level),
            settings.workers,
            listening_at,
        )
        return
    try:
        serve(office.store, SystemClock(), address, listening_at, watching=watching, limits=settings.limits)
    finally:
        office.store.close()


_SOURCES: dict[str, Callable[[], str]] = {
    "flag": lambda: tr("command line"),
    "environment": lambda: tr("environment"),
    "file": lambda: tr("file"),
    "default": lambda: tr("default"),
}


def _worded(value: object) -> str:
    if value is None or value == ():
        return "–"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def register(group: click.Group) -> None:
    """Add these commands to ``fieldapp headoffice``."""
    for command in (create, migrate_command, config, serve_command):
        group.add_command(command)
