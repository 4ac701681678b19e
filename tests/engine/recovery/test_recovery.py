"""Recovery: trouble becomes an incident, the right action ends it, and what was learned is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from maestro.clock import VirtualClock
from maestro.database import Database
from maestro.engine.recovery.action import Action
from maestro.engine.recovery.assembly import SelfHealing, System, assemble
from maestro.engine.recovery.case import Escalation
from maestro.engine.recovery.checks import CallCheck
from maestro.engine.recovery.dependencies import Component
from maestro.engine.recovery.health import HealthState, Reading
from maestro.engine.recovery.incident import Outcome, Severity
from maestro.engine.recovery.layers import Layer, layer_at
from maestro.engine.recovery.playbook import Experience
from maestro.engine.tables import create_tables
from maestro.engine.words import Words
from maestro.settings import RecoverySettings

SETTINGS = RecoverySettings(check_interval_s=1, trouble_interval_s=1)


class Shop:
    """A small system that can be broken: a disk, a database on it, and an API on that."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.broken: set[str] = set()
        self.cures: dict[str, str] = {}
        self.done: list[tuple[str, str]] = []
        self.called: list[Escalation] = []
        self.events: list[Mapping[str, Any]] = []

    def reading(self, component: str) -> Reading:
        """Trouble below shows above, weaker."""
        below = {"api": ("database", "disk"), "database": ("disk",), "disk": ()}[component]
        if component in self.broken:
            return Reading(
                HealthState.FAILING, "errors", "broken", {"error_rate": 0.9, f"{component}_bad": 1.0}
            )
        if any(other in self.broken for other in below):
            return Reading(HealthState.DEGRADED, "slow", "slow", {"error_rate": 0.3, f"{component}_bad": 0.0})
        return Reading(metrics={"error_rate": 0.01, f"{component}_bad": 0.0})

    def check(self, component: str) -> CallCheck:
        async def look() -> Reading:
            return self.reading(component)

        return CallCheck(component, look)

    def action(self, name: str, layer: Layer = Layer.REROUTE, **options: Any) -> Action:
        async def run(component: str) -> None:
            self.done.append((name, component))
            await self.clock.sleep(1)
            if self.cures.get(component) == name:
                self.broken.discard(component)
            if name == "explode":
                raise RuntimeError("the action itself failed")

        return Action(name, ("part",), layer, run, settle_s=2.0, **options)

    def system(self, *actions: Action) -> System:
        parts = (
            Component("disk", "part"),
            Component("database", "part", ("disk",)),
            Component("api", "part", ("database",)),
        )
        return System(parts, [self.check(part.name) for part in parts], actions)

    def heal(self, records: Database, *actions: Action, settings: RecoverySettings = SETTINGS) -> SelfHealing:
        return assemble(
            self.system(*actions),
            records,
            self.clock,
            settings,
            seed=1,
            call_person=self.called.append,
            on_event=lambda _, data: self.events.append(data),
        )


@pytest.fixture
def shop(clock: VirtualClock) -> Shop:
    return Shop(clock)


Live = Callable[[SelfHealing, int], Awaitable[None]]


@pytest.fixture
def live(clock: VirtualClock) -> Live:
    """Let recovery take its rounds for so many seconds."""

    async def seconds(healing: SelfHealing, count: int) -> None:
        for _ in range(count):
            await healing.recovery.round()
            await clock.advance(seconds=1)

    return seconds


async def test_the_cause_is_mended_and_everything_is_written_down(
    shop: Shop, records: Database, live: Live
) -> None:
    healing = shop.heal(records, shop.action("restart"))
    await live(healing, 40)
    shop.broken, shop.cures = {"disk"}, {"disk": "restart"}
    await live(healing, 10)
    assert shop.done == [("restart", "disk")]
    incidents, total = healing.incidents.latest()
    assert total == 1
    detail = healing.incidents.get(incidents[0].id)
    assert detail.causes[0]["component"] == "disk"
    assert detail.actions[0].outcome is Outcome.RECOVERED
    assert detail.incident.recovery_s is not None
    assert detail.incident.recovery_s < 8
    assert [entry.kind for entry in detail.timeline].count("symptom") == 2
    assert healing.playbooks.experience("part/disk_bad", "restart").successes == 1
    assert [event["status"] for event in shop.events] == ["open", "recovering", "resolved"]


