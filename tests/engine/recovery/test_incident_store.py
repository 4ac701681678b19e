"""Incident store: one open incident for a component and kind, its timeline, and who works on it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from maestro.clock import VirtualClock
from maestro.database import Database
from maestro.engine.recovery.incident import IncidentStatus, Outcome, Severity, Symptom
from maestro.engine.recovery.incident_store import IncidentStore
from maestro.engine.recovery.root_cause import Cause
from maestro.engine.tables import create_tables
from maestro.engine.words import Words
from maestro.errors import ConflictError, NotFoundError

SEEN = Words("Seen.", "보았습니다.")


@pytest.fixture
def store(records: Database, clock: VirtualClock) -> IncidentStore:
    return IncidentStore(records, clock)


@pytest.fixture(params=["sqlite", "postgresql"])
def stores(
    request: pytest.FixtureRequest, tmp_path: Path, clock: VirtualClock
) -> Iterator[tuple[IncidentStore, IncidentStore]]:
    """The stores of two processes on the same records."""
    url = f"sqlite:///{tmp_path}/two.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    databases = [Database.open(url), Database.open(url)]
    create_tables(databases[0])
    yield IncidentStore(databases[0], clock), IncidentStore(databases[1], clock)
    for database in databases:
        database.close()


def opened(store: IncidentStore, component: str = "disk", kind: str = "full") -> str:
    return store.open(component, kind, Severity.HIGH, (), SEEN)[0].id


def test_two_processes_open_one_incident_and_one_of_them_works_on_it(
    stores: tuple[IncidentStore, IncidentStore],
) -> None:
    with ThreadPoolExecutor(2) as pool:
        ids = list(pool.map(opened, stores))
    assert ids[0] == ids[1]
    claims = [stores[0].claim(ids[0], "one", 30), stores[1].claim(ids[0], "two", 30)]
    assert claims == [True, False]


async def test_a_claim_that_ended_may_be_taken_over(store: IncidentStore, clock: VirtualClock) -> None:
    incident = opened(store)
    assert store.claim(incident, "one", 30)
    await clock.advance(seconds=31)
    assert store.claim(incident, "two", 30)
    assert not store.claim(incident, "one", 30)


async def test_an_incident_from_its_opening_to_its_end(store: IncidentStore, clock: VirtualClock) -> None:
    symptom = Symptom("disk used_share", 0.99, 0.5, clock.now())
    incident, new = store.open("disk", "full", Severity.CRITICAL, [symptom], SEEN)
    assert new
    store.suspect(incident.id, [Cause("disk", 0.9, (SEEN,), "used_share"), Cause("api", 0.1)], [symptom])
    number = store.action_started(incident.id, "free_space", "disk", "reroute")
    await clock.advance(seconds=4)
    store.action_ended(number, Outcome.RECOVERED)
    detail = store.resolve(incident.id)
    assert (detail.incident.status, detail.incident.recovery_s) == (IncidentStatus.RESOLVED, 4.0)
    shape = detail.to_dict()
    assert shape["title"] == {"en": "The disk is running out of space", "ko": "디스크: 공간이 부족합니다"}
    assert shape["cause"]["en"] == "Most likely cause: the disk (90 %)."
    assert [entry["kind"] for entry in shape["timeline"]] == [
        "opened",
        "cause",
        "action",
        "action",
        "resolved",
    ]
    assert shape["actions"][0]["outcome"] == "recovered"
    assert shape["symptoms"][0]["normal"] == 0.5
    assert shape["causes"][0]["evidence"] == [{"en": "Seen.", "ko": "보았습니다."}]
    assert opened(store) != incident.id


def test_a_person_acknowledges_and_resolves(store: IncidentStore) -> None:
    incident = opened(store)
    detail = store.acknowledge(incident, "the keeper", "On my way.")
    assert (detail.incident.acknowledged_by, detail.incident.note) == ("the keeper", "On my way.")
    store.escalate(incident)
    assert store.get(incident).incident.status is IncidentStatus.ESCALATED
    resolved = store.resolve(incident, "the keeper", "Cable.")
    assert resolved.timeline[-1].words.en == "Closed by the keeper. Cable."
    with pytest.raises(ConflictError):
        store.resolve(incident, "another")
    with pytest.raises(ConflictError):
        store.acknowledge(incident, "another")


@pytest.mark.parametrize("unknown", ["77", "x", "9" * 30])
def test_an_unknown_incident_is_not_found(store: IncidentStore, unknown: str) -> None:
    with pytest.raises(NotFoundError):
        store.get(unknown)


def test_the_list_shows_the_latest_first_page_by_page(store: IncidentStore) -> None:
    ids = [opened(store, f"part{number}") for number in range(5)]
    store.resolve(ids[0])
    page, total = store.latest(limit=2)
    assert ([each.id for each in page], total) == ([ids[4], ids[3]], 5)
    after, _ = store.latest(before=page[-1].id, limit=2)
    assert [each.id for each in after] == [ids[2], ids[1]]
    assert [each.id for each in store.latest(status=["resolved"], text="PART")[0]] == [ids[0]]
    assert [each.id for each in store.unresolved()] == ids[1:]
    assert store.open_one("part1", "full") is not None
    assert store.open_one("part0", "full") is None
