"""Tests of the live shop: its present is its records', its holdout is fair, and a planted uplift is found."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from maestro.agents.decision import Action, Decision, Effect, Measured, Status, Subject
from maestro.agents.decision_tables import CycleRow
from maestro.clock import VirtualClock
from maestro.database import Database
from maestro.packs.retail.entities import Location, Product, Shop, StockLevel, Supplier
from maestro.packs.retail.live_shop import LOOK_EVERY, LiveShop, RecordsClock, in_holdout
from maestro.packs.retail.sales import DaySale, record_day
from maestro.packs.retail.shop_records import opening

DECIDED = date(2026, 1, 5)
FIRST = DECIDED - timedelta(days=100)
LEAD, REVIEW, HORIZON = 3, 7, 13
SEED, PRODUCTS = 3, 60
WORDS = {"en": "Order", "ko": "주문"}


def sku(product: int) -> str:
    return f"P{product:03d}"


HELD = [product for product in range(1, PRODUCTS + 1) if in_holdout(sku(product), 0.3, SEED)]
TREATED = [product for product in range(1, PRODUCTS + 1) if product not in HELD]


@pytest.fixture
def wall() -> VirtualClock:
    return VirtualClock(datetime(2026, 6, 1, 12, tzinfo=UTC))


@pytest.fixture
def own(database: Database) -> Database:
    """A shop of sixty products at 5 a piece that cost 3, ten sold of each a day, up to yesterday."""
    with database.session() as session:
        session.add(Shop(name="Mine", started_at=opening(FIRST), options={"holdout_share": 0.3}))
        session.add_all([Location(id=1, code="SHOP", name="Shop"), Supplier(id=1, code="ACME", name="Acme")])
        session.flush()
        session.add_all(
            Product(id=product, sku=sku(product), name="Thing", price=5.0, unit_cost=3.0, supplier_id=1)
            for product in range(1, PRODUCTS + 1)
        )
        session.flush()
        session.add_all(
            StockLevel(product_id=product, location_id=1, on_hand=50) for product in range(1, PRODUCTS + 1)
        )
    sell(database, FIRST, 100)
    return database


def sell(database: Database, first: date, days: int, treated: int = 10, held: int = 10) -> None:
    pieces = {product: held if product in HELD else treated for product in range(1, PRODUCTS + 1)}
    with database.session() as session:
        for day in range(days):
            rows = [DaySale(product, 1, n, 5.0 * n) for product, n in pieces.items()]
            record_day(session, first + timedelta(days=day), rows)


def reviewed(database: Database, at: datetime) -> None:
    with database.session() as session:
        zeros = {"proposed": 0, "measured": 0, "covered": 0, "gain": 0.0, "acted": 0, "earned": 0.0}
        row = CycleRow(agent="replenishment", cycle=at.isoformat(), at=at, max_loss=1.0, **zeros)
        session.add(row)


def decision(product: int, decided: date = DECIDED) -> Decision:
    params = {"product_id": product, "location_id": 1, "supplier_id": 1, "quantity": 40, "unit_cost": 3.0}
    return Decision(
        id=f"d_{product}",
        agent="replenishment",
        pack="retail",
        cycle="one",
        created_at=opening(decided),
        subject=Subject("product", f"{sku(product)}@SHOP", WORDS),
        action=Action("order", params, WORDS),
        baseline=Action("wait", {**params, "quantity": 0}, WORDS),
        reason=WORDS,
        evidence={"review_days": REVIEW, "lead_time_days": {"mean": float(LEAD)}},
        forecast_version="one",
        predicted=Effect(20.0, 0.0, 40.0, horizon_days=float(HORIZON)),
        status=Status.EXECUTED,
    )


def gain(database: Database, wall: VirtualClock, product: int) -> Measured | None:
    return LiveShop(database, wall, SEED).measure(
        decision(product), opening(DECIDED + timedelta(days=HORIZON))
    )


class TestHoldout:
    def test_a_product_is_in_it_for_good(self) -> None:
        assert [in_holdout(sku(product), 0.3, SEED) for product in HELD] == [True] * len(HELD)
        larger = [product for product in HELD if in_holdout(sku(product), 0.5, SEED)]
        assert larger == HELD, "a larger holdout holds the smaller one"

    @pytest.mark.parametrize("share", [0.05, 0.1, 0.5])
    def test_it_is_near_its_share(self, share: float) -> None:
        held = [in_holdout(f"SKU{number}", share, 42) for number in range(4_000)]
        assert np.mean(held) == pytest.approx(share, abs=0.025)

    def test_none_and_all(self) -> None:
        assert not in_holdout("A", 0.0, 1)
        assert in_holdout("A", 1.0, 1)

    def test_another_seed_draws_others(self) -> None:
        draws = [[in_holdout(f"SKU{number}", 0.5, seed) for number in range(100)] for seed in (1, 2)]
        assert draws[0] != draws[1]

    def test_lines_are_held_out_by_their_product(self, own: Database, wall: VirtualClock) -> None:
        shop = LiveShop(own, wall, SEED)
        lines = shop.records(DECIDED).shop_lines
        found = {
            line.product_id for line, held in zip(lines.lines, shop.held_out(lines), strict=True) if held
        }
        assert found == set(HELD)


class TestClock:
    def test_it_shows_the_morning_after_the_last_sale(self, own: Database, wall: VirtualClock) -> None:
        clock = RecordsClock(own, wall)
        assert clock.now() == opening(DECIDED)
        sell(own, DECIDED, 3)
        assert clock.now() == opening(DECIDED + timedelta(days=3))

    def test_it_never_runs_ahead_of_life(self, own: Database) -> None:
        real = VirtualClock(datetime(2026, 1, 2, 9, tzinfo=UTC))
        assert RecordsClock(own, real).now() == real.now()

    def test_without_sales_it_is_real_time_and_never_runs_backwards(
        self, database: Database, wall: VirtualClock
    ) -> None:
        clock = RecordsClock(database, wall)
        assert clock.now() == wall.now()
        with database.session() as session:
            session.add_all([Location(id=1, code="S", name="S"), Product(id=1, sku="A", name="A")])
            session.flush()
            record_day(session, FIRST, [DaySale(1, 1, 1, 1.0)])
        assert clock.now() == wall.now()

    async def test_it_sleeps_in_real_time(self, own: Database, wall: VirtualClock) -> None:
        clock = RecordsClock(own, wall)
        sleeper = asyncio.create_task(clock.sleep(60))
        await asyncio.sleep(0)
        await wall.advance(seconds=59)
        assert not sleeper.done()
        await wall.advance(seconds=2)
        await sleeper


class TestReviews:
    def test_the_first_is_due_at_once(self, own: Database, wall: VirtualClock) -> None:
        shop = LiveShop(own, wall, SEED)
        assert shop.next_moment() == opening(DECIDED)
        assert shop.reviews_at(shop.next_moment(), "replenishment")

    def test_none_is_due_without_sales(self, database: Database, wall: VirtualClock) -> None:
        shop = LiveShop(database, wall, SEED)
        assert not shop.reviews_at(wall.now(), "replenishment")
        assert shop.next_moment() == wall.now() + LOOK_EVERY

    def test_the_next_is_due_when_the_records_reach_the_review_day(
        self, own: Database, wall: VirtualClock
    ) -> None:
        shop = LiveShop(own, wall, SEED)
        reviewed(own, opening(DECIDED))
        sell(own, DECIDED, 6)
        assert shop.next_moment() == opening(DECIDED + timedelta(days=6)) + LOOK_EVERY
        sell(own, DECIDED + timedelta(days=6), 1)
        assert shop.next_moment() == opening(DECIDED + timedelta(days=7))

    def test_after_a_late_review_the_weekday_is_found_again(self, own: Database, wall: VirtualClock) -> None:
        shop = LiveShop(own, wall, SEED)
        wednesday, monday = DECIDED + timedelta(days=2), DECIDED + timedelta(days=7)
        reviewed(own, opening(wednesday))
        due = [shop.reviews_at(opening(monday + timedelta(days=day)), "replenishment") for day in (-1, 0)]
        assert due == [False, True]

    def test_days_happen_by_themselves(self, own: Database, wall: VirtualClock) -> None:
        assert LiveShop(own, wall, SEED).pass_day(opening(DECIDED)) == {}


class TestMeasure:
    def test_a_planted_uplift_is_found(self, own: Database, wall: VirtualClock) -> None:
        sell(own, DECIDED, HORIZON, treated=12)
        measured = gain(own, wall, TREATED[0])
        assert measured is not None
        assert measured.gain == pytest.approx((12 - 10) * (5.0 - 3.0) * REVIEW)
        assert (measured.method, measured.covered) == ("holdout", True)

    def test_what_happened_to_everything_is_nobody_s_gain(self, own: Database, wall: VirtualClock) -> None:
        sell(own, DECIDED, HORIZON, treated=15, held=15)
        measured = gain(own, wall, TREATED[0])
        assert measured is not None
        assert measured.gain == pytest.approx(0.0)

    def test_a_loss_is_found_too(self, own: Database, wall: VirtualClock) -> None:
        sell(own, DECIDED, HORIZON, treated=9)
        measured = gain(own, wall, TREATED[0])
        assert measured is not None
        assert measured.gain == pytest.approx(-14.0)
        assert not measured.covered

    def test_successive_reviews_never_count_the_same_day_twice(
        self, own: Database, wall: VirtualClock
    ) -> None:
        sell(own, DECIDED, 40)
        sell(own, DECIDED + timedelta(days=LEAD), REVIEW, treated=12)
        shop, now = LiveShop(own, wall, SEED), opening(DECIDED + timedelta(days=40))
        weeks = [DECIDED, DECIDED + timedelta(days=REVIEW)]
        gains = [shop.measure(decision(TREATED[0], week), now) for week in weeks]
        assert gains[0] is not None
        assert gains[1] is not None
        assert gains[0].gain == pytest.approx(28.0)
        assert gains[1].gain < 0

    def test_it_is_too_early_before_the_horizon(self, own: Database, wall: VirtualClock) -> None:
        shop = LiveShop(own, wall, SEED)
        assert shop.measure(decision(TREATED[0]), opening(DECIDED + timedelta(days=HORIZON - 1))) is None

    def test_the_holdout_itself_is_not_measured(self, own: Database, wall: VirtualClock) -> None:
        sell(own, DECIDED, HORIZON)
        assert gain(own, wall, HELD[0]) is None

    def test_without_a_holdout_nothing_can_be_told(self, own: Database, wall: VirtualClock) -> None:
        with own.session() as session:
            session.get_one(Shop, 1).options = {"holdout_share": 0.0}
        sell(own, DECIDED, HORIZON)
        assert gain(own, wall, TREATED[0]) is None

    @pytest.mark.parametrize(("known", "told"), [(20, False), (40, True)])
    def test_a_new_product_is_compared_with_its_own_days_alone(
        self, own: Database, wall: VirtualClock, known: int, told: bool
    ) -> None:
        with own.session() as session:
            session.add(Product(id=99, sku="NEW", name="New", price=5.0, unit_cost=3.0, supplier_id=1))
            session.flush()
            for day in range(known + HORIZON):
                row = DaySale(99, 1, 10, 50.0)
                record_day(session, DECIDED + timedelta(days=day - known), [row])
        assert not in_holdout("NEW", 0.3, SEED)
        sell(own, DECIDED, HORIZON)
        measured = gain(own, wall, 99)
        assert (measured is not None) is told
        if measured:
            assert measured.gain == pytest.approx(0.0)
