"""Telemetry: structured logs that never show a secret, Prometheus metrics, request and run ids."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from maestro.clock import Clock
from maestro.settings import TelemetrySettings

_SECRET_WORDS = ("password", "secret", "token", "authorization", "api_key", "cookie")


def _hide_secrets(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key in event:
        if any(word in key.lower() for word in _SECRET_WORDS):
            event[key] = "***"
    return event


def configure_logging(settings: TelemetrySettings, clock: Clock) -> None:
    """Send structured logs to standard error, stamped with the injected clock."""

    def stamp(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["logger"] = event.pop("logger_name", "")
        event["timestamp"] = clock.now().isoformat(timespec="milliseconds")
        return event

    console = settings.log_format == "console" or (settings.log_format == "auto" and sys.stderr.isatty())
    renderer: Any = structlog.dev.ConsoleRenderer() if console else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            stamp,
            _hide_secrets,
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[settings.log_level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


def get_logger(name: str) -> Any:
    """A structured logger: `log.info("order sent", order_id=7)`."""
    # Not yet bound, so that a logger made on import obeys the configuration that comes later.
    return structlog.get_logger(logger_name=name)


@contextmanager
def bound(**ids: str) -> Iterator[None]:
    """Put ids (request_id, run_id, decision_id) on every log line written inside the block."""
    with structlog.contextvars.bound_contextvars(**ids):
        yield


class Metrics:
    """The figures served at /metrics; one registry a running system, so that tests never share counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "maestro_http_requests_total",
            "HTTP requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "maestro_http_request_seconds",
            "Time to answer an HTTP request, in seconds.",
            ["route"],
            registry=self.registry,
        )
        self.decisions = Counter(
            "maestro_decisions_total",
            "Decisions by agent and status.",
            ["agent", "status"],
            registry=self.registry,
        )
        self.cycle_seconds = Histogram(
            "maestro_cycle_seconds",
            "Time of one decision cycle, in seconds.",
            ["agent"],
            registry=self.registry,
        )
        self.autonomy_level = Gauge(
            "maestro_autonomy_level",
            "Level of each agent: 0 shadow, 1 advise, 2 bounded, 3 full.",
            ["agent"],
            registry=self.registry,
        )
        self.live_connections = Gauge(
            "maestro_live_connections", "Open live connections.", registry=self.registry
        )

    def render(self) -> bytes:
        """All metrics in Prometheus' text format."""
        return generate_latest(self.registry)
