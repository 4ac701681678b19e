"""Mapping: a map gives its results in order, records them in chunks, and repeats only what is unfinished."""

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.engine import Engine, Graph, RunStatus, StepFailedError, current_step, portable, step
from maestro.engine.mapping import gaps
from maestro.engine.observation import Advice, StepAhead
from maestro.engine.step_journal import Chunk, joined
from maestro.errors import ConfigurationError, InputError, TemporaryError

Launcher = Callable[..., Awaitable[Engine]]


def double(item: int) -> int:
    return item * 2


async def plus(item: int, by: int = 1) -> int:
    await asyncio.sleep(0)
    return item + by


def total(double: list[int]) -> int:
    return sum(double)


async def test_a_map_gives_a_list_in_order_to_what_takes_it(journal_url: str, launch: Launcher) -> None:
    engine = await launch(Graph("g", [step(double, each="item", of="items"), total]), url=journal_url)

    run_id = await engine.start("g", {"items": list(range(2000))})

    assert await engine.wait(run_id) == {"total": sum(range(2000)) * 2}
    run = await engine.inspect(run_id)
    assert run.steps[0].progress == (2000, 2000)
    assert run.steps[0].output == [item * 2 for item in range(2000)]
    assert run.steps[0].kind == "map"


async def test_an_async_map_takes_its_other_arguments_too(launch: Launcher) -> None:
    engine = await launch(Graph("g", [step(plus, each="item", of="items")]))

    result = await engine.wait(await engine.start("g", {"items": [1, 2, 3], "by": 10}))

    assert result == {"plus": [11, 12, 13]}
    assert await engine.wait(await engine.start("g", {"items": []})) == {"plus": []}


async def test_each_item_has_its_own_idempotency_key(launch: Launcher) -> None:
    keys: list[str] = []

    def note(item: str) -> None:
        keys.append(current_step().key)

    engine = await launch(Graph("g", [step(note, each="item", of="items", chunk_size=2)]))
    await engine.wait(await engine.start("g", {"items": ["a", "b", "c"]}, run_id="r"))

    assert sorted(keys) == ["r/note/0", "r/note/1", "r/note/2"]


async def test_a_failing_item_is_repeated_and_the_others_are_not(
    launch: Launcher, waits: list[float]
) -> None:
    worked: Counter[int] = Counter()
    numbers: list[int] = []

    def shaky(item: int) -> int:
        worked[item] += 1
        if item == 5:
            numbers.append(current_step().attempt)
            if worked[5] < 3:
                raise TemporaryError("busy", delay_s=7)
        return item

    engine = await launch(Graph("g", [step(shaky, each="item", of="items", chunk_size=4)]))

    assert await engine.wait(await engine.start("g", {"items": list(range(12))})) == {
        "shaky": list(range(12))
    }
    assert {item for item, times in worked.items() if times != 1} == {5}
    assert numbers == [1, 2, 3]
    assert waits == [7, 7]


async def test_an_item_that_fails_for_good_fails_the_step(launch: Launcher) -> None:
    def picky(item: int) -> int:
        if item == 3:
            raise ValueError("three")
        return item

    engine = await launch(Graph("g", [step(picky, each="item", of="items", retries=1, chunk_size=2)]))
    run_id = await engine.start("g", {"items": list(range(6))})

    with pytest.raises(StepFailedError, match="ValueError: three"):
        await engine.wait(run_id)
    found = (await engine.inspect(run_id)).steps[0]
    assert [each.error for each in found.attempts] == ["ValueError: three"] * 3


async def test_what_is_no_list_or_cannot_be_kept_is_refused(launch: Launcher) -> None:
    engine = await launch(
        Graph("g", [step(double, each="item", of="items")]),
        Graph("h", [step(lambda item: object(), name="odd", each="item", of="items")]),
    )

    with pytest.raises(InputError, match="Map double needs a list as items, not a int"):
        await engine.wait(await engine.start("g", {"items": 3}))
    with pytest.raises(Exception, match="which a workflow cannot keep"):
        await engine.wait(await engine.start("h", {"items": [3]}))


