"""Engine: durable workflows. A workflow is a set of step functions; argument names are the edges."""

from maestro.engine.failure import RunCancelledError, StepFailedError
from maestro.engine.graph import Graph
from maestro.engine.run import AttemptInfo, RunDetail, RunInfo, RunStatus, StepInfo, StepStatus
from maestro.engine.schedule import ScheduleInfo
from maestro.engine.step import Step, current_step, step
from maestro.engine.timetable import Daily, Every, Timetable
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
    "current_step",
    "step",
]
