"""Overview: what the agents did in this shop, what that was worth, and how its stock stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from scipy.special import stdtrit
from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from maestro.agents.decision_tables import CycleRow, DecisionRow
from maestro.errors import NotFoundError
from maestro.packs.retail.entities import Product, Shop
from maestro.packs.retail.simulation_record import WorthRow
from maestro.packs.retail.stock import stock_summary

INTERVAL_LEVEL = 0.8
"""Share of outcomes that the interval of the gain is meant to hold."""
FEWEST_WEEKS = 3
"""Whole weeks before a gain gets an interval."""
DAYS_SHOWN = 60
"""Days in the chart of what was done."""


@dataclass(frozen=True)
class Day:
    """What one day earned with the agents and without them, in the shop's currency."""

    day: date
    with_agents: float
    without_agents: float


def overview(session: Session) -> dict[str, Any]:
    """The shop's part of the overview, as plain JSON: shop, worth, did and stock.

    Raises:
        NotFoundError: there is no shop yet.
    """
    shop = session.scalar(select(Shop).limit(1))
    if shop is None:
        raise NotFoundError(
            "There is no shop yet.", remedy="Import sales, or start a demo shop with `maestro run`."
        )
    return {
        "shop": {
            "name": shop.name,
            "currency": shop.currency,
            "simulated": shop.simulated,
            "started_at": shop.started_at,
        },
        "worth": worth(session, simulated=shop.simulated, currency=shop.currency),
        "did": did(session),
        "stock": stock(session),
    }


def worth(session: Session, *, simulated: bool, currency: str) -> dict[str, Any]:
    """What the agents were worth: in a simulated shop against its twin, else by the measured decisions."""
    days = _simulated_days(session) if simulated else _measured_days(session)
    measured = session.scalar(select(func.count(DecisionRow.measured_on))) or 0
    weekly = weekly_gains(days)
    mean, low, high = gain_interval(days, weekly)
    return {
        "gain": {"mean": mean, "low": low, "high": high, "unit": currency},
        "method": "common_random_numbers" if simulated else "holdout",
        "since": days[0].day if days else None,
        "decisions_measured": measured,
        "weeks": len(weekly),
        "confidence": confidence(weekly),
        "series": _cumulative(days),
    }


def did(session: Session) -> dict[str, Any]:
    """How many decisions were executed, shadowed, blocked and approved by a person, and executed a day."""
    shadowed = and_(DecisionRow.status.in_(("shadowed", "measured")), DecisionRow.executed_on.is_(None))
    by_person = DecisionRow.allowed_by.startswith("person:")
    counts = select(
        func.count(DecisionRow.executed_on),
        func.coalesce(func.sum(case((shadowed, 1), else_=0)), 0),
        func.coalesce(func.sum(case((DecisionRow.status == "blocked", 1), else_=0)), 0),
        func.coalesce(func.sum(case((by_person, 1), else_=0)), 0),
    )
    executed, watched, blocked, approved = session.execute(counts).one()
    by_day = (
        select(DecisionRow.executed_on, func.count())
        .where(DecisionRow.executed_on.is_not(None))
        .group_by(DecisionRow.executed_on)
        .order_by(DecisionRow.executed_on.desc())
        .limit(DAYS_SHOWN)
    )
    days = [{"date": day, "count": count} for day, count in session.execute(by_day)]
    return {
        "executed": executed,
        "shadowed": watched,
        "blocked": blocked,
        "approved_by_person": approved,
        "by_day": days[::-1],
    }


def stock(session: Session) -> dict[str, Any]:
    """How many lines of stock are healthy, low, out or too many, and the money in them."""
    summary = stock_summary(session)
    products = session.scalar(select(func.count()).select_from(Product).where(Product.active)) or 0
    wanted, sold = session.execute(select(func.sum(WorthRow.wanted), func.sum(WorthRow.sold))).one()
    return {
        "products": products,
        "places": summary.places,
        "healthy": summary.healthy,
        "low": summary.low,
        "out": summary.out,
        "overstock": summary.overstock,
        "value": round(summary.value, 2),
        "on_order_value": round(summary.on_order_value, 2),
        "fill_rate": sold / wanted if wanted else None,
    }


def weekly_gains(days: Sequence[Day]) -> list[float]:
    """The gain of every whole week since the beginning, in the shop's currency."""
    gains = [day.with_agents - day.without_agents for day in days]
    return [sum(gains[start : start + 7]) for start in range(0, len(gains) - 6, 7)]


def gain_interval(days: Sequence[Day], weekly: Sequence[float]) -> tuple[float, float | None, float | None]:
    """The gain so far, and the interval that a total of as many weeks like these would fall into.

    Student's t over the weekly gains; no interval before there are a few whole weeks.
    """
    total = sum(day.with_agents - day.without_agents for day in days)
    if len(weekly) < FEWEST_WEEKS:
        return total, None, None
    spread = float(np.std(weekly, ddof=1)) * math.sqrt(len(weekly))
    reach = float(stdtrit(len(weekly) - 1, (1 + INTERVAL_LEVEL) / 2)) * spread
    return total, total - reach, total + reach


def confidence(weekly: Sequence[float]) -> dict[str, str]:
    """How sure the gain is, in a sentence."""
    better = sum(gain > 0 for gain in weekly)
    if len(weekly) < FEWEST_WEEKS:
        return {
            "en": f"Too early to tell: {len(weekly)} of {FEWEST_WEEKS} weeks are over.",
            "ko": f"판단하기에 이릅니다. {FEWEST_WEEKS}주 중 {len(weekly)}주가 지났습니다.",
        }
    return {
        "en": f"Better than without agents in {better} of {len(weekly)} weeks.",
        "ko": f"{len(weekly)}주 중 {better}주에서 에이전트가 없을 때보다 나았습니다.",
    }


def _simulated_days(session: Session) -> list[Day]:
    statement = select(WorthRow.day, WorthRow.with_agents, WorthRow.without_agents).order_by(WorthRow.day)
    return [Day(*row) for row in session.execute(statement)]


def _measured_days(session: Session) -> list[Day]:
    """In live use only the difference is known: what the measured actions of each day gained."""
    statement = select(CycleRow.at, CycleRow.earned).where(CycleRow.acted > 0).order_by(CycleRow.at)
    gains: dict[date, float] = {}
    for at, earned in session.execute(statement):
        gains[at.date()] = gains.get(at.date(), 0.0) + earned
    if not gains:
        return []
    first, last = min(gains), max(gains)
    days = (first + timedelta(days=place) for place in range((last - first).days + 1))
    return [Day(day, gains.get(day, 0.0), 0.0) for day in days]


def _cumulative(days: Sequence[Day]) -> list[dict[str, Any]]:
    series, with_agents, without_agents = [], 0.0, 0.0
    for day in days:
        with_agents += day.with_agents
        without_agents += day.without_agents
        series.append(
            {
                "date": day.day,
                "with_agents": round(with_agents, 2),
                "without_agents": round(without_agents, 2),
            }
        )
    return series
