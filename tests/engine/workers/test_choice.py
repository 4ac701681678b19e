"""Choice of a pool: the settings say which, and an address alone means a cluster."""

from __future__ import annotations

import os

import pytest

from maestro.clock import RealClock
from maestro.engine.workers.choice import make_pool
from maestro.engine.workers.dask_cluster import DaskCluster
from maestro.engine.workers.process_pool import ProcessPool
from maestro.engine.workers.thread_pool import ThreadPool
from maestro.errors import ConfigurationError
from maestro.settings import WorkerSettings


def test_without_an_address_workers_are_processes_of_this_machine() -> None:
    assert isinstance(make_pool(WorkerSettings(), RealClock()), ProcessPool)


def test_an_address_alone_means_a_cluster() -> None:
    pool = make_pool(WorkerSettings(address="tcp://10.0.0.5:8786"), RealClock())
    assert isinstance(pool, DaskCluster)
    assert pool.address == "tcp://10.0.0.5:8786"


def test_a_cluster_without_an_address_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="address is missing"):
        make_pool(WorkerSettings(kind="dask"), RealClock())


@pytest.mark.parametrize(("slots", "expected"), [(0, os.cpu_count()), (3, 3)])
async def test_slots_and_balancing_are_those_of_the_settings(slots: int, expected: int) -> None:
    pool = make_pool(WorkerSettings(kind="thread", slots=slots, balancing="round_robin"), RealClock())
    assert isinstance(pool, ThreadPool)
    await pool.start()
    assert len(pool.workers()) == expected
    assert pool.balancing == "round_robin"
    await pool.stop()
