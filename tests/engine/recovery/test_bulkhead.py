"""Bulkhead: how many are let in, who waits, and when a call is refused."""

from __future__ import annotations

import asyncio

import pytest

from maestro.clock import VirtualClock
from maestro.engine.recovery.bulkhead import Bulkhead, BulkheadFullError


async def stay(bulkhead: Bulkhead, leave: asyncio.Event, order: list[int], number: int) -> None:
    async with bulkhead.enter():
        order.append(number)
        await leave.wait()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_no_more_than_the_limit_are_inside_and_the_first_to_wait_goes_first(
    clock: VirtualClock,
) -> None:
    bulkhead, leave, order = Bulkhead("shop", clock, limit=2, queue=3), asyncio.Event(), list[int]()
    tasks = [asyncio.ensure_future(stay(bulkhead, leave, order, number)) for number in range(4)]
    await settle()
    assert (order, bulkhead.inside, bulkhead.waiting) == ([0, 1], 2, 2)
    leave.set()
    await asyncio.gather(*tasks)
    assert (order, bulkhead.inside, bulkhead.waiting) == ([0, 1, 2, 3], 0, 0)


async def test_a_full_queue_refuses_at_once(clock: VirtualClock) -> None:
    bulkhead, leave = Bulkhead("shop", clock, limit=1), asyncio.Event()
    task = asyncio.ensure_future(stay(bulkhead, leave, [], 0))
    await settle()
    with pytest.raises(BulkheadFullError, match="shop is full"):
        async with bulkhead.enter():
            pass
    leave.set()
    await task


async def test_who_waits_too_long_is_refused_and_leaves_the_queue(clock: VirtualClock) -> None:
    bulkhead, leave = Bulkhead("shop", clock, limit=1, queue=1, timeout_s=5), asyncio.Event()
    inside = asyncio.ensure_future(stay(bulkhead, leave, [], 0))
    await settle()
    late = asyncio.ensure_future(stay(bulkhead, leave, [], 1))
    await settle()
    await clock.advance(seconds=6)
    with pytest.raises(BulkheadFullError, match="no room for 5 s"):
        await late
    assert bulkhead.waiting == 0
    leave.set()
    await inside
    assert bulkhead.inside == 0


async def test_a_cancelled_waiter_loses_no_place(clock: VirtualClock) -> None:
    bulkhead, leave, order = Bulkhead("shop", clock, limit=1, queue=2), asyncio.Event(), list[int]()
    tasks = [asyncio.ensure_future(stay(bulkhead, leave, order, number)) for number in range(3)]
    await settle()
    tasks[1].cancel()
    await settle()
    leave.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (order, bulkhead.inside) == ([0, 2], 0)


def test_a_bulkhead_lets_at_least_one_in(clock: VirtualClock) -> None:
    with pytest.raises(ValueError, match="at least one"):
        Bulkhead("shop", clock, limit=0)