async def test_an_action_that_does_not_help_is_followed_by_another(
    shop: Shop, records: Database, live: Live
) -> None:
    healing = shop.heal(records, shop.action("restart"), shop.action("clear"))
    await live(healing, 40)
    shop.broken, shop.cures = {"database"}, {"database": "clear"}
    await live(healing, 40)
    assert not shop.broken
    assert ("clear", "database") in shop.done
    assert healing.incidents.unresolved() == []


async def test_an_action_that_breaks_or_hangs_is_given_up(shop: Shop, records: Database, live: Live) -> None:
    async def hang(_: str) -> None:
        await asyncio.Event().wait()

    hanging = Action("hang", ("part",), Layer.REROUTE, hang, timeout_s=3.0)
    healing = shop.heal(records, shop.action("explode"), hanging)
    await live(healing, 40)
    shop.broken = {"api"}
    await live(healing, 60)
    detail = healing.incidents.get(healing.incidents.unresolved()[0].id)
    assert {tried.action for tried in detail.actions} == {"explode", "hang"}
    assert {tried.outcome for tried in detail.actions} == {Outcome.FAILED}
    await healing.recovery.stop()


async def test_when_nothing_is_left_a_person_is_called_once(
    shop: Shop, records: Database, live: Live
) -> None:
    healing = shop.heal(records, shop.action("restart"))
    await live(healing, 40)
    shop.broken = {"disk"}
    await live(healing, 120)
    assert len(shop.called) == 1
    assert shop.called[0].title == Words("The disk answers with errors", "디스크: 오류를 돌려줍니다")
    assert ("disk", "restart") in shop.called[0].tried
    assert healing.incidents.unresolved()[0].status == "escalated"
    shop.broken.clear()
    await live(healing, 3)
    assert healing.incidents.unresolved() == []


async def test_what_only_a_person_can_end_calls_one_at_once_and_hinders_nothing_else(
    shop: Shop, records: Database, live: Live
) -> None:
    held = {"clerk"}

    async def look() -> Reading:
        return Reading(HealthState.FAILING, "held", needs_person=True) if held else Reading()

    system = shop.system(shop.action("restart"))
    system = replace(
        system,
        components=(*system.components, Component("clerk", "part")),
        checks=(*system.checks, CallCheck("clerk", look)),
    )
    healing = assemble(system, records, shop.clock, SETTINGS, seed=1, call_person=shop.called.append)
    await live(healing, 10)
    assert [each.tried for each in shop.called] == [()]
    assert shop.done == []
    shop.broken, shop.cures = {"disk"}, {"disk": "restart"}
    await live(healing, 30)
    assert not shop.broken, "the rest is mended while the first waits"
    assert [each.component for each in healing.incidents.unresolved()] == ["clerk"]
    held.clear()
    await live(healing, 3)
    assert healing.incidents.unresolved() == []
    assert len(shop.called) == 1


async def test_deep_actions_wait_for_their_layer_while_a_gentler_one_may_help(
    shop: Shop, records: Database, live: Live
) -> None:
    healing = shop.heal(records, shop.action("restart"), shop.action("spare", Layer.ALTERNATIVE))
    await live(healing, 40)
    shop.broken, shop.cures = {"disk"}, {"disk": "spare"}
    await live(healing, 60)
    assert shop.done[0][0] == "restart"
    assert ("spare", "disk") in shop.done
    assert not shop.broken


async def test_a_detour_is_ended_once_everything_is_healthy(
    shop: Shop, records: Database, live: Live
) -> None:
    async def end_detour(component: str) -> None:
        shop.done.append(("ended", component))
        if len(shop.done) > 2:
            raise RuntimeError("no way back")

    healing = shop.heal(records, shop.action("detour", afterwards=end_detour))
    await live(healing, 40)
    for _ in range(2):
        shop.broken, shop.cures = {"disk"}, {"disk": "detour"}
        await live(healing, 8)
    assert shop.done == [("detour", "disk"), ("ended", "disk")] * 2
    await healing.recovery.stop()


