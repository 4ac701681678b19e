"""Engine: durable workflows. A workflow is a set of step functions; argument names are the edges.

What steps are written with is imported at once, the engine itself when it is first asked for: a worker that
only does steps never loads the journal and its database drivers.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from maestro.engine.failure import RunCancelledError, StepFailedError
from maestro.engine.graph import Graph
from maestro.engine.run import AttemptInfo, RunDetail, RunInfo, RunStatus, StepInfo, StepStatus, WaitInfo
from maestro.engine.step import Step, current_step, step
from maestro.engine.subworkflow import subworkflow
from maestro.engine.timetable import Daily, Every, Timetable
from maestro.engine.wait import wait_for, wait_for_approval, wait_for_event, wait_until

if TYPE_CHECKING:
    from maestro.engine.schedule import ScheduleInfo
    from maestro.engine.workflow import Engine

__all__ = [
    "AttemptInfo",
    "Daily",
    "Engine",
    "Every",
    "Graph",
    "RunCancelledError",
    "RunDetail",
    "RunInfo",
    "RunStatus",
    "ScheduleInfo",
    "Step",
    "StepFailedError",
    "StepInfo",
    "StepStatus",
    "Timetable",
    "WaitInfo",
    "current_step",
    "step",
    "subworkflow",
    "wait_for",
    "wait_for_approval",
    "wait_for_event",
    "wait_until",
]

_HEAVY = {"Engine": "maestro.engine.workflow", "ScheduleInfo": "maestro.engine.schedule"}


def __getattr__(name: str) -> Any:
    if name not in _HEAVY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HEAVY[name]), name)
