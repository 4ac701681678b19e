"""Audit log: a chain in which any altered, removed, inserted or cut-off row is found."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from maestro.agents.audit_log import GENESIS, AuditLog
from maestro.clock import VirtualClock
from maestro.database import Database
from maestro.errors import InputError


def filled(database: Database, clock: VirtualClock, rows: int = 6) -> AuditLog:
    audit = AuditLog(database, clock)
    for number in range(rows):
        audit.append("person:ann@shop.example", "order.cancel", f"order-{number}", {"왜": "품절", "n": 0.1})
    return audit


def run(database: Database, *statements: str) -> None:
    with database.session() as session:
        for statement in statements:
            session.execute(text(statement))


def test_a_chain_left_alone_holds(any_database: Database, clock: VirtualClock) -> None:
    audit = filled(any_database, clock)
    assert audit.verify() == audit.verify(audit.head())
    assert audit.verify().ok
    assert audit.verify().rows == 6
    assert audit.head()[0] == 6


def test_an_empty_chain_holds(database: Database, clock: VirtualClock) -> None:
    audit = AuditLog(database, clock)
    assert audit.verify().ok
    assert audit.head() == (0, GENESIS)


@pytest.mark.parametrize("column", ["at", "actor", "action", "subject", "details", "previous", "hash"])
def test_an_altered_field_is_found(database: Database, clock: VirtualClock, column: str) -> None:
    audit = filled(database, clock)
    values = {"at": "'2020-01-01 00:00:00.000000'", "details": "'{\"n\": 2}'"}
    run(database, f"UPDATE audit_log SET {column} = {values.get(column, repr('x'))} WHERE id = 3")
    found = audit.verify()
    assert (found.ok, found.first_broken, found.rows) == (False, 3, 6)


@pytest.mark.parametrize("row", [1, 3, 6])
def test_a_removed_row_is_found(any_database: Database, clock: VirtualClock, row: int) -> None:
    audit = filled(any_database, clock)
    run(any_database, f"DELETE FROM audit_log WHERE id = {row}")
    assert audit.verify().first_broken == row


def test_a_removed_row_is_found_when_the_rest_moves_up(database: Database, clock: VirtualClock) -> None:
    audit = filled(database, clock)
    run(
        database,
        "DELETE FROM audit_log WHERE id = 3",
        "UPDATE audit_log SET id = id - 1 WHERE id > 3",
        "UPDATE audit_head SET last_id = 5",
    )
    assert audit.verify().first_broken == 3


def test_an_inserted_row_is_found(database: Database, clock: VirtualClock) -> None:
    audit = filled(database, clock)
    columns = "at, actor, action, subject, details, previous, hash"
    run(database, f"INSERT INTO audit_log (id, {columns}) SELECT 7, {columns} FROM audit_log WHERE id = 6")
    assert audit.verify().first_broken == 7


def test_rows_that_changed_places_are_found(database: Database, clock: VirtualClock) -> None:
    audit = filled(database, clock)
    run(
        database,
        "UPDATE audit_log SET id = 99 WHERE id = 2",
        "UPDATE audit_log SET id = 2 WHERE id = 4",
        "UPDATE audit_log SET id = 4 WHERE id = 99",
    )
    assert audit.verify().first_broken == 2


@pytest.mark.parametrize("head", ["DELETE FROM audit_head", "UPDATE audit_head SET last_hash = 'x'"])
def test_a_lost_or_altered_head_is_found(database: Database, clock: VirtualClock, head: str) -> None:
    audit = filled(database, clock)
    run(database, head)
    assert not audit.verify().ok


def test_a_tail_cut_off_together_with_the_head_is_found_by_an_anchor_kept_elsewhere(
    database: Database, clock: VirtualClock
) -> None:
    audit = filled(database, clock)
    anchor = audit.head()
    run(
        database,
        "DELETE FROM audit_log WHERE id > 4",
        "UPDATE audit_head SET last_id = 4, last_hash = (SELECT hash FROM audit_log WHERE id = 4)",
    )
    assert audit.verify().ok
    assert audit.verify(anchor).first_broken == 5
    audit.append("system", "start", "shop")
    audit.append("system", "start", "shop")
    assert audit.verify(anchor).first_broken == 6


def test_joins_the_transaction_of_what_it_records(database: Database, clock: VirtualClock) -> None:
    audit = AuditLog(database, clock)
    with pytest.raises(RuntimeError), database.session() as session:
        audit.append("system", "start", "shop", session=session)
        raise RuntimeError("the change failed")
    assert audit.verify().rows == 0
    with database.session() as session:
        audit.append("system", "start", "shop", session=session)
        audit.append("system", "stop", "shop", session=session)
    assert audit.verify().rows == 2


def test_many_at_once_make_one_chain(any_database: Database, clock: VirtualClock) -> None:
    audit = AuditLog(any_database, clock)
    with ThreadPoolExecutor(8) as pool:
        entries = list(pool.map(lambda n: audit.append("system", "tick", str(n)), range(60)))
    assert sorted(entry.id for entry in entries) == list(range(1, 61))
    assert audit.verify().ok


def test_lists_newest_first_a_page_at_a_time(database: Database, clock: VirtualClock) -> None:
    audit = filled(database, clock)
    first = audit.list(limit=4)
    second = audit.list(limit=4, cursor=first.next_cursor)
    assert [entry.id for entry in (*first.items, *second.items)] == [6, 5, 4, 3, 2, 1]
    assert (first.total, second.next_cursor) == (6, None)
    assert audit.list(subject="order-2").items[0].to_dict() == {
        "id": 3,
        "at": "2026-01-05T06:00:00Z",
        "actor": "person:ann@shop.example",
        "action": "order.cancel",
        "subject": "order-2",
        "details": {"왜": "품절", "n": 0.1},
        "hash": first.items[-1].hash,
    }
    for wrong in ({"limit": 0}, {"limit": 201}, {"cursor": "x"}):
        with pytest.raises(InputError):
            audit.list(**wrong)


def test_refuses_details_that_are_not_plain_json(database: Database, clock: VirtualClock) -> None:
    audit = AuditLog(database, clock)
    for details in ({"n": float("nan")}, {"when": clock.now()}):
        with pytest.raises(InputError):
            audit.append("system", "start", "shop", details)
    assert audit.verify().rows == 0


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(-1e9, 1e9)
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(st.characters(codec="ascii", min_codepoint=32), max_size=5), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(details=st.dictionaries(st.sampled_from("abc"), JSON))
def test_any_details_read_back_to_the_same_hash(
    database: Database, clock: VirtualClock, details: dict[str, Any]
) -> None:
    audit = AuditLog(database, clock)
    audit.append("system", "note", "shop", details)
    assert audit.verify().ok
