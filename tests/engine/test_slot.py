"""Slot: a run holds a place while anything of it is worked, and none while it only waits."""

import asyncio

import pytest

from maestro.engine.slot import Slot


async def test_a_run_takes_one_place_however_much_it_does() -> None:
    places = asyncio.Semaphore(1)
    slot = Slot(places)
    await slot.take()
    slot.join()
    assert places.locked()

    slot.leave()
    assert slot.held
    slot.leave()

    assert not places.locked()


async def test_who_waits_leaves_the_place_to_others_and_comes_back() -> None:
    places = asyncio.Semaphore(1)
    one, two = Slot(places), Slot(places)
    go_on = asyncio.Event()

    async def waits() -> None:
        await one.take()
        async with one.away():
            await go_on.wait()
        assert one.held
        one.leave()

    waiting = asyncio.create_task(waits())
    await asyncio.sleep(0)
    await asyncio.wait_for(two.take(), 5)
    go_on.set()
    await asyncio.sleep(0.01)
    assert not waiting.done(), "the place is taken"
    two.leave()

    await asyncio.wait_for(waiting, 5)
    assert not places.locked()


async def test_who_is_cancelled_while_waiting_keeps_nothing() -> None:
    places = asyncio.Semaphore(1)
    slot = Slot(places)

    async def waits() -> None:
        await slot.take()
        try:
            async with slot.away():
                await asyncio.sleep(3600)
        finally:
            slot.leave()

    waiting = asyncio.create_task(waits())
    await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    assert not places.locked()
    await slot.take()
    assert slot.held


async def test_who_is_cancelled_while_it_waits_for_a_place_takes_none() -> None:
    places = asyncio.Semaphore(1)
    first, second = Slot(places), Slot(places)
    await first.take()
    waiting = asyncio.create_task(second.take())
    await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)

    first.leave()

    assert not places.locked()
