"""Simulated shop: real records, drawn customers and suppliers, and a twin that lives without agents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from maestro.agents.decision import Decision, Measured
from maestro.agents.decision import Status as DecisionStatus
from maestro.agents.decision_tables import DecisionBodyRow, DecisionRow
from maestro.agents.track_record import Level
from maestro.clock import AcceleratedClock
from maestro.database import Database
from maestro.packs.retail import ledger, purchase_orders
from maestro.packs.retail.demand_source import DemandSource
from maestro.packs.retail.entities import PurchaseOrder, PurchaseOrderLine
from maestro.packs.retail.environment import plain_rule
from maestro.packs.retail.ledger import Kind
from maestro.packs.retail.order_measure import Realised, realised_gain
from maestro.packs.retail.order_policy import DAYS_A_WEEK, BoolArray, IntArray, OrderPolicy, Situation
from maestro.packs.retail.purchase_orders import OrderLine
from maestro.packs.retail.sales import DaySale, record_day
from maestro.packs.retail.settings import RetailSettings
from maestro.packs.retail.shop_records import (
    Records,
    ShopLines,
    end_of_day,
    opening,
    read_lines,
    read_on_hand,
    read_open_orders,
    read_records,
    shop_settings,
)
from maestro.packs.retail.simulation_record import SimulationRow, WorthRow
from maestro.packs.retail.simulator import DayResult, ShopSimulator
from maestro.packs.retail.stock import refresh_sold
from maestro.packs.retail.twin_shop import TwinShop, arrivals


class SimulatedShop:
    """A shop whose future is simulated a day at a time, into the same tables that a real shop fills.

    The tables are the truth: each day the simulator starts from them and its day is written back in one
    transaction, so a killed process goes on where it was. Customers and lead times depend on the seed and the
    day alone (common random numbers), so the twin, run by the plain rule, meets the same ones.

    Time runs to the end of the day that was let come, so never ahead of the work. That bound is written
    before time runs, so it never runs backwards from one process to the next: a kill makes it go on there.

    Args:
        database: the records.
        source: the customers of every line, in the order of the lines at the beginning.
        seconds_per_day: seconds of life for a day of the shop.
    """

    simulated = True

    def __init__(self, database: Database, source: DemandSource, seconds_per_day: float) -> None:
        self._database = database
        self._source = source
        with database.reader() as session:
            state = session.scalars(select(SimulationRow)).one()
        self._seed = state.seed
        self._first_day = state.first_day
        self._live_from = state.live_from
        self.closed_day = state.closed_day
        # held until a day is let come: opening takes no time of the shop's
        self.clock = AcceleratedClock(state.clock_until, 86_400 / seconds_per_day, limit=state.clock_until)
        self._twin = self._make_twin(state)
        self._place = self.records(state.live_from).shop_lines.index()
        self._wanted_on: dict[int, IntArray] = {}
        self._lead_times_on: dict[int, IntArray] = {}

    def settings(self) -> RetailSettings:
        """The shop's choices as they are now."""
        with self._database.reader() as session:
            return shop_settings(session)

    def records(self, today: date) -> Records:
        """Everything that a review on the morning of `today` may know."""
        with self._database.reader() as session:
            return read_records(session, shop_settings(session), today)

    def rule(self, situation: Situation) -> OrderPolicy:
        """The plain rule, as it was set up when the agents took over."""
        return self._twin.rule

    def next_moment(self) -> datetime:
        """The opening of the first day that has not happened."""
        return opening(self.closed_day + timedelta(days=1))

    def let_day_come(self, moment: datetime) -> None:
        """Let time run to the end of the day that opens at `moment`, and stand still there."""
        limit = max(end_of_day(moment.date()), self.clock.now())
        self._keep_time(limit)
        self.clock.hold_at(limit)

    def stop_time(self) -> None:
        """Let no more time pass; the next process that opens the shop finds it at this moment."""
        self.clock.hold_at(self.clock.now())
        self._keep_time(self.clock.now())

    def _keep_time(self, limit: datetime) -> None:
        with self._database.session() as session:
            session.scalars(select(SimulationRow)).one().clock_until = limit

    def held_out(self, shop_lines: ShopLines) -> BoolArray:
        """None: the twin tells what the plain rule would have earned with every line."""
        return np.zeros(len(shop_lines.lines), dtype=np.bool_)

    def reviews_at(self, moment: datetime, agent: str) -> bool:
        """Whether an agent reviews stock that morning; all of them do on the same day."""
        settings = self.settings()
        first = settings.on_review_weekday(self._live_from)
        return (moment.date() - first).days % settings.review_days == 0

    def pass_day(self, moment: datetime) -> Mapping[str, Any]:
        """Goods arrive, customers come, the twin lives the same day; all of it is written at once."""
        day = moment.date()
        with self._database.session() as session:
            settings = shop_settings(session)
            shop = read_lines(session, settings)
            if self.reviews_at(moment, "replenishment"):
                self._order_by_rule(session, shop, moment)
            simulator = self._simulator(session, shop, day)
            self._receive(session, simulator, shop, moment)
            result = simulator.step()
            self._sell(session, shop, result, simulator.on_hand, moment)
            refresh_sold(session, day)
            worth = self._worth(session, shop, result, simulator.on_hand, moment)
            session.scalars(select(SimulationRow)).one().closed_day = day
        self.closed_day = day
        return {
            "day": day.isoformat(),
            "sold": int(result.sold.sum()),
            "lost": int(result.lost.sum()),
            **worth,
        }

    def measure(self, decision: Decision, now: datetime) -> Measured | None:
        """The gain over the plain rule's order, with the customers and lead times that really came.

        None before the horizon has passed, and where both order the same: that says nothing about skill.
        """
        instead = int(decision.baseline.params.get("quantity", 0))
        quantity = int(decision.action.params.get("quantity", 0))
        over = decision.created_at + timedelta(days=decision.predicted.horizon_days)
        if now < over or quantity == instead:
            return None
        line = self._place[
            int(decision.action.params["product_id"]), int(decision.action.params["location_id"])
        ]
        terms = self._twin.terms.take(np.array([line]))
        gain = realised_gain(terms, quantity, instead, self._realised(decision, line))
        covered = decision.predicted.low <= gain <= decision.predicted.high
        return Measured(gain, covered, "common_random_numbers", now)

    def _realised(self, decision: Decision, line: int) -> Realised:
        evidence, day = decision.evidence, self._number(decision.created_at.date())
        review = int(evidence["review_days"])
        arrives = int(self._lead_times(day)[line])
        following = review + int(self._lead_times(day + review)[line])
        days = max(following, arrives + 1)
        under_way = [
            (pieces, int(self._lead_times(day - age)[line]) - age) for pieces, age in evidence["under_way"]
        ]
        return Realised(
            on_hand=int(evidence["stock_on_hand"]),
            under_way=under_way,
            arrives=arrives,
            following=following,
            demand=np.array([self._wanted(day + ahead)[line] for ahead in range(days)], dtype=np.float64),
            rest_demand=float(evidence["later"]["demand"]),
            rest_days=float(evidence["later"]["days"]),
        )

    def _wanted(self, day: int) -> IntArray:
        if day not in self._wanted_on:
            self._wanted_on[day] = self._source.wanted(day, self._twin.terms.price)
        return self._wanted_on[day]

    def _lead_times(self, day: int) -> IntArray:
        if day not in self._lead_times_on:
            self._lead_times_on[day] = self._twin.lead_times(day)
        return self._lead_times_on[day]

    def _simulator(self, session: Session, shop: ShopLines, day: date) -> ShopSimulator:
        number = self._number(day)
        place = shop.index()
        orders = read_open_orders(session, place, day)
        simulator = ShopSimulator(
            terms=shop.terms,
            source=self._source,
            seed=self._seed,
            on_hand=read_on_hand(session, place),
            day=number,
            open_line=orders.line,
            open_quantity=orders.quantity,
            open_placed=number - orders.age_days,
        )
        simulator.open_arrives = arrivals(simulator)
        return simulator

    def _receive(self, session: Session, simulator: ShopSimulator, shop: ShopLines, moment: datetime) -> None:
        """Book every order whose day has come."""
        due = {
            (int(shop.terms.product[line]), int(shop.terms.location[line]), int(placed))
            for line, placed, arrives in zip(
                simulator.open_line, simulator.open_placed, simulator.open_arrives, strict=True
            )
            if arrives <= simulator.day
        }
        for order in purchase_orders.under_way(session):
            sent = order.sent_at or order.created_at
            placed = self._number(sent.date())
            arrived = {
                line.product_id: line.quantity - line.received
                for line in order.lines
                if (line.product_id, order.location_id, placed) in due
            }
            if arrived:
                purchase_orders.receive(
                    session, order.id, at=moment, quantities=arrived, key=f"day {moment.date()}"
                )

    def _sell(
        self, session: Session, shop: ShopLines, result: DayResult, left: IntArray, moment: datetime
    ) -> None:
        """Book the day's sales in the ledger, and the day in the sales history."""
        closing = moment + timedelta(hours=12)
        sold = np.flatnonzero(result.sold > 0)
        lines = [
            ledger.Line(shop.lines[i].product_id, shop.lines[i].location_id, -int(result.sold[i]))
            for i in sold
        ]
        if lines:
            key = f"sales {moment.date()}"
            ledger.record(session, Kind.SALE, lines, key=key, at=closing, reference="till")
        price = shop.terms.price
        rows = [
            DaySale(
                line.product_id,
                line.location_id,
                int(result.sold[i]),
                float(result.sold[i] * price[i]),
                stock_out=bool(left[i] == 0),
                stock_end=int(left[i]),
            )
            for i, line in enumerate(shop.lines)
        ]
        record_day(session, moment.date(), rows)

    def _worth(
        self, session: Session, shop: ShopLines, result: DayResult, left: IntArray, moment: datetime
    ) -> dict[str, float]:
        """What the day earned here and in the twin, by the same formula."""
        terms = shop.terms
        holding = left * terms.unit_cost * terms.holding_rate_per_week / DAYS_A_WEEK
        margin = result.sold * (terms.price - terms.unit_cost)
        with_agents = float((margin - holding).sum()) - _ordering(session, shop, moment)
        day = moment.date()
        twin, without = self._twin.pass_day(self._number(day), terms)
        session.add(
            WorthRow(
                day=day,
                with_agents=with_agents,
                without_agents=without,
                wanted=int(result.wanted.sum()),
                sold=int(result.sold.sum()),
                sold_without=int(twin.sold.sum()),
            )
        )
        return {"with_agents": with_agents, "without_agents": without}

    def _order_by_rule(self, session: Session, shop: ShopLines, moment: datetime) -> None:
        """Where the agent only watches, the shop's own rule goes on ordering, as it did before."""
        watched = (DecisionStatus.SHADOWED, DecisionStatus.BLOCKED)
        statement = (
            select(DecisionRow.id, DecisionBodyRow.baseline)
            .join(DecisionBodyRow, DecisionBodyRow.decision_id == DecisionRow.id)
            .where(DecisionRow.pack == "retail", DecisionRow.level == Level.SHADOW.word)
            .where(DecisionRow.created_at == moment, DecisionRow.status.in_(watched))
        )
        for decision_id, baseline in session.execute(statement).all():
            params = baseline["params"]
            if not params.get("quantity"):
                continue
            order = purchase_orders.create(
                session,
                supplier_id=params["supplier_id"],
                location_id=params["location_id"],
                lines=[OrderLine(params["product_id"], params["quantity"], params["unit_cost"])],
                key=f"rule {decision_id}",
                at=moment,
            )
            if order.status == purchase_orders.Status.DRAFT:
                purchase_orders.approve(session, order.id, at=moment)
                purchase_orders.send(session, order.id, at=moment)

    def _number(self, day: date) -> int:
        return (day - self._first_day).days

    def _make_twin(self, state: SimulationRow) -> TwinShop:
        """The twin as it was on the last closed day."""
        records = self.records(state.live_from)
        situation = records.situation
        twin = TwinShop(
            terms=situation.terms,
            source=self._source,
            seed=self._seed,
            rule=plain_rule(RetailSettings(baseline=state.start["baseline"]), situation),
            start=state.start,
            day=self._number(state.live_from),
            history=situation.sales,
            review_days=state.start["review_days"],
        )
        if state.closed_day >= state.live_from:
            twin.pass_day(self._number(state.closed_day), situation.terms)
        return twin


def _ordering(session: Session, shop: ShopLines, moment: datetime) -> float:
    """Cost of the order lines placed since yesterday's opening, some after that day was reckoned."""
    statement = (
        select(func.count())
        .select_from(PurchaseOrderLine)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.order_id)
        .where(PurchaseOrder.sent_at > moment - timedelta(days=1), PurchaseOrder.sent_at <= moment)
    )
    return float((session.scalar(statement) or 0) * (shop.terms.order_cost[0] if len(shop.lines) else 0.0))
