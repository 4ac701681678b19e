"""Decision store: written once, moved only from the status seen, listed fast by keyset, summed by cycle."""

from __future__ import annotations

import dataclasses
import math
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from maestro.agents.decision import (
    Action,
    Decision,
    Effect,
    Measured,
    Proposal,
    Status,
    Subject,
    TimelineEvent,
)
from maestro.agents.decision_list import SORTS, DecisionFilter
from maestro.agents.decision_store import DecisionStore
from maestro.database import Database
from maestro.errors import ConflictError, InputError, NotFoundError

MONDAY = datetime(2026, 1, 5, 6, tzinfo=UTC)


def decision(
    number: int, *, cycle: int = 0, agent: str = "keeper", cost: float = 10.0, mean: float = 5.0
) -> Decision:
    at = MONDAY + timedelta(weeks=cycle)
    name = f"Heart T-light holder {number}"
    proposal = Proposal(
        Subject("product", f"SKU{number:05d}@A", {"en": name, "ko": f"하트 촛대 {number}"}),
        Action(
            "order", {"cost": cost}, {"en": f"Order {number} x {name}.", "ko": f"{number}개를 주문합니다."}
        ),
        Action("none", {}, {"en": "Nothing.", "ko": "없음."}),
        {"en": "It runs out.", "ko": "곧 품절됩니다."},
        {"history": [1, 2, 3]},
        "ets-1",
    )
    effect = Effect(mean, mean - 5, mean + 5)
    return Decision.of(proposal, effect, agent=agent, pack="retail", cycle=str(cycle), now=at, place=number)


def event(name: str = "moved") -> TimelineEvent:
    return TimelineEvent(MONDAY, name, "system", {"en": name, "ko": name})


def executed(store: DecisionStore, fresh: Decision, gain: float | None = None) -> Decision:
    """The decision after being allowed and executed a day later, and measured where a gain is given."""
    store.add([fresh])
    present, at = fresh, fresh.created_at + timedelta(days=1)
    for status, changes in (
        (Status.APPROVED, {"allowed_by": "level:full", "decided_at": fresh.created_at}),
        (Status.EXECUTING, {}),
        (Status.EXECUTED, {"executed_at": at, "outcome": {"order": 7}}),
    ):
        moved = present.move(status, **changes)
        present = store.update(moved, expected_status=present.status, event=event(str(status)))
    if gain is not None:
        measured = Measured(gain, True, "holdout", at + timedelta(days=7))
        moved = present.move(Status.MEASURED, measured=measured)
        present = store.update(moved, expected_status=Status.EXECUTED)
    return present


class TestWriting:
    def test_reads_back_what_it_wrote(self, any_database: Database) -> None:
        store = DecisionStore(any_database)
        final = executed(store, decision(1), gain=4.5)
        assert store.get(final.id) == final
        assert [line.event for line in store.timeline(final.id)] == ["approved", "executing", "executed"]
        assert store.timeline(final.id)[0].to_dict()["at"] == "2026-01-05T06:00:00Z"

    def test_a_subject_is_decided_once_a_cycle(self, any_database: Database) -> None:
        store = DecisionStore(any_database)
        assert len(store.add([decision(1), decision(2), decision(1)])) == 2
        later = dataclasses.replace(decision(1), id="d_other", created_at=MONDAY + timedelta(hours=1))
        assert store.add([later, decision(3)]) == (decision(3),)
        assert len(store.add([decision(1, cycle=1), decision(1, agent="other")])) == 2

    def test_only_one_of_many_moves_it(self, any_database: Database) -> None:
        store = DecisionStore(any_database)
        (fresh,) = store.add([decision(1)])

        def approve(_: int) -> bool:
            try:
                store.update(fresh.move(Status.APPROVED), expected_status=Status.PROPOSED, event=event())
            except ConflictError:
                return False
            return True

        with ThreadPoolExecutor(6) as pool:
            assert sum(pool.map(approve, range(12))) == 1
        assert len(store.timeline(fresh.id)) == 1

    def test_says_what_is_wrong(self, database: Database) -> None:
        store = DecisionStore(database)
        with pytest.raises(NotFoundError):
            store.get("d_0")
        with pytest.raises(NotFoundError):
            store.update(decision(1).move(Status.WAITING), expected_status=Status.PROPOSED)
        nan = dataclasses.replace(decision(1), evidence={"history": [math.nan]})
        with pytest.raises(InputError, match="evidence"):
            store.add([nan])
        assert store.list().total == 0

    def test_knows_what_a_cycle_spent_and_how_often_it_acted(self, database: Database) -> None:
        store = DecisionStore(database)
        for number in (1, 2):
            executed(store, decision(number, cost=10.0 * number))
        store.add([decision(3, cost=1000.0)])
        assert store.spent("keeper", "0") == 30.0
        assert store.spent("keeper", "1") == 0.0
        assert store.acted("keeper", MONDAY) == 2
        assert store.acted("keeper", MONDAY, "SKU00001@A") == 1
        assert store.acted("keeper", MONDAY + timedelta(seconds=1)) == 0


