"""Tests of the retail pack: it opens the demo shop on an empty database, and your own where there is one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from maestro.clock import AcceleratedClock, VirtualClock
from maestro.database import Database
from maestro.packs.base import Foundation
from maestro.packs.retail import demo_shop
from maestro.packs.retail.entities import Shop
from maestro.packs.retail.live_shop import LiveShop, RecordsClock
from maestro.packs.retail.pack import PACK, RetailWorld
from maestro.packs.retail.shop_records import opening
from maestro.settings import ClockSettings, Settings

from .conftest import SEED, SMALL, START


@pytest.fixture
def foundation(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Foundation:
    monkeypatch.setattr(demo_shop, "CATALOGUE", SMALL)
    settings = Settings(data_dir=tmp_path, seed=SEED, clock=ClockSettings(seconds_per_day=2.0))
    return Foundation(database, VirtualClock(START), settings)


def opened(foundation: Foundation) -> tuple[RetailWorld, list[str]]:
    told: list[str] = []
    world = PACK.open(foundation, told.append)
    assert isinstance(world, RetailWorld)
    return world, told


def test_an_empty_database_gets_the_demo_shop_and_keeps_it(foundation: Foundation) -> None:
    world, told = opened(foundation)
    assert world.simulated
    assert told[0].startswith("Opening a demo shop")
    assert world.next_moment() == datetime(2026, 1, 5, 6, tzinfo=UTC)
    assert isinstance(world.clock, AcceleratedClock)
    assert world.clock.speed == 86_400 / 2
    day = world.pass_day(world.next_moment())
    again, told_again = opened(foundation)
    assert not any("Opening" in words for words in told_again)
    assert again.next_moment() == datetime(2026, 1, 6, 6, tzinfo=UTC)
    assert day["day"] == "2026-01-05"


def test_its_agents_review_when_the_shop_does(foundation: Foundation) -> None:
    world, _ = opened(foundation)
    (spec,) = world.agents
    assert spec.role.name == "replenishment"
    assert set(spec.title) == set(spec.purpose) == set(PACK.title) == {"en", "ko"}
    assert world.due(world.next_moment()) == ["replenishment"]
    world.pass_day(world.next_moment())
    assert world.due(world.next_moment()) == []
    assert world.cycle_days("replenishment") == 7.0


def test_a_shop_of_your_own_is_opened_as_it_is(foundation: Foundation) -> None:
    with foundation.database.session() as session:
        session.add(Shop(name="Mine", currency="KRW", started_at=opening(START.date()), simulated=False))
    world, told = opened(foundation)
    assert not world.simulated
    assert told == []
    assert isinstance(world.shop, LiveShop)
    assert isinstance(world.clock, RecordsClock)
    assert world.pass_day(world.next_moment()) == {}
    assert [guard.unit for guard in world.agents[0].guardrails()][:2] == ["KRW", "KRW"]
