"""A first agent: prices lemonade by the weather, is measured against a fixed price, and earns its autonomy.

Run it: .venv/bin/python examples/01_first_agent.py
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.random import Generator, default_rng

from maestro import migrations
from maestro.agents.audit_log import AuditLog
from maestro.agents.autonomy_store import AutonomyStore
from maestro.agents.decision import Action, Decision, Effect, Measured, Proposal, Subject
from maestro.agents.decision_store import DecisionStore
from maestro.agents.guardrails.price_band import PriceBand
from maestro.agents.loop import DecisionLoop
from maestro.agents.track_record import Level
from maestro.clock import VirtualClock
from maestro.database import Database
from maestro.telemetry import Metrics

USUAL_PRICE = 2.0


@dataclass
class Stand:
    """The world: thirsty people come when it is hot, and fewer of them at a higher price."""

    chance: Generator
    hot: dict[datetime, bool] = field(default_factory=dict)
    noise: dict[datetime, float] = field(default_factory=dict)

    def weather(self, day: datetime) -> bool:
        """Whether the day is hot; everybody can see that in the morning."""
        if day not in self.hot:
            self.hot[day] = bool(self.chance.random() < 0.5)
            self.noise[day] = float(self.chance.normal(0, 6))
        return self.hot[day]

    def profit(self, day: datetime, price: float) -> float:
        """What a price earns that day; the same noise whatever the price."""
        buyers = (60 if self.weather(day) else 35) - 12 * price + self.noise[day]
        return float(max(buyers, 0.0) * (price - 0.5))


class PriceAgent:
    """Knows that heat makes people generous, and proposes the better price each morning."""

    name = "lemonade-price"
    pack = "example"

    def __init__(self, stand: Stand) -> None:
        self.stand = stand

    def observe(self, now: datetime) -> tuple[datetime, bool]:
        return now, self.stand.weather(now)

    def propose(self, observation: tuple[datetime, bool]) -> Sequence[Proposal]:
        _, hot = observation
        price = 2.75 if hot else 1.7
        words = {"en": f"Charge {price:.2f} today", "ko": f"오늘 가격은 {price:.2f}"}
        usual = {"en": f"Charge {USUAL_PRICE:.2f}", "ko": f"가격 {USUAL_PRICE:.2f}"}
        why = {"en": "It is hot." if hot else "It is cool.", "ko": "덥습니다." if hot else "선선합니다."}
        return [
            Proposal(
                subject=Subject("product", "lemonade", {"en": "Lemonade", "ko": "레모네이드"}),
                action=Action("price", {"price": price, "reference_price": USUAL_PRICE}, words),
                baseline=Action("price", {"price": USUAL_PRICE}, usual),
                reason=why,
            )
        ]

    def simulate(self, proposal: Proposal, observation: tuple[datetime, bool]) -> Effect:
        _, hot = observation
        price = float(proposal.action.params["price"])
        people = 60 if hot else 35
        mean = (people - 12 * price) * (price - 0.5) - (people - 12 * USUAL_PRICE) * (USUAL_PRICE - 0.5)
        reach = 1.2816 * 6 * abs(price - USUAL_PRICE)
        return Effect(mean, mean - reach, mean + reach, horizon_days=1)

    def act(self, decision: Decision) -> Mapping[str, Any]:
        return {"price_tag": decision.action.params["price"]}

    def undo(self, decision: Decision) -> Mapping[str, Any]:
        return {"price_tag": USUAL_PRICE}

    def measure(self, decision: Decision, now: datetime) -> Measured | None:
        day = decision.created_at
        if now < day + timedelta(days=1):
            return None
        price = float(decision.action.params["price"])
        gain = self.stand.profit(day, price) - self.stand.profit(day, USUAL_PRICE)
        covered = decision.predicted.low <= gain <= decision.predicted.high
        return Measured(gain, covered, "common_random_numbers", now)

    def learn(self, measured: Sequence[Decision]) -> None:
        """This agent knows enough already."""

    def max_loss_per_cycle(self, now: datetime) -> float:
        return 15.0


def main() -> None:
    """Let the agent live a hundred and fifty mornings, and tell each change of its level."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database.open(f"sqlite:///{folder}/example.db")
        migrations.upgrade(database)
        clock = VirtualClock(datetime(2026, 5, 1, 8, tzinfo=UTC))
        audit = AuditLog(database, clock)
        autonomy = AutonomyStore(database, audit)
        loop = DecisionLoop(
            PriceAgent(Stand(default_rng(7))),
            store=DecisionStore(database),
            guardrails=[PriceBand(limit=50, hard_limit=80)],
            autonomy_store=autonomy,
            audit=audit,
            clock=clock,
            metrics=Metrics(),
            starting_level=Level.BOUNDED,
        )
        gains = []
        for _ in range(150):
            report = loop.run_cycle(clock.now())
            gains.append(report.gain)
            clock.set(clock.now() + timedelta(days=1))
        for change in reversed(autonomy.history("lemonade-price")):
            print(f"{change.at:%d %B}: {change.before.word} -> {change.after.word}. {change.cause['en']}")
        print(f"Mean gain a day over the usual price: {np.mean(gains):+.2f}")
        print(
            f"Level now: {autonomy.record('lemonade-price').level.word}; audit log sound: {audit.verify().ok}"
        )
        database.close()


if __name__ == "__main__":
    main()
