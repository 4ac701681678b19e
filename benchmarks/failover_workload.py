"""Workload of the failover benchmark: runs of six steps, each of which sends one effect to a receiver."""

from __future__ import annotations

import asyncio
import json
import os
import random
import socket
import time

from maestro.engine import Graph, current_step

SHORTEST_S, LONGEST_S = 0.1, 0.5


def _address() -> tuple[str, int]:
    host, _, port = os.environ["FAILOVER_RECEIVER"].rpartition(":")
    return host, int(port)


def _effect() -> tuple[bytes, float]:
    """What to send, with its idempotency key, and how long this step takes: the same every time it runs."""
    current = current_step()
    words = {"key": current.key, "run": current.run_id, "step": current.step, "pid": os.getpid()}
    return json.dumps(words).encode() + b"\n", random.Random(current.key).uniform(SHORTEST_S, LONGEST_S)


async def _send(line: bytes) -> None:
    reader, writer = await asyncio.open_connection(*_address())
    writer.write(line)
    await reader.readline()
    writer.close()
    await writer.wait_closed()


async def _act_then_work() -> None:
    line, seconds = _effect()
    await _send(line)
    await asyncio.sleep(seconds)


async def _work_then_act() -> None:
    line, seconds = _effect()
    await asyncio.sleep(seconds)
    await _send(line)


async def reserve(number: int) -> int:
    await _act_then_work()
    return number + 1


async def pack(reserve: int) -> int:
    await _work_then_act()
    return reserve * 2


async def bill(reserve: int) -> int:
    await _act_then_work()
    return reserve * 3


def label(reserve: int) -> int:
    """A plain function: works in a thread."""
    line, seconds = _effect()
    time.sleep(seconds / 2)
    with socket.create_connection(_address()) as connection, connection.makefile("rb") as answer:
        connection.sendall(line)
        answer.readline()
    return reserve * 5


async def hand_over(pack: int, bill: int, label: int) -> int:
    await _work_then_act()
    return pack + bill + label


async def thank(hand_over: int) -> int:
    await _act_then_work()
    return hand_over


ORDER = Graph("order", [reserve, pack, bill, label, hand_over, thank], inputs=("number",))
STEPS = tuple(one.name for one in ORDER.steps)
GRAPHS = [ORDER]


def expected(number: int) -> dict[str, int]:
    """The result of a run."""
    return {"thank": (number + 1) * 10}
