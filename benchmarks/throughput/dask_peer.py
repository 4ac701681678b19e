"""Peer: Dask's distributed scheduler with two local worker processes; keeps nothing that survives it."""

from __future__ import annotations

import json
import sys
import time

from distributed import Client, LocalCluster

TASKS, GRAPHS, IN_FLIGHT = int(sys.argv[1]), int(sys.argv[2]), 50


def add_one(x: int) -> int:
    return x + 1


def add_up(values: list[int], x: int) -> int:
    return sum(values) + x + 1


def diamond(client: Client, x: int) -> object:
    first = client.submit(add_up, [], x, pure=False)
    middle = [client.submit(add_up, [first], x, pure=False) for _ in range(4)]
    return client.submit(add_up, middle, x, pure=False)


if __name__ == "__main__":
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        client.gather(client.map(add_one, range(100), pure=False))
        origin = time.perf_counter()
        assert sum(client.gather(client.map(add_one, range(TASKS), pure=False))) == TASKS * (TASKS + 1) // 2
        map_s = time.perf_counter() - origin
        origin = time.perf_counter()
        for start in range(0, GRAPHS, IN_FLIGHT):
            client.gather([diamond(client, x) for x in range(start, min(GRAPHS, start + IN_FLIGHT))])
        graph_s = time.perf_counter() - origin
        print(json.dumps({"map_tasks_per_s": TASKS / map_s, "graph_steps_per_s": 6 * GRAPHS / graph_s}))