class TestListing:
    @pytest.fixture
    def store(self, database: Database) -> DecisionStore:
        return self.filled(DecisionStore(database))

    def filled(self, store: DecisionStore) -> DecisionStore:
        rng = np.random.default_rng(1)
        for cycle in range(3):
            means = rng.integers(0, 4, 10).astype(float)
            store.add(decision(n, cycle=cycle, mean=float(mean)) for n, mean in enumerate(means))
        for n, gain in enumerate((3.0, -1.0, 3.0)):
            executed(store, decision(100 + n, cycle=1), gain=gain)
        return store

    def test_pages_join_up_under_every_sort(self, any_database: Database) -> None:
        store = self.filled(DecisionStore(any_database))
        for sort in (sign + name for name in SORTS for sign in ("", "-")):
            joined = list(store.list(sort=sort, limit=7).items)
            cursor = store.list(sort=sort, limit=7).next_cursor
            while cursor is not None:
                page = store.list(sort=sort, limit=7, cursor=cursor)
                assert page.total == 33
                joined += page.items
                cursor = page.next_cursor
            assert tuple(joined) == store.list(sort=sort, limit=200).items
            assert len({item.id for item in joined}) == 33

    def test_sorts_as_asked(self, store: DecisionStore) -> None:
        newest = store.list().items
        assert newest[0].created_at == MONDAY + timedelta(weeks=2)
        assert newest[0].subject.id == "SKU00000@A", "the best of the last cycle comes first"
        for sort, gains in (("gain", [-1.0, 3.0, 3.0]), ("-gain", [3.0, 3.0, -1.0])):
            items = store.list(sort=sort).items
            assert [item.measured.gain for item in items[:3] if item.measured] == gains
            assert items[3].measured is None
        means = [item.predicted.mean for item in store.list(sort="-predicted").items]
        assert means == sorted(means, reverse=True)

    @pytest.mark.parametrize(
        ("which", "total"),
        [
            (DecisionFilter(agent="keeper"), 33),
            (DecisionFilter(agent="nobody"), 0),
            (DecisionFilter(pack="retail", cycle="1"), 13),
            (DecisionFilter(status=("measured",)), 3),
            (DecisionFilter(status=("measured", "proposed")), 33),
            (DecisionFilter(subject_id="SKU00004@A"), 3),
            (DecisionFilter(since=MONDAY + timedelta(weeks=1)), 23),
            (DecisionFilter(text="HEART t-LIGHT holder 102"), 1),
            (DecisionFilter(text="촛대 4"), 3),
            (DecisionFilter(text="100%"), 0),
        ],
    )
    def test_filters(self, store: DecisionStore, which: DecisionFilter, total: int) -> None:
        page = store.list(which)
        assert (page.total, len(page.items)) == (total, total)

    def test_exports_everything(self, store: DecisionStore) -> None:
        assert len(list(store.iterate(DecisionFilter(cycle="0")))) == 10

    def test_a_line_is_the_digest_of_its_decision(self, store: DecisionStore) -> None:
        for item in store.list(limit=5).items:
            assert item == store.get(item.id).digest
        assert store.list(DecisionFilter(status=("measured",))).items[0].to_dict()["measured"] == {
            "gain": 3.0,
            "covered": True,
            "method": "holdout",
            "at": "2026-01-20T06:00:00Z",
        }

    def test_refuses_what_it_cannot_read(self, store: DecisionStore) -> None:
        cursor = store.list(limit=5).next_cursor
        for wrong in (
            {"sort": "colour"},
            {"limit": 0},
            {"limit": 201},
            {"cursor": "nonsense"},
            {"cursor": "e30="},
            {"cursor": cursor, "sort": "gain"},
            {"which": DecisionFilter(status=("lost",))},
        ):
            with pytest.raises(InputError):
                store.list(**wrong)


def test_a_page_of_many_thousands_is_quick(database: Database) -> None:
    store = DecisionStore(database)
    for cycle in range(5):
        store.add(decision(n, cycle=cycle) for n in range(800))
    third = store.list(DecisionFilter(status=("proposed",)), limit=200, cursor=store.list().next_cursor)
    started = time.perf_counter()
    for which in (None, DecisionFilter(status=("proposed",)), DecisionFilter(agent="keeper")):
        store.list(which, cursor=third.next_cursor)
    seconds = (time.perf_counter() - started) / 3
    assert third.total == 4_000
    assert seconds < 0.5
