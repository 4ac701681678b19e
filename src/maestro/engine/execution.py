"""Execution: works one run of a graph, starting every step as soon as its inputs are there."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dbos import DBOS

from maestro.engine import portable
from maestro.engine.attempt import Patience, attempt
from maestro.engine.failure import RunFailedError, describe
from maestro.engine.graph import Graph
from maestro.engine.step import Step
from maestro.errors import PermanentError


class Execution:
    """One run of a graph in this process.

    All steps are handed to DBOS at once, in the graph's order, so that each has the same number in the
    journal every time; a step's body first waits until its parents are recorded, then works. A step that
    the journal knows already is not worked again.

    Args:
        graph: what to run.
        run_id: which run.
        inputs: the inputs of the run by name.
        patience: how attempts wait and give up.
    """

    def __init__(self, graph: Graph, run_id: str, inputs: Mapping[str, Any], patience: Patience) -> None:
        self._graph = graph
        self._run_id = run_id
        self._inputs = portable.dumps(dict(inputs))
        self._patience = patience
        self._tasks: dict[str, asyncio.Task[dict[str, Any]]] = {}
        self.attempts: dict[str, list[dict[str, Any]]] = {}

    async def work(self, fingerprint: str) -> dict[str, Any]:
        """Run to the end and give the record of the result.

        Raises:
            RunFailedError: a step failed for good; every step that did not depend on it was still run.
        """
        if fingerprint != self._graph.fingerprint:
            error = PermanentError(
                f"The steps of workflow {self._graph.name} changed since this run began.",
                remedy="Start a new run.",
            )
            raise self._failure(None, describe(error))
        for one in self._graph.steps:
            self._tasks[one.name] = asyncio.create_task(
                DBOS.run_step_async({"name": one.name, "preemptible": True}, self._body, one)
            )
        outcomes = await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        records: dict[str, dict[str, Any]] = {}
        for name, outcome in zip(self._tasks, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                raise outcome
            records[name] = outcome
        for name, record in records.items():
            if record["status"] == "failed":
                raise self._failure(name, record["error"])
        result = {name: portable.loads(records[name]["value"]) for name in self._graph.last_steps}
        return {"result": result, "ended_at": self._patience.clock.now()}

    async def _body(self, step: Step) -> dict[str, Any]:
        parents = self._graph.parents[step.name]
        if parents:
            # asyncio.wait rather than await: a step that is cancelled must not cancel its parents
            await asyncio.wait([self._tasks[parent] for parent in parents])
        records = {parent: self._tasks[parent].result() for parent in parents}
        if any(record["status"] != "succeeded" for record in records.values()):
            return {"status": "skipped", "attempts": []}
        # each step reads its own copy, exactly as the journal would give it after a crash
        results = {parent: portable.loads(record["value"]) for parent, record in records.items()}
        arguments = self._graph.arguments(step.name, portable.loads(self._inputs), results)
        attempts = self.attempts.setdefault(step.name, [])
        attempts.clear()
        return await attempt(step, arguments, self._run_id, self._patience, attempts)

    def _failure(self, step: str | None, error: Mapping[str, Any]) -> RunFailedError:
        ended_at: datetime = self._patience.clock.now()
        return RunFailedError({"step": step, "error": dict(error), "ended_at": ended_at})
