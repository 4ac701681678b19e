"""Choice of a worker pool: the one that the settings ask for."""

from __future__ import annotations

import importlib
import os

from maestro.clock import Clock
from maestro.engine.workers.base import Pool
from maestro.engine.workers.process_pool import ProcessPool
from maestro.engine.workers.thread_pool import ThreadPool
from maestro.errors import ConfigurationError
from maestro.settings import WorkerSettings


def make_pool(settings: WorkerSettings, clock: Clock, seed: int = 42) -> Pool:
    """A pool, not started yet: a Dask cluster where an address is given, else processes of this machine.

    Args:
        settings: kind, address, slots and balancing.
        clock: stamps what others see of the workers.
        seed: seed of the balancing's draws.

    Raises:
        ConfigurationError: the kind is `dask` and there is no address.
    """
    kind = settings.kind if settings.kind != "auto" else "dask" if settings.address else "process"
    if kind == "dask":
        if not settings.address:
            raise ConfigurationError(
                "Workers are to be a Dask cluster, but its address is missing.",
                remedy="Set MAESTRO_WORKERS__ADDRESS=tcp://host:8786, or MAESTRO_WORKERS__KIND=process.",
            )
        # half a second of imports that nobody without a cluster should wait for
        cluster = importlib.import_module("maestro.engine.workers.dask_cluster")
        pool: Pool = cluster.DaskCluster(
            settings.address,
            clock,
            balancing=settings.balancing,
            seed=seed,
            patience_s=settings.patience_s,
        )
        return pool
    local = ThreadPool if kind == "thread" else ProcessPool
    slots = settings.slots or os.cpu_count() or 1
    return local(clock, slots, balancing=settings.balancing, seed=seed, patience_s=settings.patience_s)
