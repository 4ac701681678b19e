"""Failing beside others: what a run that fails has open is ended, and what was half done is taken back."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from maestro.engine import (
    Engine,
    Graph,
    RunStatus,
    StepStatus,
    current_step,
    portable,
    step,
    subworkflow,
    wait_for_approval,
    wait_for_event,
)
from maestro.engine.journal_tables import ClaimRow
from maestro.engine.lifecycle import Lifecycle
from maestro.engine.mapping import finished
from maestro.engine.step_journal import Chunk, Claim, StepJournal, StepRecord, joined
from maestro.errors import ConflictError, PermanentError
from maestro.settings import EngineSettings

Launcher = Callable[..., Awaitable[Engine]]


class Trip:
    """A trip whose payment fails when it is told to, while a sub-workflow waits for a person."""

    def __init__(self) -> None:
        self.fail = asyncio.Event()
        self.undone: list[str] = []

    def undo(self) -> None:
        self.undone.append(current_step().key)

    def inner(self, *, undoable: bool = True) -> Graph:
        def pack(order: str) -> str:
            return f"packed {order}"

        def ship(approve: dict[str, Any], pack: str) -> str:
            return f"shipped {pack}"

        asked = wait_for_approval("approve", after=["pack"])
        return Graph("shipping", [step(pack, undo=self.undo if undoable else None), asked, ship])

    def graph(self, *, undoable: bool = True, **options: Any) -> Graph:
        def reserve(order: str) -> str:
            return order

        async def pay(reserve: str) -> None:
            await self.fail.wait()
            raise PermanentError("no money")

        undo = self.undo if undoable else None
        inner = subworkflow("ship", self.inner(undoable=undoable), **options)
        return Graph("order", [step(reserve, undo=undo), pay, inner])


async def until_asked(engine: Engine) -> None:
    """Wait until somebody is asked for something."""
    async with asyncio.timeout(20):
        while not await engine.waits():
            await asyncio.sleep(0.01)


async def failed(engine: Engine, run_id: str = "r", words: str = "no money") -> dict[str, StepStatus]:
    """Wait until a run has failed; gives where its steps stand."""
    with pytest.raises(PermanentError, match=words):
        await engine.wait(run_id, timeout_s=20)
    run = await engine.inspect(run_id)
    assert run.status is RunStatus.FAILED
    return {each.name: each.status for each in run.steps}


async def test_a_sub_workflow_ends_with_the_run_it_belongs_to_and_is_taken_back_first(
    journal_url: str, launch: Launcher
) -> None:
    trip = Trip()
    engine = await launch(trip.graph(), url=journal_url)
    await engine.start("order", {"order": "tea"}, run_id="r")
    await until_asked(engine)

    trip.fail.set()

    assert await failed(engine) == {
        "reserve": StepStatus.UNDONE,
        "pay": StepStatus.FAILED,
        "ship": StepStatus.UNDONE,
    }
    assert trip.undone == ["r/ship/pack/undo", "r/reserve/undo"]
    assert (await failed(engine, "r/ship", "was taken back"))["pack"] is StepStatus.UNDONE
    assert await engine.waits() == []


async def test_what_is_stopped_needs_no_second_place(launch: Launcher) -> None:
    trip = Trip()

    def pay(go: Any) -> None:
        raise PermanentError("no money")

    few = EngineSettings(concurrency=1, queue_polling_s=0.05, watch_s=0.05)
    graph = Graph("order", [wait_for_event("go"), pay, subworkflow("ship", trip.inner())])
    engine = await launch(graph, settings=few)
    await engine.start("order", {"order": "tea"}, run_id="r")
    async with asyncio.timeout(20):
        while len(await engine.waits()) < 2:
            await asyncio.sleep(0.01)

    await engine.signal("r", "go")

    await failed(engine)
    assert trip.undone == ["r/ship/pack/undo"]


async def test_a_sub_workflow_of_a_sub_workflow_is_taken_back_too(launch: Launcher) -> None:
    trip = Trip()

    def label(order: str) -> str:
        return order

    middle = Graph("middle", [step(label, undo=trip.undo), subworkflow("ship", trip.inner())])

    async def pay() -> None:
        await trip.fail.wait()
        raise PermanentError("no money")

    engine = await launch(Graph("order", [pay, subworkflow("send", middle)]))
    await engine.start("order", {"order": "tea"}, run_id="r")
    await until_asked(engine)

    trip.fail.set()

    await failed(engine)
    assert trip.undone == ["r/send/ship/pack/undo", "r/send/label/undo"]


async def test_a_sub_workflow_that_comes_after_the_failure_is_not_begun(launch: Launcher) -> None:
    failing, go_on = asyncio.Event(), asyncio.Event()
    begun: list[str] = []

    async def pay() -> None:
        failing.set()
        raise PermanentError("no money")

    async def slow(order: str) -> str:
        await go_on.wait()
        return order

    def pack(slow: str) -> None:
        begun.append(current_step().key)

    engine = await launch(Graph("order", [pay, slow, subworkflow("ship", Graph("shipping", [pack]))]))
    await engine.start("order", {"order": "tea"}, run_id="r")
    await asyncio.wait_for(failing.wait(), 20)
    await asyncio.sleep(0.1)
    go_on.set()

    steps = await failed(engine)

    assert (steps["slow"], steps["ship"]) == (StepStatus.SUCCEEDED, StepStatus.SKIPPED)
    assert begun == []
    assert [run.id for run in await engine.list_runs()] == ["r"]


async def test_a_failure_inside_while_it_is_taken_back_is_told_once(launch: Launcher) -> None:
    trip = Trip()
    told: list[tuple[str, str]] = []

    class Witness:
        def step_ended(self, outcome: object) -> None: ...

        def run_ended(self, outcome: object) -> None: ...

        def rollback_failed(self, run_id: str, workflow: str, step: str, error: str) -> None:
            told.append((run_id, step))

    def undo() -> None:
        raise PermanentError("it is sealed")

    trip.undo = undo  # type: ignore[method-assign]
    engine = await launch(trip.graph(), observers=[Witness()])
    await engine.start("order", {"order": "tea"}, run_id="r")
    await until_asked(engine)

    trip.fail.set()

    assert (await failed(engine))["ship"] is StepStatus.UNDO_FAILED
    assert told == [("r/ship", "pack"), ("r", "reserve")]


async def test_one_that_succeeded_without_its_run_knowing_is_taken_back_by_the_undo_of_its_step(
    launch: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[Any] = []
    succeeded = asyncio.Event()
    record = StepJournal.record

    async def slow(self: StepJournal, claim: Claim, step: str, kept: StepRecord) -> None:
        if (claim.run_id, step) == ("r", "ship"):
            succeeded.set()
            await asyncio.sleep(3600)
        await record(self, claim, step, kept)

    def quick(order: str) -> str:
        return order

    def undo(order: str, result: dict[str, str]) -> None:
        taken.append((order, result, current_step().key))

    monkeypatch.setattr(StepJournal, "record", slow)
    sub = subworkflow("ship", Graph("shipping", [quick]), undo=undo)
    engine = await launch(Graph("order", [sub]))
    await engine.start("order", {"order": "tea"}, run_id="r")
    await asyncio.wait_for(succeeded.wait(), 20)

    await engine.cancel("r", roll_back=True)

    await failed(engine, words="was taken back")
    assert taken == [("tea", {"quick": "tea"}, "r/ship/undo")]


async def test_a_run_goes_on_with_the_sub_workflow_that_was_stopped_where_nothing_was_taken_back(
    launch: Launcher,
) -> None:
    trip = Trip()
    engine = await launch(trip.graph(undoable=False))
    await engine.start("order", {"order": "tea"}, run_id="r")
    await until_asked(engine)
    trip.fail.set()
    assert (await failed(engine))["ship"] is StepStatus.SKIPPED
    assert (await engine.inspect("r/ship")).status is RunStatus.FAILED
    trip.fail.clear()

    await engine.resume("r")

    await until_asked(engine)
    assert (await engine.inspect("r/ship")).steps[0].status is StepStatus.SUCCEEDED
    await engine.cancel("r")


async def test_a_run_whose_sub_workflow_was_taken_back_is_not_resumed_and_nothing_of_it_is(
    launch: Launcher,
) -> None:
    trip = Trip()
    engine = await launch(trip.graph())
    await engine.start("order", {"order": "tea"}, run_id="r")
    await until_asked(engine)
    trip.fail.set()
    await failed(engine)

    with pytest.raises(ConflictError, match="was rolled back"):
        await engine.resume("r")

    assert (await engine.inspect("r/ship")).status is RunStatus.FAILED


async def test_what_a_person_cancelled_inside_is_taken_back_with_the_run(launch: Launcher) -> None:
    trip = Trip()
    engine = await launch(trip.graph())
    await engine.start("order", {"order": "tea"}, run_id="r")
    await until_asked(engine)

    await engine.cancel("r/ship")
    trip.fail.set()

    await failed(engine, words=r"no money|r/ship is cancelled")
    assert trip.undone == ["r/ship/pack/undo", "r/reserve/undo"]


async def test_what_failed_before_a_crash_stops_the_sub_workflow_after_it(launch: Launcher) -> None:
    trip = Trip()
    graph = trip.graph()
    engine = await launch(graph)
    await engine.start("order", {"order": "tea"}, run_id="r")
    await until_asked(engine)
    await engine.shutdown(drain_s=0)
    await journal_says_that_pay_failed(engine)

    again = await launch(graph)

    assert (await failed(again))["ship"] is StepStatus.UNDONE
    assert trip.undone == ["r/ship/pack/undo", "r/reserve/undo"]
    assert await again.waits() == []


async def test_one_that_was_given_up_before_a_crash_and_still_runs_is_stopped_and_taken_back(
    launch: Launcher,
) -> None:
    trip = Trip()
    graph = trip.graph()
    engine = await launch(graph)
    await engine.start("order", {"order": "tea"}, run_id="r")
    await until_asked(engine)
    await engine.shutdown(drain_s=0)
    await journal_says_that_pay_failed(engine, given_up="ship")

    again = await launch(graph)

    assert (await failed(again))["ship"] is StepStatus.UNDONE
    assert trip.undone == ["r/ship/pack/undo", "r/reserve/undo"]


async def test_what_never_began_before_a_crash_cannot_be_begun_by_the_dead(launch: Launcher) -> None:
    trip = Trip()
    graph = trip.graph()
    engine = await launch(graph, settings=EngineSettings(executor_id="frozen", queue_polling_s=0.05))
    release = asyncio.Event()
    begin = engine._live.begin  # type: ignore[union-attr]

    async def frozen(*given: Any, **options: Any) -> None:
        if options.get("parent_id"):
            await release.wait()
        await begin(*given, **options)

    engine._live.begin = frozen  # type: ignore[union-attr, method-assign]
    await engine.start("order", {"order": "tea"}, run_id="r")
    async with asyncio.timeout(20):
        while "ship" not in getattr(engine._live.runner.execution("r"), "waits", ()):  # type: ignore[union-attr]
            await asyncio.sleep(0.01)

    trip.fail.set()
    async with asyncio.timeout(20):
        while (claim := claim_of(engine, "r/ship")) is None or claim.ended_at is None:
            await asyncio.sleep(0.01)
    release.set()

    await failed(engine)
    assert (await engine.inspect("r/ship")).status is not RunStatus.SUCCEEDED
    assert trip.undone == ["r/reserve/undo"]
    assert await engine.waits() == []


async def test_what_was_kept_from_beginning_may_begin_when_the_run_is_resumed(launch: Launcher) -> None:
    go_on = asyncio.Event()

    async def pay() -> None:
        await go_on.wait()

    async def slow(order: str) -> str:
        await go_on.wait()
        return order

    def pack(slow: str) -> str:
        return f"packed {slow}"

    graph = Graph("order", [pay, slow, subworkflow("ship", Graph("shipping", [pack]))])
    engine = await launch(graph)
    await engine.start("order", {"order": "tea"}, run_id="r")
    await engine.shutdown(drain_s=0)
    await journal_says_that_pay_failed(engine)
    go_on.set()
    again = await launch(graph)
    assert (await failed(again))["ship"] is StepStatus.SKIPPED
    claim = claim_of(again, "r/ship")
    assert claim is not None
    assert claim.ended_at is not None

    await again.resume("r")

    assert await again.wait("r", timeout_s=20) == {"pay": None, "ship": {"pack": "packed tea"}}


async def test_a_database_that_is_away_sets_the_failing_run_back_and_its_sub_workflow_is_stopped_later(
    launch: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    trip = Trip()
    engine = await launch(trip.graph())
    await engine.start("order", {"order": "tea"}, run_id="r")
    await until_asked(engine)
    cancel, tried = Lifecycle.cancel, []

    async def away_at_first(self: Lifecycle, run_id: str, because: str = "") -> None:
        tried.append(run_id)
        if len(tried) == 1:
            raise OperationalError("UPDATE", {}, Exception("database is locked"))
        await cancel(self, run_id, because)

    monkeypatch.setattr(Lifecycle, "cancel", away_at_first)

    trip.fail.set()

    assert (await failed(engine))["ship"] is StepStatus.UNDONE
    assert tried == ["r/ship", "r/ship"]
    assert trip.undone == ["r/ship/pack/undo", "r/reserve/undo"]


async def test_an_open_wait_is_closed_by_whoever_goes_on_with_the_failed_run(launch: Launcher) -> None:
    fail = asyncio.Event()

    async def pay() -> None:
        await fail.wait()

    graph = Graph("order", [pay, wait_for_approval("approve")])
    engine = await launch(graph)
    await engine.start("order", {}, run_id="r")
    await until_asked(engine)
    await engine.shutdown(drain_s=0)
    await journal_says_that_pay_failed(engine)

    again = await launch(graph)

    assert (await failed(again))["approve"] is StepStatus.SKIPPED
    assert await again.waits() == []


async def journal_says_that_pay_failed(engine: Engine, given_up: str = "") -> None:
    """Record a failure, and what was given up for it, as a process would that died right after it."""
    journal = StepJournal(engine.records, engine.executor_id)
    claim, _ = await journal.claim("r")
    error = {"kind": "PermanentError", "message": "no money", "remedy": ""}
    await journal.record(claim, "pay", StepRecord("failed", None, {"error": error}, number=50))
    if given_up:
        because = {"because": "another step failed", "failed": True}
        await journal.record(claim, given_up, StepRecord("skipped", None, because, number=51))
    await journal.close()


def claim_of(engine: Engine, run_id: str) -> ClaimRow | None:
    with engine.records.reader() as session:
        return session.get(ClaimRow, run_id)


# Maps that did not succeed


def map_of(undone: list[Any], work: Callable[[int], Any], **options: Any) -> Any:
    """A map over numbers that gives their tens, and an undo that keeps what it is given."""

    async def book(number: int, day: str) -> int:
        await work(number)
        return number * 10

    def cancel(numbers: list[int], result: list[int], day: str) -> None:
        undone.append((current_step().key, numbers, result, day))

    chosen: dict[str, Any] = {"retries": 0, "chunk_size": 2, "width": 1, "undo": cancel, **options}
    return step(book, each="number", of="numbers", **chosen)


async def test_the_finished_items_of_a_map_that_failed_are_undone(journal_url: str, launch: Launcher) -> None:
    undone: list[Any] = []

    async def work(number: int) -> None:
        if number == 5:
            raise PermanentError("five is taken")

    engine = await launch(Graph("g", [map_of(undone, work)]), url=journal_url)
    await engine.start("g", {"numbers": list(range(9)), "day": "monday"}, run_id="r")

    await failed(engine, words="five is taken")

    assert undone == [("r/book/undo", [0, 1, 2, 3, 4], [0, 10, 20, 30, 40], "monday")]
    (book,) = (await engine.inspect("r")).steps
    assert (book.status, book.error) == (StepStatus.FAILED, "five is taken")
    with pytest.raises(ConflictError, match="was rolled back"):
        await engine.resume("r")


async def test_a_map_of_which_nothing_is_finished_is_not_undone(launch: Launcher) -> None:
    undone: list[Any] = []

    async def work(number: int) -> None:
        raise PermanentError("closed")

    engine = await launch(Graph("g", [map_of(undone, work)]))
    await engine.start("g", {"numbers": [1, 2], "day": "monday"}, run_id="r")

    assert await failed(engine, words="closed") == {"book": StepStatus.FAILED}
    assert undone == []


async def test_a_map_beside_a_failing_step_ends_and_is_undone_as_a_whole(launch: Launcher) -> None:
    undone: list[Any] = []
    half, go_on = asyncio.Event(), asyncio.Event()

    async def work(number: int) -> None:
        if number == 2:
            half.set()
            await go_on.wait()

    async def pay() -> None:
        await half.wait()
        asyncio.get_running_loop().call_later(0.2, go_on.set)
        raise PermanentError("no money")

    engine = await launch(Graph("g", [map_of(undone, work), pay]))
    await engine.start("g", {"numbers": [0, 1, 2, 3], "day": "monday"}, run_id="r")

    await failed(engine)

    assert undone == [("r/book/undo", [0, 1, 2, 3], [0, 10, 20, 30], "monday")]


@pytest.mark.parametrize("inside", [False, True])
async def test_the_finished_items_of_a_map_that_was_cancelled_are_undone(
    launch: Launcher, inside: bool
) -> None:
    undone: list[Any] = []
    half = asyncio.Event()

    async def work(number: int) -> None:
        if number == 5:
            half.set()
            await asyncio.sleep(3600)

    booking = Graph("booking", [map_of(undone, work)])
    engine = await launch(Graph("outer", [subworkflow("trip", booking)]) if inside else booking)
    name = "outer" if inside else "booking"
    await engine.start(name, {"numbers": list(range(9)), "day": "monday"}, run_id="r")
    await asyncio.wait_for(half.wait(), 20)

    await engine.cancel("r", roll_back=True)

    await failed(engine, words="was taken back")
    # 4 was worked in a chunk with 5 that is not recorded: whether it had an effect is not known here
    key = "r/trip/book/undo" if inside else "r/book/undo"
    assert undone == [(key, [0, 1, 2, 3], [0, 10, 20, 30], "monday")]


async def test_an_undo_of_finished_items_is_tried_again_with_the_same_items_after_a_crash(
    launch: Launcher,
) -> None:
    undone: list[Any] = []
    hanging = asyncio.Event()

    async def work(number: int) -> None:
        if number == 3:
            raise PermanentError("three is taken")

    async def cancel(numbers: list[int]) -> None:
        undone.append((current_step().key, numbers))
        if len(undone) == 1:
            hanging.set()
            await asyncio.sleep(3600)

    graph = Graph("g", [map_of([], work, undo=cancel)])
    engine = await launch(graph)
    await engine.start("g", {"numbers": list(range(6)), "day": "monday"}, run_id="r")
    await asyncio.wait_for(hanging.wait(), 20)
    await engine.shutdown(drain_s=0)

    await failed(await launch(graph), words="three is taken")

    assert undone == [("r/book/undo", [0, 1, 2])] * 2


async def test_a_chunk_that_cannot_be_recorded_fails_its_step_and_the_rest_is_taken_back(
    launch: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    undone: list[Any] = []
    record_chunk = StepJournal.record_chunk

    async def refused(self: StepJournal, claim: Claim, step: str, chunk: Chunk) -> None:
        if chunk.start == 2:
            raise ValueError("too large")
        await record_chunk(self, claim, step, chunk)

    async def work(number: int) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr(StepJournal, "record_chunk", refused)
    engine = await launch(Graph("g", [map_of(undone, work)]))
    await engine.start("g", {"numbers": list(range(6)), "day": "monday"}, run_id="r")

    await failed(engine, words="too large")

    assert undone == [("r/book/undo", [0, 1], [0, 10], "monday")]


@given(st.lists(st.tuples(st.integers(1, 5), st.booleans()), max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_an_undo_gets_each_finished_item_with_what_it_returned(
    parts: list[tuple[int, bool]], random: Any
) -> None:
    done: list[Chunk] = []
    at = 0
    for size, is_finished in parts:
        if is_finished:
            values = [item * 10 for item in range(at, at + size)]
            done.append(Chunk(at, size, 0, portable.dumps(values), 0.0))
        at += size
    random.shuffle(done)

    items = finished(list(range(at)), done)

    assert portable.loads(joined(done)) == [item * 10 for item in items]
    assert items == sorted(item for each in done for item in range(each.start, each.start + each.size))
