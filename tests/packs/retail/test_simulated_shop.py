"""Tests of the simulated shop: it goes on as if never stopped, all of a day or none, fair to its twin."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select, text

from maestro.agents.decision import Decision, Measured, Status
from maestro.agents.decision_store import DecisionStore
from maestro.agents.track_record import Level
from maestro.database import Database
from maestro.packs.retail import ledger, purchase_orders
from maestro.packs.retail.entities import PurchaseOrder, Shop, StockMovement
from maestro.packs.retail.ledger import Kind
from maestro.packs.retail.purchase_orders import OrderLine
from maestro.packs.retail.shop_records import opening, read_lines, shop_settings
from maestro.packs.retail.simulated_shop import SimulatedShop
from maestro.packs.retail.simulation_record import WorthRow

from .conftest import live, looped, reopened

Copied = Callable[[Path], Database]

MONDAY = date(2026, 1, 5)


def contents(database: Database) -> dict[str, Sequence[Any]]:
    """All that the shop's days wrote."""
    tables = ("retail_worth", "retail_stock", "retail_movements", "retail_orders", "retail_order_lines")
    questions = {name: f"SELECT * FROM {name} ORDER BY 1, 2, 3" for name in tables}
    questions["sales"] = "SELECT * FROM retail_daily_sales WHERE day >= '2026-01-05' ORDER BY 3, 1, 2"
    questions["decisions"] = "SELECT id, summary, predicted, status, gain, covered FROM decisions ORDER BY id"
    with database.reader() as session:
        return {name: session.execute(text(question)).all() for name, question in questions.items()}


def worth(database: Database) -> list[WorthRow]:
    with database.reader() as session:
        return list(session.scalars(select(WorthRow).order_by(WorthRow.day)))


def choose(database: Database, **options: object) -> None:
    with database.session() as session:
        session.scalars(select(Shop)).one().options = options


def order_by_hand(database: Database, at: datetime, key: str = "by hand") -> None:
    """Two pieces of the first line, more than no supplier of the demo forbids a person to order."""
    with database.session() as session:
        line = read_lines(session, shop_settings(session)).lines[0]
        lines = [OrderLine(line.product_id, 2, 1.0)]
        order = purchase_orders.create(
            session, supplier_id=line.supplier_id, location_id=line.location_id, lines=lines, key=key, at=at
        )
        purchase_orders.approve(session, order.id, at=at)
        purchase_orders.send(session, order.id, at=at)


def test_a_killed_shop_goes_on_exactly_as_one_that_was_never_stopped(
    small: Database, lived: Database
) -> None:
    for days in (10, 4):
        shop = reopened(small)
        live(shop, days, looped(small, shop, Level.BOUNDED))
    shop = reopened(small)
    looped(small, shop, Level.BOUNDED).run_cycle(shop.next_moment())  # and killed before the day passed
    shop = reopened(small)
    live(shop, 42, looped(small, shop, Level.BOUNDED))
    expected, found = contents(lived), contents(small)
    assert expected["decisions"]
    assert found == expected


def test_days_pass_one_after_another_and_the_ledger_stays_true(small: Database) -> None:
    shop = reopened(small)
    assert shop.next_moment() == opening(MONDAY)
    live(shop, 8)
    assert shop.next_moment() == opening(MONDAY + timedelta(days=8))
    assert reopened(small).next_moment() == shop.next_moment()
    with small.reader() as session:
        assert ledger.discrepancies(session) == []
    rows = worth(small)
    assert [row.day for row in rows] == [MONDAY + timedelta(days=number) for number in range(8)]
    assert all(0 <= row.sold <= row.wanted and row.sold_without <= row.wanted for row in rows)


async def test_time_stands_still_until_a_day_is_let_come_and_at_its_end(small: Database) -> None:
    shop = SimulatedShop(small, reopened(small)._source, seconds_per_day=0.01)
    before, opens = shop.clock.now(), shop.next_moment()
    await asyncio.sleep(0.02)
    assert shop.clock.now() == before < opens
    shop.let_day_come(opens)
    await shop.clock.sleep_until(opens)
    await asyncio.sleep(0.02)
    assert shop.clock.now() == opens + timedelta(hours=17)


