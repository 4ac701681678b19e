"""Health: what a round of checks finds, and for how long it has been so."""

from __future__ import annotations

import asyncio

from maestro.clock import VirtualClock
from maestro.engine.recovery.checks import CallCheck
from maestro.engine.recovery.health import ERRORS, Health, HealthState, Reading
from maestro.errors import InputError


def check(component: str, *readings: Reading | Exception) -> CallCheck:
    """A check that gives these readings, one a round; the last one for ever."""
    left = list(readings)

    async def look() -> Reading:
        reading = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(reading, Exception):
            raise reading
        return reading

    return CallCheck(component, look)


SLOW = Reading(HealthState.DEGRADED, "slow", metrics={"latency_s": 3.0})


async def test_a_condition_tells_since_when_and_for_how_many_rounds(clock: VirtualClock) -> None:
    health = Health(clock, 2.0)
    health.add(check("disk", Reading(), SLOW, SLOW, Reading()))
    begun = clock.now()
    for _ in range(3):
        await health.round()
        await clock.advance(seconds=1)
    condition = health.conditions["disk"]
    assert (condition.reading.kind, condition.rounds) == ("slow", 2)
    assert (condition.since - begun).total_seconds() == 1
    await health.round()
    assert (health.conditions["disk"].reading.healthy, health.conditions["disk"].rounds) == (True, 1)


async def test_a_check_that_raises_or_hangs_means_failing(clock: VirtualClock) -> None:
    async def hang() -> Reading:
        await asyncio.Event().wait()
        return Reading()

    health = Health(clock, 2.0)
    health.add(check("cache", InputError("The cache is gone.")), check("api", KeyError("x")))
    health.add(CallCheck("queue", hang))
    asking = asyncio.ensure_future(health.round())
    for _ in range(10):
        await asyncio.sleep(0)
    await clock.advance(seconds=2)
    found = await asking
    assert {name: each.reading.kind for name, each in found.items()} == dict.fromkeys(
        ("cache", "api", "queue"), "unreachable"
    )
    assert found["cache"].reading.words == "The cache is gone."
    assert found["queue"].reading.metrics[ERRORS] == 1.0


async def test_the_worst_of_several_checks_speaks_for_a_component(clock: VirtualClock) -> None:
    health = Health(clock, 2.0)
    failing = Reading(HealthState.FAILING, "full", metrics={"used": 1.0})
    health.add(check("disk", SLOW), check("disk", failing), check("disk", Reading()))
    found = await health.round()
    assert found["disk"].reading.kind == "full"
    assert set(found["disk"].reading.metrics) == {"latency_s", "used"}
    assert health.condition(["disk", "unknown"]) is HealthState.FAILING
    assert health.condition(["unknown"]) is HealthState.HEALTHY
