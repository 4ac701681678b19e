"""Message: immutable all the way down, the same after a journey as JSON, strict about what it takes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.agents.message import Message, plain
from maestro.agents.moment import moment_of, moment_text
from maestro.errors import InputError

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
TEXT = st.text(min_size=1, max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def message(**changes: Any) -> Message:
    fields: dict[str, Any] = {
        "id": "m-1",
        "type": "request",
        "sender": "replenishment",
        "recipient": "pricing",
        "timestamp": NOON,
        "correlation_id": "m-1",
        "action": "quote",
        "data": {"skus": ["A", "B"], "at": {"price": 9.5}},
    }
    return Message(**(fields | changes))


@settings(deadline=None, max_examples=60)
@given(
    kind=st.sampled_from(["request", "response", "event", "command"]),
    name=TEXT,
    at=st.datetimes(timezones=st.just(UTC)),
    data=st.dictionaries(st.text(), JSON, max_size=4),
)
def test_survives_the_journey_as_json(kind: str, name: str, at: datetime, data: dict[str, Any]) -> None:
    sent = message(type=kind, sender=name, timestamp=at, data=data)
    received = Message.from_json(sent.to_json())
    assert received == sent
    assert plain(received.data) == data


def test_has_the_documented_form_on_the_wire() -> None:
    assert json.loads(message().to_json()) == {
        "version": 1,
        "id": "m-1",
        "type": "request",
        "from": "replenishment",
        "to": "pricing",
        "timestamp": "2026-01-05T12:00:00Z",
        "correlation_id": "m-1",
        "payload": {"action": "quote", "data": {"skus": ["A", "B"], "at": {"price": 9.5}}},
    }


def test_what_it_carries_cannot_be_changed() -> None:
    data = {"nested": {"list": [1, 2]}}
    sent = message(data=data)
    data["nested"]["list"].append(3)
    assert sent.data["nested"]["list"] == (1, 2)
    with pytest.raises(TypeError):
        sent.data["nested"]["list"] = ()


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "rumour"},
        {"version": 2},
        {"sender": ""},
        {"recipient": 7},
        {"data": [1]},
        {"data": {"value": float("inf")}},
        {"data": {1: "one"}},
        {"data": {"value": object()}},
    ],
)
def test_refuses_what_is_not_a_message(changes: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        message(**changes)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"version": 1}', "[" * 100_000, "\x00"])
def test_refuses_malformed_json(text: str) -> None:
    with pytest.raises(InputError):
        Message.from_json(text)


def test_refuses_a_broken_timestamp() -> None:
    for broken in ("yesterday", "2026-01-05T12:00:00"):
        with pytest.raises(InputError):
            Message.from_json(message().to_json().replace("2026-01-05T12:00:00Z", broken))


def test_a_moment_is_written_in_utc_with_a_z() -> None:
    assert moment_text(moment_of("2026-01-05T21:00:00.5+09:00")) == "2026-01-05T12:00:00.500000Z"
    with pytest.raises(InputError):
        moment_text(NOON.replace(tzinfo=None))
