"""Telemetry: one line a fact, stamped by the injected clock, with ids and without secrets."""

import json
from datetime import UTC, datetime

import pytest

from maestro.clock import VirtualClock
from maestro.settings import TelemetrySettings
from maestro.telemetry import Metrics, bound, configure_logging, get_logger

CLOCK = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))


def test_a_log_line_is_json_with_ids_and_the_clocks_time(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(TelemetrySettings(log_format="json"), CLOCK)
    with bound(request_id="r1"):
        get_logger("shop").info("order sent", order_id=7)
    line = json.loads(capsys.readouterr().err)
    assert line == {
        "event": "order sent",
        "level": "info",
        "logger": "shop",
        "order_id": 7,
        "request_id": "r1",
        "timestamp": "2026-01-01T00:00:00.000+00:00",
    }


def test_secrets_are_never_written(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(TelemetrySettings(log_format="json"), CLOCK)
    get_logger("x").warning("sign-in", password="hunter2", refresh_token="abc", Authorization="Bearer z")
    written = capsys.readouterr().err
    assert not {"hunter2", "abc", "Bearer z"} & set(json.loads(written).values())
    assert written.count("***") == 3


def test_less_severe_messages_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(TelemetrySettings(log_level="error", log_format="console"), CLOCK)
    get_logger("x").info("quiet")
    get_logger("x").error("loud")
    written = capsys.readouterr().err
    assert "quiet" not in written
    assert "loud" in written


def test_metrics_are_rendered_and_never_shared_between_systems() -> None:
    first, second = Metrics(), Metrics()
    first.decisions.labels(agent="replenishment", status="executed").inc()
    assert b'maestro_decisions_total{agent="replenishment",status="executed"} 1.0' in first.render()
    assert b'agent="replenishment"' not in second.render()


def test_a_logger_made_before_the_configuration_obeys_it(capsys: pytest.CaptureFixture[str]) -> None:
    early = get_logger("early")
    configure_logging(TelemetrySettings(log_level="error", log_format="json"), CLOCK)
    early.debug("too quiet")
    early.error("heard", password="secret")
    heard = capsys.readouterr()
    assert heard.out == ""
    assert "too quiet" not in heard.err
    assert '"logger": "early"' in heard.err
    assert "secret" not in heard.err