async def test_trouble_that_comes_back_takes_the_success_back(
    shop: Shop, records: Database, live: Live
) -> None:
    healing = shop.heal(records, shop.action("restart"))
    await live(healing, 40)
    shop.cures = {"disk": "restart"}
    shop.broken = {"disk"}
    await live(healing, 8)
    shop.broken = {"disk"}
    await live(healing, 3)
    assert healing.playbooks.experience("part/disk_bad", "restart") == Experience(1, 0, 2.0, 0.0)
    outcomes = [healing.incidents.get(each.id).actions[0].outcome for each in healing.incidents.latest()[0]]
    assert outcomes[-1] is Outcome.RELAPSED
    await healing.recovery.stop()


async def test_trouble_that_ends_by_itself_teaches_nothing(shop: Shop, records: Database, live: Live) -> None:
    healing = shop.heal(records, Action("slow", ("part",), Layer.REROUTE, lambda _: shop.clock.sleep(20)))
    await live(healing, 40)
    shop.broken = {"api"}
    await live(healing, 3)
    shop.broken.clear()
    await live(healing, 3)
    detail = healing.incidents.get(healing.incidents.latest()[0][0].id)
    assert [tried.outcome for tried in detail.actions] == [Outcome.SUPERSEDED]
    assert healing.playbooks.listing() == []


async def test_recovery_goes_on_without_its_records_and_writes_them_later(
    shop: Shop, clock: VirtualClock, tmp_path: Path, live: Live
) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/late.db")
    create_tables(database)
    healing = shop.heal(database, shop.action("restart"))
    await live(healing, 40)
    shop.broken, shop.cures = {"disk"}, {"disk": "restart"}
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE engine_incidents RENAME TO gone")
        connection.commit()
    begun = clock.now()
    await live(healing, 10)
    assert not shop.broken
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO engine_incidents")
        connection.commit()
    await live(healing, 2)
    incident = healing.incidents.latest()[0][0]
    assert incident.started_at == begun
    assert incident.recovery_s is not None
    assert incident.recovery_s < 8
    database.close()


async def test_trouble_that_another_has_closed_opens_a_new_incident(
    shop: Shop, records: Database, live: Live
) -> None:
    healing = shop.heal(records, shop.action("restart"))
    await live(healing, 40)
    shop.broken = {"disk"}
    await live(healing, 3)
    closed = healing.incidents.unresolved()[0].id
    healing.incidents.resolve(closed, "the keeper", "Looks fine to me.")
    await live(healing, 15)
    assert [each.id != closed for each in healing.incidents.unresolved()] == [True]


async def test_a_new_process_adopts_what_was_left_open(shop: Shop, records: Database, live: Live) -> None:
    before = shop.heal(records)
    before.incidents.open("disk", "errors", Severity.HIGH, (), Words("Seen.", "발견"))
    before.incidents.open("elsewhere", "errors", Severity.HIGH, (), Words("Seen.", "발견"))
    await live(shop.heal(records), 3)
    assert [each.component for each in before.incidents.unresolved()] == ["elsewhere"]


async def test_the_loop_survives_a_round_that_fails(
    shop: Shop, records: Database, clock: VirtualClock
) -> None:
    healing = shop.heal(records, shop.action("restart"))
    rounds = 0

    async def broken_round() -> None:
        nonlocal rounds
        rounds += 1
        raise RuntimeError("no luck")

    healing.recovery.round = broken_round  # type: ignore[method-assign]
    task = asyncio.ensure_future(healing.recovery.run())
    await asyncio.sleep(0)
    await clock.advance(seconds=3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert rounds >= 3


async def test_trouble_is_looked_at_more_often(shop: Shop, records: Database) -> None:
    healing = shop.heal(records, settings=RecoverySettings())
    await healing.recovery.round()
    assert healing.recovery.pause_s == 1.0
    shop.broken = {"disk"}
    await healing.recovery.round()
    assert healing.recovery.pause_s == 0.25


@pytest.mark.parametrize(
    ("seconds", "layer"),
    [(0, "reroute"), (29, "reroute"), (30, "alternative"), (300, "degrade"), (1800, "restore")],
)
def test_layers_follow_the_age_of_the_incident(seconds: float, layer: str) -> None:
    assert layer_at(seconds, RecoverySettings()) is Layer(layer)
