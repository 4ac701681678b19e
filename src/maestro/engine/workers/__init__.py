"""Workers: heavy steps are done by threads, by processes, or by the machines of a Dask cluster."""

from maestro.engine.workers.base import Heat, Pool, Task, WorkerInfo, WorkerLostError

__all__ = ["Heat", "Pool", "Task", "WorkerInfo", "WorkerLostError"]
