"""Whether head office is well, for a load balancer, and its figures, for Prometheus; ids and counts only."""

from __future__ import annotations

import hmac
import ipaddress
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.metadata import version
from typing import Any

import anyio
import anyio.to_thread
import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import DBAPIError

from fieldapp.headoffice.answers import Answer, AnyRequest, reply
from fieldapp.headoffice.enrolment import HEAD_OFFICE_ID
from fieldapp.headoffice.storage.figures import Figures, figures
from fieldapp.headoffice.storage.store import Busy, Store
from fieldapp.headoffice.tally import Tally
from fieldapp.protocol.identifiers import Clock
from fieldapp.protocol.messages import PROTOCOL

log = logging.getLogger(__name__)

FRESH_S = 1.0
"""How long an answer of the database is told again: asking often must not cost it anything."""

PATIENCE_S = 5.0
"""How long the database may take before head office calls itself ill."""

_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-proto", "x-real-ip", "via")


class Health(msgspec.Struct, frozen=True):
    """Head office is there and reaches its database, or not; and which protocol it speaks."""

    ok: bool
    protocol: int


@dataclass(frozen=True, slots=True)
class Watching:
    """Who may read the figures: whoever knows ``token``; without one, this machine alone and through no proxy."""

    token: str | None = None

    def admits(self, request: AnyRequest) -> bool:
        """Whether the figures are told to who asks."""
        if self.token is not None:
            scheme, _space, given = request.headers.get("authorization", "").partition(" ")
            return scheme.lower() == "bearer" and hmac.compare_digest(given.encode(), self.token.encode())
        host = request.client.host if request.client is not None else ""
        return _is_loopback(host) and not any(header in request.headers for header in _FORWARDED)


def watch_routes(store: Store, clock: Clock, tally: Tally, watching: Watching) -> list[HTTPRouteHandler]:
    """``GET /health`` and ``GET /metrics``."""
    watch = _Watch(store)

    @get("/health")
    async def health(request: AnyRequest) -> Response[bytes]:
        told = await watch.look()
        return reply(request, Health(ok=told is not None, protocol=PROTOCOL), status=200 if told is not None else 503)

    @get("/metrics")
    async def metrics(request: AnyRequest) -> Response[bytes]:
        if not watching.admits(request):
            raise Answer(404, "unknown_path", "Not Found")
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Told(await watch.look(figures_too=True), tally, clock.now()))
        headers = {"Cache-Control": "no-store"}
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST, headers=headers)

    return [health, metrics]