async def test_time_never_runs_backwards_from_one_process_to_the_next(small: Database) -> None:
    shop = reopened(small)
    opens = shop.next_moment()
    shop.let_day_come(opens)
    shop.clock.set_speed(86_400 * 100)
    await shop.clock.sleep_until(opens)
    shown = shop.clock.now()
    killed = reopened(small)
    assert opens <= shown <= killed.clock.now() <= opens + timedelta(hours=17)
    live(killed, 1)
    killed.clock.set_speed(60)
    killed.let_day_come(killed.next_moment())
    killed.stop_time()
    stopped = killed.clock.now()
    again = reopened(small)
    assert stopped == killed.clock.now() == again.clock.now() < again.next_moment()


def test_what_a_day_tells_is_what_it_wrote(small: Database) -> None:
    shop = reopened(small)
    told = shop.pass_day(shop.next_moment())
    (row,) = worth(small)
    assert told == {
        "day": "2026-01-05",
        "sold": row.sold,
        "lost": row.wanted - row.sold,
        "with_agents": row.with_agents,
        "without_agents": row.without_agents,
    }


@pytest.mark.parametrize("guarded", [False, True])
def test_while_the_agent_only_watches_the_shop_lives_as_its_twin(small: Database, guarded: bool) -> None:
    if guarded:  # limits so narrow that every order of the agent is blocked
        choose(small, ask_above=0.001)
    shop = reopened(small)
    live(shop, 17, looped(small, shop, Level.SHADOW))
    rows = worth(small)
    assert [row.with_agents for row in rows] == pytest.approx([row.without_agents for row in rows])
    assert [row.sold for row in rows] == [row.sold_without for row in rows]
    with small.reader() as session:
        keys = list(session.scalars(select(PurchaseOrder.key)))
    assert any(key.startswith("rule ") for key in keys)


def test_an_agent_that_acts_orders_instead_of_the_rule(lived: Database) -> None:
    done = DecisionStore(lived).select(agent="replenishment", status=(Status.EXECUTED, Status.MEASURED))
    ordered = {decision.id for decision in done if decision.action.kind == "order"}
    with lived.reader() as session:
        keys = set(session.scalars(select(PurchaseOrder.key)))
    assert ordered
    assert ordered <= keys
    assert not any(key.startswith("rule ") for key in keys)


def test_a_day_that_fails_leaves_everything_as_it_was_and_can_be_lived_again(
    small_file: Path, copied: Copied
) -> None:
    undisturbed, disturbed = copied(small_file), copied(small_file)
    live(reopened(undisturbed), 4)
    shop = reopened(disturbed)
    live(shop, 3)
    before = contents(disturbed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SimulatedShop, "_worth", broken_worth(SimulatedShop._worth))
        with pytest.raises(OSError, match="no space"):
            shop.pass_day(shop.next_moment())
    assert contents(disturbed) == before
    assert shop.next_moment() == opening(MONDAY + timedelta(days=3))
    live(shop, 1)
    assert contents(disturbed) == contents(undisturbed)


def broken_worth(real: Callable[..., Any]) -> Callable[..., Any]:
    """Reckons a day's worth, the last thing that is written, and then breaks."""

    def reckon(*args: Any) -> None:
        real(*args)
        raise OSError("no space left on device")

    return reckon


def test_goods_arrive_after_the_lead_time_drawn_for_the_day_of_their_order(lived: Database) -> None:
    shop = reopened(lived)
    place = shop.records(MONDAY).shop_lines.index()
    first = MONDAY - timedelta(days=728)
    with lived.reader() as session:
        orders = {order.number: order for order in session.scalars(select(PurchaseOrder))}
        receipts = list(session.scalars(select(StockMovement).where(StockMovement.kind == Kind.RECEIPT)))
    assert len(receipts) > 10
    for movement in receipts:
        sent = orders[movement.reference].sent_at
        assert sent is not None
        line = place[movement.product_id, movement.location_id]
        drawn = shop._lead_times((sent.date() - first).days)[line]
        assert (movement.at.date() - sent.date()).days == drawn


