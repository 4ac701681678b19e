"""Retail pack: declares the shop and its agents, and opens the demo shop where there is none of your own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from maestro.clock import Clock
from maestro.database import Database
from maestro.packs.base import AgentSpec, Foundation, Pack
from maestro.packs.retail.agents import replenishment
from maestro.packs.retail.demo_opening import open_demo_shop
from maestro.packs.retail.demo_shop import demo_source
from maestro.packs.retail.entities import Shop
from maestro.packs.retail.live_shop import LiveShop
from maestro.packs.retail.simulated_shop import SimulatedShop
from maestro.packs.retail.simulation_record import SimulationRow


class RetailWorld:
    """A shop with its agents, simulated or live, as the app lets its days pass.

    Args:
        database: the records.
        shop: the environment.
        currency: of the shop.
        seed: of the agents' random draws.
    """

    def __init__(
        self, database: Database, shop: SimulatedShop | LiveShop, *, currency: str, seed: int
    ) -> None:
        self.shop = shop
        self.agents: Sequence[AgentSpec] = (
            replenishment.spec(database, shop, shop.clock, currency=currency, seed=seed),
        )

    @property
    def simulated(self) -> bool:
        """Whether time here is Maestro's own to move."""
        return self.shop.simulated

    @property
    def clock(self) -> Clock:
        """The shop's time."""
        return self.shop.clock

    def next_moment(self) -> datetime:
        """The opening of the coming day; in a live shop, the next look at its records."""
        return self.shop.next_moment()

    def let_day_come(self, moment: datetime) -> None:
        """Let a simulated shop's time run to the end of the day that opens at `moment`."""
        self.shop.let_day_come(moment)

    def stop_time(self) -> None:
        """Let a simulated shop's time stand still; the next process finds it there."""
        self.shop.stop_time()

    def due(self, moment: datetime) -> Sequence[str]:
        """Names of the agents whose cycle begins at `moment`."""
        return [spec.role.name for spec in self.agents if self.shop.reviews_at(moment, spec.role.name)]

    def cycle_days(self, agent: str) -> float:
        """Days from one review to the next; all agents review together."""
        return float(self.shop.settings().review_days)

    def pass_day(self, moment: datetime) -> Mapping[str, Any]:
        """Let the day happen; a live shop's days happen by themselves."""
        return self.shop.pass_day(moment)


def open_world(foundation: Foundation, progress: Callable[[str], None]) -> RetailWorld:
    """Open the shop that the database holds; an empty database gets the demo shop."""
    database, settings = foundation.database, foundation.settings
    with database.reader() as session:
        shop = session.scalar(select(Shop))
    if shop is None:
        progress("Opening a demo shop with two years of history ...")
        open_demo_shop(database, settings.seed, foundation.wall.now())
        with database.reader() as session:
            shop = session.scalars(select(Shop)).one()
    if not shop.simulated:
        live = LiveShop(database, foundation.wall, settings.seed)
        return RetailWorld(database, live, currency=shop.currency, seed=settings.seed)
    with database.reader() as session:
        state = session.scalars(select(SimulationRow)).one()
    progress("Catching up with the twin shop ...")
    source = demo_source(state.seed, state.first_day)
    simulated = SimulatedShop(database, source, settings.clock.seconds_per_day)
    return RetailWorld(database, simulated, currency=shop.currency, seed=settings.seed)


PACK = Pack(name="retail", title={"en": "Retail", "ko": "리테일"}, open=open_world)
