"""Recorded histories against changed code: the same shape goes on where it was, another shape waits.

A history is what the journal held of a run when its process died: its inputs, the shape of its workflow, the
steps and the chunks that were recorded. Whoever changes how runs are recorded must still be able to go on
with these.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from maestro.clock import RealClock
from maestro.engine import Engine, Graph, RunStatus, step
from maestro.engine.journal_tables import ChunkRow, ClaimRow, StepRow
from maestro.settings import EngineSettings

HISTORIES = Path(__file__).parent / "histories"

worked: list[str] = []


def fetch(number: int) -> int:
    worked.append("fetch")
    return -1


def wrap(fetch: int) -> int:
    worked.append("wrap")
    return fetch * 100


def carry(fetch: int) -> int:
    worked.append("carry")
    return -1


def hand_over(wrap: int, carry: int) -> int:
    worked.append("hand_over")
    return wrap + carry


def price(item: str) -> int:
    worked.append(item)
    return 100


def total(price: list[int]) -> int:
    return sum(price)


def insure(carry: int) -> int:
    worked.append("insure")
    return carry


SAME = Graph("errand", [hand_over, carry, wrap, fetch])
CHANGED = Graph("errand", [fetch, wrap, carry, hand_over, insure])
NEXT = Graph("errand", [fetch, wrap, carry, hand_over, insure], version="2")
PRICES = Graph("prices", [step(price, each="item", of="items", chunk_size=3), total])


@pytest.fixture(autouse=True)
def _nothing_worked() -> None:
    worked.clear()


def history(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HISTORIES / f"{name}.json").read_text())
    return found


def shaped(told: dict[str, Any]) -> Graph:
    """A workflow of the recorded shape, whose functions can no longer be had."""

    def stub(arguments: Sequence[str]) -> Callable[..., None]:
        def lost(**_: object) -> None:
            raise AssertionError("the code of a history is not there")

        named = [inspect.Parameter(each, inspect.Parameter.KEYWORD_ONLY) for each in arguments]
        lost.__signature__ = inspect.Signature(named)  # type: ignore[attr-defined]
        return lost

    steps = [step(stub(arguments), name=each) for each, arguments in told["shape"].items()]
    return Graph(told["workflow"], steps, version=told["version"])


@pytest.fixture
async def replay(tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """Put a history into a fresh journal, and launch an engine with other code that goes on with it."""
    url = f"sqlite:///{tmp_path}/engine.db"
    opened: list[Engine] = []

    async def begin(name: str, *graphs: Graph) -> Engine:
        told = history(name)
        recorder = Engine(url, EngineSettings(executor_id="recorder"), RealClock())
        then = shaped(told)
        assert then.fingerprint == told["fingerprint"]
        recorder.register(then)
        await recorder.launch()
        await recorder.start(told["workflow"], told["inputs"], run_id="old", executor_id="dead")
        with recorder.records.session() as session:
            session.execute(insert(ClaimRow).values(run_id="old", executor_id="dead", epoch=1, reason=""))
            for table, rows in ((StepRow, told["steps"]), (ChunkRow, told["chunks"])):
                if rows:
                    session.execute(insert(table), [{"run_id": "old", **row} for row in rows])
        await recorder.shutdown(drain_s=0)

        engine = Engine(url, EngineSettings(executor_id="dead"), RealClock())
        opened.append(engine)
        for graph in graphs:
            engine.register(graph)
        await engine.launch()
        return engine

    yield begin
    for engine in opened:
        await engine.shutdown(drain_s=0)


async def test_the_same_shape_goes_on_with_what_was_recorded(replay: Callable[..., Any]) -> None:
    engine = await replay("errand_half_done", SAME)

    assert await engine.wait("old", timeout_s=20) == {"hand_over": 206}
    assert worked == ["wrap", "hand_over"]


async def test_a_map_goes_on_with_the_items_that_are_left(replay: Callable[..., Any]) -> None:
    engine = await replay("prices_half_done", PRICES)

    assert await engine.wait("old", timeout_s=20) == {"total": 2 + 1 + 3 + 1 + 100 + 100}
    assert worked == ["e", "ff"]


async def test_a_run_ends_on_the_version_it_began_with(replay: Callable[..., Any]) -> None:
    engine = await replay("errand_half_done", SAME, NEXT)

    assert await engine.wait("old", timeout_s=20) == {"hand_over": 206}
    new = await engine.start("errand", {"number": 1}, run_id="new")
    assert set(await engine.wait(new, timeout_s=20)) == {"hand_over", "insure"}
    assert (await engine.inspect("old")).version == "1"
    assert (await engine.inspect("new")).version == "2"


@pytest.mark.parametrize("graphs", [[CHANGED], [NEXT]])
async def test_another_shape_or_version_waits_and_never_fails(
    replay: Callable[..., Any], graphs: Sequence[Graph]
) -> None:
    engine = await replay("errand_half_done", *graphs)

    with pytest.raises(TimeoutError):
        await engine.wait("old", timeout_s=2.5)
    waiting = await engine.inspect("old")
    assert waiting.status is RunStatus.WAITING
    assert "is not known" in waiting.reason
    assert worked == []