def test_what_a_person_orders_after_the_day_was_reckoned_is_paid_for_too(
    small_file: Path, copied: Copied
) -> None:
    plain, by_hand = copied(small_file), copied(small_file)
    live(reopened(plain), 3)
    shop = reopened(by_hand)
    live(shop, 1)
    order_by_hand(by_hand, opening(MONDAY) + timedelta(hours=9))
    live(shop, 2)
    pairs = zip(worth(plain), worth(by_hand), strict=True)
    costs = [without.with_agents - row.with_agents for without, row in pairs]
    assert costs == pytest.approx([0.0, 2.0, 0.0])


def test_a_cost_changed_meanwhile_counts_for_the_twin_alike(small: Database) -> None:
    shop = reopened(small)
    loop = looped(small, shop, Level.SHADOW)
    live(shop, 2, loop)
    choose(small, holding_cost_pct_week=20.0)
    live(shop, 2, loop)
    rows = worth(small)
    assert [row.with_agents for row in rows] == pytest.approx([row.without_agents for row in rows])
    assert rows[2].with_agents < rows[1].with_agents - 10


def test_the_twin_keeps_the_rule_that_the_shop_was_opened_with(small: Database) -> None:
    before = reopened(small)
    choose(small, baseline="deliveries_times_factor")
    after = reopened(small)
    situation = before.records(MONDAY).situation
    assert after.rule(situation).name == before.rule(situation).name
    assert after.rule(situation).name.startswith("fixed reorder point")


def test_reviews_fall_on_the_chosen_weekday_and_rhythm(small: Database) -> None:
    shop = reopened(small)

    def reviewed(**options: object) -> list[int]:
        choose(small, **options)
        days = range(21)
        return [day for day in days if shop.reviews_at(opening(MONDAY + timedelta(days=day)), "any")]

    assert reviewed() == [0, 7, 14]
    assert reviewed(review_weekday=3) == [3, 10, 17]
    assert reviewed(review_days=14) == [0, 14]
    assert reviewed(review_days=5) == [0, 5, 10, 15, 20]


def test_no_line_of_a_simulated_shop_is_held_out(small: Database) -> None:
    shop = reopened(small)
    lines = shop.records(MONDAY).shop_lines
    assert shop.held_out(lines).tolist() == [False] * 24


def measured_again(database: Database, decision: Decision, now: datetime) -> Measured | None:
    return reopened(database).measure(decision, now)


def test_a_gain_is_measured_once_its_horizon_has_passed_and_the_same_ever_after(lived: Database) -> None:
    decision = DecisionStore(lived).select(agent="replenishment", status=(Status.MEASURED,))[0]
    over = decision.created_at + timedelta(days=decision.predicted.horizon_days)
    assert measured_again(lived, decision, over - timedelta(days=1)) is None
    measured = measured_again(lived, decision, over)
    assert measured is not None
    assert decision.measured is not None
    assert measured.gain == pytest.approx(decision.measured.gain)
    assert measured.method == "common_random_numbers"
    predicted = decision.predicted
    assert measured.covered is (predicted.low <= measured.gain <= predicted.high)


def test_ordering_what_the_rule_orders_is_never_measured(lived: Database) -> None:
    store = DecisionStore(lived)
    same = [
        decision
        for decision in store.select(agent="replenishment", status=(Status.EXECUTED, Status.MEASURED))
        if decision.action.params["quantity"] == decision.baseline.params["quantity"]
    ]
    assert all(decision.measured is None for decision in same)


def test_predicted_intervals_hold_about_what_they_promise(lived: Database) -> None:
    measured = [
        decision.measured
        for decision in DecisionStore(lived).select(agent="replenishment", status=(Status.MEASURED,))
    ]
    covered = [each.covered for each in measured if each]
    assert len(covered) >= 30
    assert 0.65 <= np.mean(covered) <= 0.95