class _Watch:
    """Looks at the database, one look at a time and not more often than answers grow stale."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._limiter: anyio.CapacityLimiter | None = None
        self._seen: dict[bool, tuple[float, Figures | bool | None]] = {}

    async def look(self, *, figures_too: bool = False) -> Figures | bool | None:
        """The figures, or True where only health is asked for; None while the database does not answer."""
        seen = self._seen.get(figures_too)
        if seen is not None and time.monotonic() - seen[0] < FRESH_S:
            return seen[1]
        if self._limiter is None:  # made in the loop that it belongs to
            self._limiter = anyio.CapacityLimiter(2)
        with anyio.move_on_after(PATIENCE_S):
            work = partial(self._look, figures_too)
            return await anyio.to_thread.run_sync(work, abandon_on_cancel=True, limiter=self._limiter)
        return None

    def _look(self, figures_too: bool) -> Figures | bool | None:
        with self._lock:
            seen = self._seen.get(figures_too)
            if seen is not None and time.monotonic() - seen[0] < FRESH_S:
                return seen[1]
            told: Figures | bool | None
            try:
                with self._store.reading() as unit:
                    told = (
                        figures(unit.connection) if figures_too else unit.accounts.setting(HEAD_OFFICE_ID) is not None
                    )
            except (Busy, DBAPIError) as error:
                log.warning("database_unreachable", exc_info=error)
                told = None
            self._seen[figures_too] = (time.monotonic(), told or None)
            return told or None


class _Told(Collector):
    """The figures in Prometheus's families."""

    def __init__(self, seen: Figures | bool | None, tally: Tally, now: datetime) -> None:
        self._figures = seen if isinstance(seen, Figures) else None
        self._tally = tally
        self._now = now

    def collect(self) -> Iterator[Metric]:
        up = self._figures is not None
        yield GaugeMetricFamily("fieldapp_database_up", "Whether the database answers.", value=int(up))
        told = GaugeMetricFamily(
            "fieldapp_info", "The program's version and the database's.", labels=("version", "schema")
        )
        told.add_metric((version("fieldapp"), self._figures.schema if self._figures else ""), 1)
        yield told
        if self._figures is not None:
            yield from self._of_laptops(self._figures)
            yield from self._of_records(self._figures)
        yield from self._of_work()
        yield from self._of_workers()

    def _of_laptops(self, seen: Figures) -> Iterator[Metric]:
        ages = {device: self._age_s(at) for device, at in seen.last_contacts.items()}
        lag = GaugeMetricFamily(
            "fieldapp_device_contact_age_seconds",
            "Seconds since a laptop in use last spoke, or was enrolled.",
            labels=("device",),
        )
        for device, age in ages.items():
            lag.add_metric((device,), age)
        yield lag
        oldest = max(ages.values(), default=0.0)
        yield GaugeMetricFamily(
            "fieldapp_oldest_contact_age_seconds",
            "Seconds since the laptop spoke that was silent longest.",
            value=oldest,
        )
        devices = GaugeMetricFamily(
            "fieldapp_devices", "Laptops enrolled, by whether they are let in.", labels=("state",)
        )
        devices.add_metric(("in_use",), len(ages))
        devices.add_metric(("revoked",), seen.revoked)
        yield devices

    def _of_records(self, seen: Figures) -> Iterator[Metric]:
        changes = CounterMetricFamily(
            "fieldapp_stream_entries", "Entries in each stream's journal, since it began.", labels=("stream",)
        )
        conflicts = GaugeMetricFamily(
            "fieldapp_conflicts_open", "Records in which a person has to decide.", labels=("stream",)
        )
        for stream, count in seen.changes.items():
            changes.add_metric((stream,), count)
            conflicts.add_metric((stream,), seen.conflicts[stream])
        yield changes
        yield conflicts

    def _of_work(self) -> Iterator[Metric]:
        answered = CounterMetricFamily(
            "fieldapp_changes", "Changes answered since the server started, by outcome.", labels=("outcome",)
        )
        for outcome, count in self._tally.outcomes().items():
            answered.add_metric((outcome,), count)
        yield answered
        requests = CounterMetricFamily(
            "fieldapp_requests", "Requests answered since the server started.", labels=("route", "status")
        )
        for labels, count in self._tally.requests().items():
            requests.add_metric(labels, count)
        yield requests
        buckets, seconds = self._tally.exchanges()
        yield HistogramMetricFamily(
            "fieldapp_exchange_duration_seconds", "How long exchanges took.", buckets=buckets, sum_value=seconds
        )

    def _of_workers(self) -> Iterator[Metric]:
        starts = CounterMetricFamily("fieldapp_worker_starts", "How often a worker was started.", labels=("worker",))
        connections = GaugeMetricFamily(
            "fieldapp_database_connections",
            "A worker's connections to the database, a second before its last request at most.",
            labels=("worker", "state"),
        )
        for worker, (count, (in_use, held)) in enumerate(
            zip(self._tally.starts(), self._tally.connections(), strict=True)
        ):
            starts.add_metric((str(worker),), count)
            connections.add_metric((str(worker), "in_use"), in_use)
            connections.add_metric((str(worker), "idle"), max(0, held - in_use))
        yield starts
        yield connections

    def _age_s(self, at: str) -> float:
        try:
            return max(0.0, (self._now - datetime.fromisoformat(at)).total_seconds())
        except (ValueError, TypeError):  # never written by this program
            return 0.0


def _is_loopback(host: str) -> bool:
    try:
        address: Any = ipaddress.ip_address(host)
    except ValueError:
        return False
    return bool(address.is_loopback or (address.version == 6 and getattr(address.ipv4_mapped, "is_loopback", False)))
