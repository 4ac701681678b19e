"""A durable workflow: prices many lines in chunks, waits for a person, and undoes what it did where it fails.

Run it: .venv/bin/python examples/02_durable_workflow.py
"""

from __future__ import annotations

import asyncio
import tempfile
from typing import Any

from maestro.clock import RealClock
from maestro.engine import Engine, Graph, current_step, step, wait_for_approval
from maestro.errors import MaestroError, PermanentError
from maestro.settings import EngineSettings

LINES = [{"sku": f"SKU-{number:03}", "pieces": number} for number in range(1, 201)]

booked: dict[str, float] = {}
"""The supplier's books: an idempotency key and what is booked under it."""


def price(line: dict[str, Any]) -> float:
    """Worked once a line, many lines in one journaled chunk."""
    return float(round(line["pieces"] * 1.25, 2))


def total(price: list[float]) -> float:
    return round(sum(price), 2)


def book(total: float, approve: dict[str, Any]) -> str:
    """The effect on the outside world; the same key at every attempt, so that nothing is booked twice."""
    if not approve["approved"]:
        raise PermanentError("The order was not approved.", remedy="Ask again with fewer lines.")
    key = current_step().key
    booked[key] = total
    return key


def cancel_booking(result: str) -> None:
    booked.pop(result, None)


def pay(book: str, budget: float) -> str:
    if booked[book] > budget:
        raise PermanentError(f"{booked[book]:,.2f} is over the budget of {budget:,.2f}.")
    return f"paid {booked[book]:,.2f}"


ORDER = Graph(
    "order",
    [
        step(price, each="line", of="lines"),
        total,
        wait_for_approval("approve", words=lambda total: f"Order for {total:,.2f}?", within_s=86_400),
        step(book, undo=cancel_booking),
        pay,
    ],
)


async def order(engine: Engine, budget: float) -> str:
    """One run: start it, answer as the person would, and wait for its end."""
    run_id = await engine.start("order", {"lines": LINES, "budget": budget})
    while not (waits := [wait for wait in await engine.waits() if wait.run_id == run_id]):  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    print(f"  asked: {waits[0].words}")
    await engine.signal(run_id, "approve", {"approved": True, "note": "fine"}, by="person:you")
    try:
        result = await engine.wait(run_id, timeout_s=30)
        return str(result["pay"])
    except MaestroError as error:
        return f"failed, and what was done is undone: {error.message}"


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(f"sqlite:///{folder}/engine.db", EngineSettings(), RealClock())
        engine.register(ORDER)
        await engine.launch()
        try:
            for budget in (50_000.0, 1_000.0):
                print(f"An order with a budget of {budget:,.0f}:")
                print(f"  {await order(engine, budget)}")
                print(f"  the supplier's books hold {len(booked)} booking(s)")
        finally:
            await engine.shutdown()


if __name__ == "__main__":
    asyncio.run(main())
