"""Workflow of the chaos tests: each step leaves a line in a file, as an outside system counts an effect."""

import asyncio
import json
import os
import signal
import time

from maestro.engine import Graph, current_step


def leave_trace() -> None:
    """Append a line as one write."""
    current = current_step()
    words = {"run": current.run_id, "step": current.step, "key": current.key, "pid": os.getpid()}
    trace = os.open(os.environ["ERRANDS_TRACE"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(trace, (json.dumps(words) + "\n").encode())
    os.close(trace)


async def fetch(number: int) -> int:
    leave_trace()
    await asyncio.sleep(0.5)
    return number + 1


def wrap(fetch: int) -> int:
    time.sleep(0.4)
    leave_trace()
    return fetch * 2


async def carry(fetch: int) -> int:
    leave_trace()
    await asyncio.sleep(0.6)
    return fetch * 3


async def hand_over(wrap: int, carry: int) -> int:
    await asyncio.sleep(0.3)
    leave_trace()
    return wrap + carry


def fall(number: int) -> int:
    leave_trace()
    os.kill(os.getpid(), signal.SIGKILL)
    return number


ERRAND = Graph("errand", [fetch, wrap, carry, hand_over])
STEPS = tuple(one.name for one in ERRAND.steps)
DEADLY = Graph("deadly", [fall])
GRAPHS = [ERRAND, DEADLY]


def expected(number: int) -> dict[str, int]:
    """The result of a run."""
    return {"hand_over": (number + 1) * 5}
