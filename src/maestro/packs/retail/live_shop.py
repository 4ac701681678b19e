"""Live shop: your own records; orders become purchase orders, and a holdout tells what the agents gained."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from maestro.agents.decision import Decision, Measured
from maestro.agents.decision_tables import CycleRow
from maestro.clock import Clock
from maestro.database import Database
from maestro.packs.retail.entities import DailySale, Product
from maestro.packs.retail.environment import plain_rule
from maestro.packs.retail.order_policy import BoolArray, OrderPolicy, Situation
from maestro.packs.retail.sales import SalesPanel, first_and_last_day, read_panel
from maestro.packs.retail.settings import RetailSettings
from maestro.packs.retail.shop_records import Records, ShopLines, opening, read_records, shop_settings

LOOK_EVERY = timedelta(minutes=1)
"""How often the records are looked at for new days of sales."""
_BEFORE_DAYS = 84
_LEAST_BEFORE_DAYS = 28
_LARGEST_RATIO = 4.0


def in_holdout(sku: str, share: float, seed: int) -> bool:
    """Whether the plain rule keeps ordering this product; drawn once for all from its code."""
    digest = hashlib.sha256(f"{seed}:{sku}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < share


class RecordsClock:
    """The present of the records: the morning after the last known sale, or real time where that is earlier.

    A history that ended last week is decided for last week's present, so that forecasts, horizons and
    measured effects all speak of the same days; it moves on as newer sales come in.
    """

    speed = 1.0

    def __init__(self, database: Database, wall: Clock) -> None:
        self._database = database
        self._wall = wall
        self._shown = datetime.min.replace(tzinfo=wall.now().tzinfo)

    def now(self) -> datetime:
        real = self._wall.now()
        with self._database.reader() as session:
            span = first_and_last_day(session)
        shown = min(real, opening(span[1] + timedelta(days=1))) if span else real
        self._shown = max(self._shown, shown)
        return self._shown

    async def sleep(self, seconds: float) -> None:
        await self._wall.sleep(seconds)


class LiveShop:
    """A shop with a history of its own: reviews happen as its sales reach the next review day.

    Args:
        database: the records.
        wall: real time.
        seed: decides which products are in the holdout.
    """

    simulated = False

    def __init__(self, database: Database, wall: Clock, seed: int) -> None:
        self._database = database
        self._seed = seed
        self.clock = RecordsClock(database, wall)

    def settings(self) -> RetailSettings:
        """The shop's choices as they are now."""
        with self._database.reader() as session:
            return shop_settings(session)

    def records(self, today: date) -> Records:
        """Everything known on the morning of `today`."""
        with self._database.reader() as session:
            return read_records(session, shop_settings(session), today)

    def rule(self, situation: Situation) -> OrderPolicy:
        """The plain rule, set up on recent sales."""
        return plain_rule(self.settings(), situation)

    def held_out(self, shop_lines: ShopLines) -> BoolArray:
        """Which lines the plain rule keeps ordering: those of the products in the holdout."""
        share = self.settings().holdout_share
        return np.array(
            [in_holdout(line.sku, share, self._seed) for line in shop_lines.lines], dtype=np.bool_
        )

    def reviews_at(self, moment: datetime, agent: str) -> bool:
        """Whether a review is due: none was held yet, or the records reached the next review day."""
        with self._database.reader() as session:
            last = session.scalar(select(func.max(CycleRow.at)).where(CycleRow.agent == agent))
            if first_and_last_day(session) is None:
                return False
        if last is None:
            return True
        settings = self.settings()
        due = settings.on_review_weekday(last.date() + timedelta(days=settings.review_days))
        return moment.date() >= due

    def let_day_come(self, moment: datetime) -> None:
        """Nothing to let: real time passes by itself."""

    def stop_time(self) -> None:
        """Nothing to stop."""

    def pass_day(self, moment: datetime) -> Mapping[str, Any]:
        """Nothing to move: your customers and suppliers do it."""
        return {}

    def next_moment(self) -> datetime:
        """Now, where a review is due; otherwise the next look at the records."""
        now = self.clock.now()
        return now if self.reviews_at(now, "replenishment") else now + LOOK_EVERY

    def measure(self, decision: Decision, now: datetime) -> Measured | None:
        """The line's profit while the order was to serve it, against its own before and the holdout's course.

        Difference in differences in ratio form: gain = after - before * (holdout after / before), each a
        gross profit over one review, counted from the day on which the order was expected: so the decisions
        of successive reviews share no day. None for holdout products, for a product known for less than
        four weeks, and until the horizon has passed.
        """
        product_id = int(decision.action.params["product_id"])
        decided, days = decision.created_at.date(), int(decision.evidence["review_days"])
        if (now.date() - decided).days < int(np.ceil(decision.predicted.horizon_days)):
            return None
        since = decided + timedelta(days=round(float(decision.evidence["lead_time_days"]["mean"])))
        with self._database.reader() as session:
            share, costs = self.settings().holdout_share, _costs(session)
            held_out = {key for key, (sku, _) in costs.items() if in_holdout(sku, share, self._seed)}
            if product_id in held_out:
                return None
            known = _first_day(session, product_id)
            start = decided - timedelta(days=_BEFORE_DAYS)
            start = start if known is None else max(start, known)
            before_days = (decided - start).days
            if before_days < _LEAST_BEFORE_DAYS:
                return None
            before = read_panel(session, since=start, until=decided - timedelta(days=1))
            after = read_panel(session, since=since, until=since + timedelta(days=days - 1))
        cost = {key: unit_cost for key, (_, unit_cost) in costs.items()}
        scale = days / before_days
        ratio = _ratio(_profit(before, cost, held_out) * scale, _profit(after, cost, held_out))
        if ratio is None:
            return None
        location = int(decision.action.params["location_id"])
        expected = _profit(before, cost, {product_id}, location) * scale * ratio
        gain = _profit(after, cost, {product_id}, location) - expected
        covered = decision.predicted.low <= gain <= decision.predicted.high
        return Measured(gain, covered, "holdout", now)


def _first_day(session: Session, product_id: int) -> date | None:
    return session.scalar(select(func.min(DailySale.day)).where(DailySale.product_id == product_id))


def _costs(session: Session) -> dict[int, tuple[str, float]]:
    rows = session.execute(select(Product.id, Product.sku, Product.unit_cost))
    return {product: (sku, cost) for product, sku, cost in rows}


def _profit(
    panel: SalesPanel, cost: dict[int, float], products: set[int], location: int | None = None
) -> float:
    """Gross profit of some products over a panel: revenue less the cost of what was sold."""
    total = 0.0
    for row, (product, place) in enumerate(
        zip(panel.product_id.tolist(), panel.location_id.tolist(), strict=True)
    ):
        if product in products and location in {None, place}:
            total += float(panel.revenue[row].sum() - cost[product] * panel.quantity[row].sum())
    return total


def _ratio(before: float, after: float) -> float | None:
    if before <= 0:
        return None
    return float(np.clip(after / before, 0.0, _LARGEST_RATIO))
