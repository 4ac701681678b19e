"""Peer: LangGraph with its SQLite checkpointer; a map is a fan-out of one node, a graph a diamond of six."""

from __future__ import annotations

import asyncio
import json
import operator
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any, TypedDict

from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Send

TASKS, GRAPHS, IN_FLIGHT = int(sys.argv[1]), int(sys.argv[2]), 50


class State(TypedDict):
    x: int
    found: Annotated[list[int], operator.add]


async def add_one(state: Any) -> dict[str, list[int]]:
    return {"found": [state["x"] + 1]}


def fan_out(state: State) -> list[Send]:
    return [Send("add_one", {"x": x}) for x in range(state["x"])]


def mapped(saver: Any) -> Any:
    graph = StateGraph(State)
    graph.add_node("add_one", add_one)
    graph.add_conditional_edges(START, fan_out, ["add_one"])
    graph.add_edge("add_one", END)
    return graph.compile(checkpointer=saver)


def diamond(saver: Any) -> Any:
    graph = StateGraph(State)
    for name in ("a", "b", "c", "d", "e", "f"):
        graph.add_node(name, add_one)
    graph.add_edge(START, "a")
    for name in ("b", "c", "d", "e"):
        graph.add_edge("a", name)
    graph.add_edge(["b", "c", "d", "e"], "f")
    graph.add_edge("f", END)
    return graph.compile(checkpointer=saver)


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncSqliteSaver.from_conn_string(str(Path(folder) / "graph.db")) as saver:
            await saver.setup()
            many, shape = mapped(saver), diamond(saver)
            await many.ainvoke({"x": 5, "found": []}, {"configurable": {"thread_id": "warm"}})
            origin = time.perf_counter()
            done = await many.ainvoke({"x": TASKS, "found": []}, {"configurable": {"thread_id": "map"}})
            map_s = time.perf_counter() - origin
            assert sum(done["found"]) == TASKS * (TASKS + 1) // 2
            places = asyncio.Semaphore(IN_FLIGHT)

            async def graph(number: int) -> None:
                async with places:
                    config = {"configurable": {"thread_id": f"graph-{number}"}}
                    assert len((await shape.ainvoke({"x": number, "found": []}, config))["found"]) == 6

            origin = time.perf_counter()
            await asyncio.gather(*(graph(number) for number in range(GRAPHS)))
            graph_s = time.perf_counter() - origin
    print(json.dumps({"map_tasks_per_s": TASKS / map_s, "graph_steps_per_s": 6 * GRAPHS / graph_s}))


asyncio.run(main())
