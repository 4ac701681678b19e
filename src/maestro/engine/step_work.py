"""Step work: works one step of a run, plain or once an item, here or on a worker, as it is advised."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from maestro.engine.attempt import attempt
from maestro.engine.calling import Errand, call_here, call_worker
from maestro.engine.failure import describe
from maestro.engine.graph import Graph
from maestro.engine.mapping import Items, MapRun, Outcome, default_width, items_of
from maestro.engine.observation import Advice, StepAhead, StepOutcome
from maestro.engine.slot import Slot
from maestro.engine.step import CurrentStep, Step
from maestro.engine.step_journal import Chunk, Claim, Recorded, StepRecord
from maestro.engine.workers.base import kind_of
from maestro.engine.workplace import Workplace
from maestro.errors import InputError, PolicyError


class StepWork:
    """One step of one run in this process.

    Args:
        step: what to work.
        graph: the workflow it belongs to.
        claim: the right to record.
        recorded: what was recorded of the run before.
        place: what to work with.
    """

    def __init__(self, step: Step, graph: Graph, claim: Claim, recorded: Recorded, place: Workplace) -> None:
        self._step = step
        self._graph = graph
        self._claim = claim
        self._chunks = list(recorded.chunks.get(step.name, ()))
        self._place = place
        self._worker = place.executor_id
        self._where: str = step.where
        self._limit_s = step.timeout_s or place.patience.timeout_s
        self._map: MapRun | None = None
        self._began = time.perf_counter()
        self.attempts: list[dict[str, Any]] = list(recorded.attempts.get(step.name, ()))

    @property
    def progress(self) -> tuple[int, int] | None:
        """Items done and items of a map; None for any other step."""
        return self._map.progress if self._map else None

    @property
    def chunks(self) -> Sequence[Chunk]:
        """Finished chunks of a map, those before a crash included."""
        return self._chunks

    async def work(self, arguments: Mapping[str, Any], size: int, slot: Slot, ready_at: float) -> StepRecord:
        """Work it to its end, and say how it went as a journal record.

        Args:
            arguments: its arguments by name.
            size: characters of its arguments as the journal writes them.
            slot: the place of its run, given back while an advised delay lasts.
            ready_at: when its inputs were there, in seconds of `time.perf_counter`.

        Raises:
            FencedError: this run or this process has been given up.
        """
        items: Items | None = None
        if self._step.each:
            try:
                items = items_of(self._step, arguments)
            except InputError as error:
                return StepRecord("failed", None, {"error": describe(error)})
            size = len(items.values)
        ahead = self._ahead(arguments, size)
        advice = self._place.advice(ahead)
        if advice.refuse:
            return StepRecord("failed", None, {"error": describe(PolicyError(advice.refuse))})
        if advice.delay_s > 0:
            async with slot.away():
                await self._place.patience.wait_clock.sleep(advice.delay_s)
        self._where = advice.where or self._step.where
        waited_s, origin = time.perf_counter() - ready_at, time.perf_counter()
        record = await (self._once(arguments) if items is None else self._each(items, advice))
        worked_s = time.perf_counter() - (self._began if items is None else origin)
        if record.status == "succeeded":
            self._place.times.learn(self._graph.name, self._step.name, worked_s)
        about: dict[str, Any] = {
            "where": self._where,
            "worker": self._worker,
            "waited_s": round(waited_s, 6),
            "worked_s": round(worked_s, 6),
        }
        if advice.failure_probability is not None:
            about["failure_probability"] = advice.failure_probability
        record = replace(record, details={**record.details, **about})
        if self._place.observers:
            self._place.tell_step(self._outcome(ahead, record, waited_s, time.perf_counter() - origin))
        return record

    async def _once(self, arguments: Mapping[str, Any]) -> StepRecord:
        async def call(current: CurrentStep) -> Any:
            return await self._call(self._step.fn, arguments, current, 1.0)

        return await attempt(
            call,
            CurrentStep(self._claim.run_id, self._step.name, 0),
            retries=self._step.retries,
            patience=self._place.patience,
            attempts=self.attempts,
            failed=self._failed,
        )

    async def _each(self, items: Items, advice: Advice) -> StepRecord:
        async def call(
            function: Callable[..., Any], arguments: Mapping[str, Any], current: CurrentStep, size: int
        ) -> Outcome:
            outcome: Outcome = await self._call(function, arguments, current, float(size))
            return outcome

        async def record(chunk: Chunk) -> None:
            await self._place.journal.record_chunk(self._claim, self._step.name, chunk)

        self._map = MapRun(
            self._step,
            self._claim.run_id,
            items,
            self._place.patience,
            call=call,
            record=record,
            failed=self._failed,
            chunk_size=advice.chunk_size or self._step.chunk_size,
            width=advice.width or default_width(self._step),
            done=self._chunks,
            attempts=self.attempts,
        )
        return await self._map.work()

    async def _call(
        self, function: Callable[..., Any], arguments: Mapping[str, Any], current: CurrentStep, size: float
    ) -> Any:
        self._began = time.perf_counter()
        if self._where != "worker" or self._place.pool is None:
            return await call_here(function, arguments, current, self._limit_s)
        errand = Errand(
            self._step.resources,
            kind_of(self._graph.name, self._step.name),
            size,
            self._place.times.way_ahead(self._graph, self._step.name),
            self._place.times.way_after(self._graph, self._step.name),
        )
        return await call_worker(
            self._place.pool,
            function,
            arguments,
            current,
            limit_s=self._limit_s,
            errand=errand,
            started=self._begun_by,
        )

    def _begun_by(self, worker: str) -> None:
        self._worker, self._began = worker, time.perf_counter()

    async def _failed(self, number: int, record: dict[str, Any]) -> None:
        await self._place.journal.record_attempt(self._claim, self._step.name, number, record)

    def _ahead(self, arguments: Mapping[str, Any], size: int) -> StepAhead:
        now = self._place.patience.clock.now()
        features = {
            "hour": now.hour + now.minute / 60,
            "weekday": float(now.weekday()),
            "load": self._place.load(),
        }
        if self._step.each:
            features["width"] = float(default_width(self._step))
            if self._step.chunk_size:
                features["chunk_size"] = float(self._step.chunk_size)
        return StepAhead(
            self._claim.run_id,
            self._graph.name,
            self._graph.version,
            self._step.name,
            self._step.where,
            size,
            arguments,
            features,
        )

    def _outcome(self, ahead: StepAhead, record: StepRecord, waited_s: float, seconds: float) -> StepOutcome:
        error = record.error
        features = dict(ahead.features)
        if self._map is not None:
            features["width"] = float(self._map.width)
            if self._map.chunk_size:
                features["chunk_size"] = float(self._map.chunk_size)
        return StepOutcome(
            ahead.run_id,
            ahead.workflow,
            ahead.version,
            ahead.step,
            self._worker,
            record.attempts[0]["started_at"] if record.attempts else self._place.patience.clock.now(),
            waited_s,
            seconds,
            len(record.attempts),
            record.status == "succeeded",
            error["kind"] if error else "",
            ahead.size,
            features,
        )
