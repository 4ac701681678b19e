"""Workers: heavy steps are done by threads, by processes, or by the machines of a Dask cluster."""

from maestro.engine.workers.base import Heat, Pool, Standing, Task, WorkerInfo, WorkerLostError

__all__ = ["Heat", "Pool", "Standing", "Task", "WorkerInfo", "WorkerLostError"]