async def test_a_late_chunk_is_given_up_and_repeated(launch: Launcher) -> None:
    late = [True]

    async def slow(item: int) -> int:
        if item == 1 and late.pop() if late else False:
            await asyncio.sleep(60)
        return item

    engine = await launch(
        Graph("g", [step(slow, each="item", of="items", timeout_s=0.2, chunk_size=2, width=1)])
    )

    assert await engine.wait(await engine.start("g", {"items": [0, 1, 2]})) == {"slow": [0, 1, 2]}


async def test_chunk_size_and_width_can_be_advised(launch: Launcher) -> None:
    at_once: list[int] = []
    working: set[int] = set()

    async def slow(item: int) -> int:
        working.add(item)
        at_once.append(len(working))
        await asyncio.sleep(0.01)
        working.discard(item)
        return item

    class Advisor:
        def before_step(self, ahead: StepAhead) -> Advice:
            assert ahead.size == 12
            assert (ahead.features["width"], "chunk_size" in ahead.features) == (8.0, False)
            assert 0 < ahead.features["load"] <= 1
            return Advice(chunk_size=1, width=3)

    engine = await launch(Graph("g", [step(slow, each="item", of="items")]), advisor=Advisor())

    await engine.wait(await engine.start("g", {"items": list(range(12))}))

    assert max(at_once) == 3


def test_after_a_crash_only_unfinished_items_are_worked(journal_url: str, tmp_path: Path) -> None:
    program = Path(__file__).with_name("crashing_map.py")
    command = [sys.executable, str(program), journal_url, str(tmp_path / "items.txt")]
    killed = subprocess.Popen([*command, "begin"], stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    assert killed.stdout.readline() == "half way\n"
    killed.kill()
    killed.communicate(timeout=30)

    finished = subprocess.run([*command, "finish"], capture_output=True, text=True, timeout=120, check=True)

    assert finished.stdout == f"{sum(range(20))}\n"
    worked = Counter(int(line) for line in (tmp_path / "items.txt").read_text().split())
    assert set(worked) == set(range(20))
    # item 10 hung when the process was killed; its chunk of 2 is the only one that was not recorded
    assert {item for item, times in worked.items() if times > 1} <= {10, 11}


async def test_progress_is_seen_while_it_happens(launch: Launcher) -> None:
    go_on = asyncio.Event()

    async def slow(item: int) -> int:
        if item == 4:
            await go_on.wait()
        return item

    engine = await launch(Graph("g", [step(slow, each="item", of="items", chunk_size=2, width=1)]))
    run_id = await engine.start("g", {"items": list(range(6))})
    async with asyncio.timeout(10):
        while (await engine.inspect(run_id)).steps[0].progress != (4, 6):
            await asyncio.sleep(0.01)

    assert (await engine.inspect(run_id)).status is RunStatus.RUNNING
    go_on.set()
    await engine.wait(run_id)


def test_what_makes_no_map_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="A map needs both"):
        step(double, each="item")
    with pytest.raises(ConfigurationError, match="does not take thing"):
        step(double, each="thing", of="things")
    with pytest.raises(ConfigurationError, match="chunk_size=0"):
        step(double, each="item", of="items", chunk_size=0)


@given(st.lists(st.tuples(st.integers(1, 5), st.booleans()), max_size=12))
@settings(max_examples=100, deadline=None)
def test_chunks_and_gaps_cover_every_item_once(parts: list[tuple[int, bool]]) -> None:
    done: list[Chunk] = []
    at = 0
    for size, finished in parts:
        if finished:
            done.append(Chunk(at, size, 0, portable.dumps(list(range(at, at + size))), 0.0))
        at += size

    missing = [item for start, stop in gaps(done, at) for item in range(start, stop)]
    kept: list[Any] = portable.loads(joined(reversed(done)))

    assert sorted([*missing, *kept]) == list(range(at))
    assert kept == sorted(kept)
