"""`maestro run`: opens the shop, starts the agents and serves the dashboard."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import Annotated

import typer
import uvicorn
from rich.console import Console

from maestro.app import App
from maestro.cli.doctor import port_is_free
from maestro.cli.leaving import end_soon
from maestro.clock import RealClock
from maestro.errors import InputError
from maestro.server.app import create_app, sign_in_link
from maestro.settings import Settings
from maestro.telemetry import configure_logging


def run(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; loopback unless told otherwise.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="TCP port; 0 takes any free one.")] = None,
    seconds_per_day: Annotated[
        float | None, typer.Option(help="Seconds of life for one simulated day.", min=0.01)
    ] = None,
    days: Annotated[
        int | None,
        typer.Option(help="Stop after this many simulated days; default: run until stopped.", min=1),
    ] = None,
) -> None:
    """Open the shop, start its agents and serve the dashboard; creates a demo shop where there is none.

    Example: maestro run --seconds-per-day 1
    """
    settings = _settings(host, port, seconds_per_day)
    server = settings.server
    if server.port and not port_is_free(server.host, server.port):
        raise InputError(
            f"Port {server.port} on {server.host} is in use.",
            remedy="Stop the other program, or choose a port: maestro run --port 0 takes any free one.",
        )
    console = Console(highlight=False, soft_wrap=True)
    configure_logging(settings.telemetry, RealClock())
    with console.status("Opening the shop ...") as status:
        app = App.open(settings, progress=status.update)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(app, console, days))


def _settings(host: str | None, port: int | None, seconds_per_day: float | None) -> Settings:
    settings = Settings.load()
    server = settings.server.model_dump()
    clock = settings.clock.model_dump()
    server |= {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    if seconds_per_day is not None:
        clock["seconds_per_day"] = seconds_per_day
    return Settings.load(server=server, clock=clock)


class _Server(uvicorn.Server):
    """Uvicorn that leaves signals to us, so that the agents stop in order before the server does."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]  # uvicorn's own signature
        yield


async def _serve(app: App, console: Console, days: int | None) -> None:
    config = uvicorn.Config(
        create_app(app),
        host=app.settings.server.host,
        port=app.settings.server.port,
        log_config=None,
        access_log=False,
        server_header=False,
        ws_max_size=64 * 1024,
        timeout_graceful_shutdown=5,
    )
    server = _Server(config)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    serving = asyncio.create_task(server.serve())
    while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn offers no event
        await asyncio.sleep(0.02)
    if serving.done():
        await serving
        return
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    base = app.settings.server.public_url or f"http://{host}:{port}"
    console.print(f"Maestro is at {base}  Sign in once with {sign_in_link(app, base)}")
    living = asyncio.create_task(app.live(days=days))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({living, stopping, serving}, return_when=asyncio.FIRST_COMPLETED)
        if living.done():
            living.result()
    finally:
        console.print("Stopping: the work in hand is finished and kept ...")
        await app.stop()
        living.cancel()
        server.should_exit = True
        await asyncio.gather(living, serving, return_exceptions=True)
        stopping.cancel()
        app.close()
    end_soon()
