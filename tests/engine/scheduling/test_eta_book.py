"""Eta book: steps are learned, and the end of a run is told through the way that is longest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from maestro.clock import AcceleratedClock, VirtualClock
from maestro.engine.observation import PastRun, PastStep, RunOutcome, StepOutcome
from maestro.engine.run import AttemptInfo, RunDetail, RunStatus, StepInfo, StepStatus
from maestro.engine.scheduling.eta_book import EtaBook
from maestro.engine.scheduling.forecaster import LEAST_SEEN

PARENTS = {"load": (), "clean": ("load",), "check": ("load",), "report": ("clean", "check")}
SECONDS = {"load": 10.0, "clean": 100.0, "check": 20.0, "report": 5.0}


def ended(step: str, seconds: float, *, run_id: str = "r", ok: bool = True, size: int = 0) -> StepOutcome:
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    return StepOutcome(run_id, "nightly", "1", step, "local", moment, 0.0, seconds, 1, ok, size=size)


def past(step: str, seconds: float, *, ok: bool = True) -> PastStep:
    return PastStep(
        step,
        worker="local",
        on_worker=False,
        ok=ok,
        ended_s=0.0,
        waited_s=0.0,
        seconds=seconds,
        worked_s=seconds,
        items=0,
    )


def run_of(clock: VirtualClock, status: RunStatus = RunStatus.RUNNING, **done: StepStatus) -> RunDetail:
    """A run that began with `load` at the moment of the clock."""
    begun = clock.now()

    def step(name: str) -> StepInfo:
        found = done.get(name, StepStatus.PENDING)
        over = found is StepStatus.SUCCEEDED
        attempt = AttemptInfo(begun, begun if over else None, SECONDS[name] if over else None, "")
        attempts = () if found is StepStatus.PENDING else (attempt,)
        return StepInfo(name, PARENTS[name], found, attempts, "")

    return RunDetail("r", "nightly", status, begun, None, "", steps=tuple(step(name) for name in PARENTS))


@pytest.fixture
def book(clock: VirtualClock) -> EtaBook:
    """Knows every step from forty runs, give or take a tenth."""
    rng, book = np.random.default_rng(1), EtaBook(clock)
    for _ in range(40):
        for name, seconds in SECONDS.items():
            book.step_ended(ended(name, seconds * float(np.exp(0.1 * rng.normal()))))
    return book


def test_a_step_is_told_once_it_was_seen(book: EtaBook) -> None:
    told = book.step("nightly", "clean")
    assert told is not None
    assert told.low < 100 < told.high
    assert told.mean == pytest.approx(100, rel=0.1)
    assert book.step("nightly", "unknown") is None


def test_a_step_that_failed_teaches_nothing(clock: VirtualClock) -> None:
    book = EtaBook(clock)
    book.step_ended(ended("load", 3.0, ok=False))
    assert book.step("nightly", "load") is None


def test_larger_arguments_take_longer(clock: VirtualClock) -> None:
    book = EtaBook(clock)
    for size in range(1, 200):
        book.step_ended(ended("load", size / 10, size=size))
    small, large = book.step("nightly", "load", 10), book.step("nightly", "load", 150)
    assert small is not None
    assert large is not None
    assert large.median > 5 * small.median


def test_a_run_ends_after_its_longest_way(book: EtaBook, clock: VirtualClock) -> None:
    told = book.run(run_of(clock))
    assert told is not None
    assert told.critical_path == ("load", "clean", "report")
    assert told.left_s.median == pytest.approx(115, rel=0.1)
    assert told.low < clock.now() + timedelta(seconds=115) < told.high
    assert told.shape()["ends_at"] == told.ends_at.isoformat()


def test_what_is_done_no_longer_counts(book: EtaBook, clock: VirtualClock) -> None:
    told = book.run(run_of(clock, load=StepStatus.SUCCEEDED, clean=StepStatus.SUCCEEDED))
    assert told is not None
    assert told.critical_path == ("check", "report")
    assert told.left_s.median == pytest.approx(25, rel=0.15)


async def test_a_step_that_goes_on_has_less_to_go(book: EtaBook, clock: VirtualClock) -> None:
    detail = run_of(clock, load=StepStatus.SUCCEEDED, clean=StepStatus.RUNNING)
    await clock.advance(seconds=60)
    told = book.run(detail)
    assert told is not None
    assert told.left_s.median == pytest.approx(45, rel=0.25)


def test_nothing_is_told_of_what_is_over_or_unknown(book: EtaBook, clock: VirtualClock) -> None:
    assert book.run(run_of(clock, RunStatus.SUCCEEDED)) is None
    assert EtaBook(clock).run(run_of(clock)) is None


def test_former_runs_teach_too(clock: VirtualClock) -> None:
    book = EtaBook(clock)
    for _ in range(20):
        steps = [past(name, seconds) for name, seconds in SECONDS.items()]
        book.recall(PastRun("nightly", [*steps, past("clean", 9_000, ok=False)]))
    told = book.step("nightly", "clean")
    assert told is not None
    assert told.median == pytest.approx(100, rel=0.1)


def test_a_faster_clock_ends_later_on_its_own_time() -> None:
    clock = AcceleratedClock(datetime(2026, 3, 2, tzinfo=UTC), speed=3_600)
    clock.pause()
    book = EtaBook(clock)
    for name, seconds in [*SECONDS.items()] * LEAST_SEEN:
        book.step_ended(ended(name, seconds))
    steps = tuple(StepInfo(name, PARENTS[name], StepStatus.PENDING, (), "") for name in PARENTS)
    told = book.run(RunDetail("r", "nightly", RunStatus.RUNNING, clock.now(), None, "", steps=steps))
    assert told is not None
    assert (told.ends_at - clock.now()).total_seconds() == pytest.approx(told.left_s.median * 3_600)


async def test_bounds_widen_until_four_of_five_runs_hold(clock: VirtualClock) -> None:
    rng, book, held = np.random.default_rng(4), EtaBook(clock), []
    for number in range(700):
        detail = run_of(clock)
        told = book.run(RunDetail(**{**vars(detail), "id": f"r{number}"}))
        slow = float(np.exp(0.5 * rng.normal()))  # a whole run is slow or fast, which no step alone tells
        total = slow * 115
        for name, seconds in SECONDS.items():
            book.step_ended(ended(name, seconds * slow))
        await clock.advance(seconds=total)
        if told is not None:
            held.append(told.low <= clock.now() <= told.high)
        book.run_ended(RunOutcome(f"r{number}", "nightly", "1", "succeeded", clock.now(), total))
    assert 0.75 <= np.mean(held[-500:]) <= 0.85
    book.run_ended(RunOutcome("unknown", "nightly", "1", "succeeded", clock.now(), 1.0))
    book.rollback_failed("r", "work", "load", "no")
