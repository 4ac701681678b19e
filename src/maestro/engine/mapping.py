"""Mapping: works a step once an item of a list, in chunks that are recorded as they are done."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from maestro.engine import portable
from maestro.engine.attempt import Failed, Patience
from maestro.engine.failure import describe
from maestro.engine.recovery.retry import delay_s, jitter_of, may_help
from maestro.engine.step import CurrentStep, Step, working_on
from maestro.engine.step_journal import Chunk, FencedError, JournalError, StepRecord, joined
from maestro.errors import InputError

CHUNK_S = 0.075
"""Seconds of work that a chunk should hold: a crash costs little, and a record costs little beside it."""

FIRST_CHUNK = 8
LARGEST_CHUNK = 20_000
THREAD_WIDTH = 4
ASYNC_WIDTH = 8

_BREATH_S = 0.005

Outcome = tuple[str, int, Exception | None]
"""What a chunk came to: its values as a portable JSON list, how many there are, and what went wrong then."""

CallChunk = Callable[[Callable[..., Any], Mapping[str, Any], CurrentStep, int], Awaitable[Outcome]]
"""Calls a function for a chunk, here or on a worker, given its arguments, its first item and its size."""


@dataclass(frozen=True)
class Items:
    """What a map works on: the list, and the other arguments that each call gets."""

    values: Sequence[Any]
    others: Mapping[str, Any]


def items_of(step: Step, arguments: Mapping[str, Any]) -> Items:
    """Part the arguments of a map into its list and what each call gets beside its item.

    Raises:
        InputError: what should be the list is none.
    """
    values = arguments[step.of]
    if not isinstance(values, list | tuple):
        raise InputError(
            f"Map {step.name} needs a list as {step.of}, not a {type(values).__name__}.",
            remedy="Have the step or the input give a list.",
        )
    return Items(values, {name: value for name, value in arguments.items() if name != step.of})


def work_items(
    function: Callable[..., Any],
    arguments: Mapping[str, Any],
    each: str,
    items: Sequence[Any],
    first: CurrentStep,
) -> Outcome:
    """Call a plain function for each item, in this thread, until one fails."""
    values: list[Any] = []
    error: Exception | None = None
    assert first.item is not None
    for index, item in enumerate(items):
        attempt = first.attempt if not index else 1
        working_on(CurrentStep(first.run_id, first.step, attempt, first.item + index))
        try:
            values.append(function(**arguments, **{each: item}))
        except Exception as raised:
            error = raised
            break
    return _written(values, error)


async def work_items_async(
    function: Callable[..., Any],
    arguments: Mapping[str, Any],
    each: str,
    items: Sequence[Any],
    first: CurrentStep,
) -> Outcome:
    """Await an async function for each item, one after another, until one fails."""
    values: list[Any] = []
    error: Exception | None = None
    assert first.item is not None
    breathed_at = time.perf_counter()
    for index, item in enumerate(items):
        attempt = first.attempt if not index else 1
        working_on(CurrentStep(first.run_id, first.step, attempt, first.item + index))
        try:
            values.append(await function(**arguments, **{each: item}))
        except Exception as raised:
            error = raised
            break
        if time.perf_counter() - breathed_at > _BREATH_S:
            await asyncio.sleep(0)  # a function that never waits must not keep all others from the loop
            breathed_at = time.perf_counter()
    return _written(values, error)


def _written(values: list[Any], error: Exception | None) -> Outcome:
    try:
        return portable.dumps(values), len(values), error
    except Exception as raised:
        return "[]", 0, raised


@dataclass
class MapRun:
    """One map of one run: takes chunk after chunk off what is unfinished, several at once.

    Args:
        step: the map.
        run_id: its run.
        items: what it works on.
        patience: clocks, seed and lease.
        call: calls a function for a chunk.
        record: records a chunk.
        failed: records a failed attempt that will be repeated.
        chunk_size: items in a chunk; None adapts to `CHUNK_S`.
        width: chunks at once.
        done: chunks that are recorded already.
        attempts: failed attempts, those before a crash included; new ones are added.
    """

    step: Step
    run_id: str
    items: Items
    patience: Patience
    call: CallChunk
    record: Callable[[Chunk], Awaitable[None]]
    failed: Failed
    chunk_size: int | None
    width: int
    done: list[Chunk]
    attempts: list[dict[str, Any]]
    _left: deque[tuple[int, int]] = field(default_factory=deque)
    _tries: Counter[int] = field(default_factory=Counter)
    _error: Exception | None = None

    def __post_init__(self) -> None:
        self._left.extend(gaps(self.done, len(self.items.values)))
        self._tries.update(each["item"] for each in self.attempts if each.get("item") is not None)
        self._size = self.chunk_size or FIRST_CHUNK

    @property
    def progress(self) -> tuple[int, int]:
        """Items done, and items."""
        return sum(chunk.size for chunk in self.done), len(self.items.values)

    async def work(self) -> StepRecord:
        """Work what is unfinished and say how it went as a journal record.

        An item that fails is tried again as its step says, and those before it in its chunk are kept. When
        one fails for good, the chunks at work are still ended and recorded.

        Raises:
            FencedError: this run or this process has been given up.
        """
        started_at, origin = self.patience.clock.now(), time.perf_counter()
        lanes = [asyncio.create_task(self._lane()) for _ in range(max(1, self.width))]
        try:
            await asyncio.gather(*lanes)
        finally:
            for lane in lanes:
                lane.cancel()
            await asyncio.gather(*lanes, return_exceptions=True)
        whole = self._attempt(started_at, time.perf_counter() - origin, self._error)
        details: dict[str, Any] = {"attempts": [whole, *self.attempts], "items": len(self.items.values)}
        if self._error is not None:
            return StepRecord("failed", None, {**details, "error": describe(self._error)})
        return StepRecord("succeeded", joined(self.done), details)

    async def _lane(self) -> None:
        while self._left and self._error is None:
            start, stop = self._take()
            await self._chunk(start, stop)

    def _take(self) -> tuple[int, int]:
        start, stop = self._left.popleft()
        # near the end the rest is shared out, so that no lane works long after the others are through
        left = stop - start + sum(end - begin for begin, end in self._left)
        size = self._size if self.chunk_size else min(self._size, max(1, -(-left // self.width)))
        if start + size < stop:
            self._left.appendleft((start + size, stop))
        return start, min(stop, start + size)

    async def _chunk(self, start: int, stop: int) -> None:
        key = f"{self.run_id}/{self.step.name}"
        self.patience.check_lease(key)
        started_at, origin = self.patience.clock.now(), time.perf_counter()
        function = work_items_async if inspect.iscoroutinefunction(self.step.fn) else work_items
        current = CurrentStep(self.run_id, self.step.name, self._tries[start] + 1, start)
        arguments = {
            "function": self.step.fn,
            "arguments": self.items.others,
            "each": self.step.each,
            "items": self.items.values[start:stop],
            "first": current,
        }
        try:
            text, size, error = await self.call(function, arguments, current, stop - start)
        except (FencedError, JournalError):
            raise
        except Exception as raised:
            text, size, error = "[]", 0, raised
            self._size = max(1, self._size // 2)
        seconds = time.perf_counter() - origin
        if size:
            chunk = Chunk(start, size, len(self.items.values), text, round(seconds, 6))
            await self.record(chunk)
            self.done.append(chunk)
        if error is None:
            self._adapt(size, seconds)
        else:
            await self._again(start + size, stop, error, self._attempt(started_at, seconds, error))

    async def _again(self, item: int, stop: int, error: Exception, attempt: dict[str, Any]) -> None:
        """What a failing item leaves undone is put back, after a wait, unless it failed for good."""
        self._tries[item] += 1
        number = self._tries[item]
        if number > self.step.retries or not may_help(error):
            self._error = self._error or error
            self.attempts.append({**attempt, "item": item})
            return
        self.attempts.append({**attempt, "item": item})
        await self.failed(len(self.attempts), self.attempts[-1])
        jitter = jitter_of(self.patience.seed, f"{self.run_id}/{self.step.name}/{item}", number)
        await self.patience.wait_clock.sleep(delay_s(error, number, jitter))
        self._left.appendleft((item, stop))

    def _adapt(self, size: int, seconds: float) -> None:
        if self.chunk_size is None:
            fitting = size * CHUNK_S / max(seconds, 1e-6)
            self._size = int(min(LARGEST_CHUNK, max(1.0, min(fitting, self._size * 8.0))))

    def _attempt(self, started_at: datetime, seconds: float, error: Exception | None) -> dict[str, Any]:
        return {
            "started_at": started_at,
            "ended_at": self.patience.clock.now(),
            "seconds": round(seconds, 6),
            "error": describe(error)["message"] if error else None,
        }


def finished(items: Sequence[Any], done: Iterable[Chunk]) -> list[Any]:
    """The items whose results are in these chunks, in the order of the results that `joined` gives."""
    in_order = sorted(done, key=lambda chunk: chunk.start)
    return [item for chunk in in_order for item in items[chunk.start : chunk.start + chunk.size]]


def default_width(step: Step) -> int:
    """Chunks worked at once where nobody says how many."""
    return step.width or (ASYNC_WIDTH if inspect.iscoroutinefunction(step.fn) else THREAD_WIDTH)


def gaps(done: Iterable[Chunk], total: int) -> list[tuple[int, int]]:
    """What is not in any chunk, as ranges of item numbers from first to one past the last."""
    found, at = [], 0
    for chunk in sorted(done, key=lambda chunk: chunk.start):
        if chunk.start > at:
            found.append((at, chunk.start))
        at = max(at, chunk.start + chunk.size)
    if at < total:
        found.append((at, total))
    return found
