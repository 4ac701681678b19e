"""Server: builds the web application (API, live connection, dashboard) around a running system."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator
from importlib import resources
from pathlib import Path
from urllib.parse import urljoin

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response

from maestro import __version__
from maestro.server.authentication import Authentication
from maestro.server.body_limit import LimitBody
from maestro.server.dashboard import Dashboard
from maestro.server.idempotency import IdempotentRequests
from maestro.server.json_response import Json
from maestro.server.live import LiveHub
from maestro.server.permissions import deny_unless_allowed
from maestro.server.problems import Problem, answer_with_problems
from maestro.server.rate_limits import LimitRate, RateLimits
from maestro.server.request_context import RequestContext
from maestro.server.routes import (
    adaptations,
    agents,
    attention,
    audit,
    authentication,
    clock,
    decisions,
    executors,
    health,
    imports,
    incidents,
    live,
    me,
    memory,
    orders,
    overview,
    people,
    products,
    self_test,
    settings,
    stock,
    tasks,
    waits,
    workers,
    workflows,
)
from maestro.server.routes.clock import picture_of_time
from maestro.server.security_headers import SecurityHeaders
from maestro.server.snapshots import Snapshots
from maestro.server.system import System

PREFIX = "/api/v1"

_ROOMS = (
    authentication,
    me,
    people,
    overview,
    attention,
    decisions,
    agents,
    stock,
    products,
    orders,
    settings,
    clock,
    imports,
    workflows,
    waits,
    tasks,
    workers,
    executors,
    incidents,
    adaptations,
    memory,
    self_test,
    audit,
    health,
    live,
)

_PROBLEMS = {
    "4XX": {"model": Problem, "description": "The request was refused; the body says why."},
    "5XX": {"model": Problem, "description": "Maestro could not answer; the body says why."},
}


def build_api() -> FastAPI:
    """The API with all its routes and no system behind it; enough to describe it."""
    api = FastAPI(
        title="Maestro",
        version=__version__,
        description="Recurring decisions, made by agents that act as far as their record has earned.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
        generate_unique_id_function=lambda route: route.name,
        lifespan=_lifespan,
    )
    rooms = APIRouter(prefix=PREFIX, responses=_PROBLEMS)  # type: ignore[arg-type]  # invariant key type
    for module in _ROOMS:
        rooms.include_router(module.router)
    rooms.add_api_route("/openapi.json", _openapi, include_in_schema=False)
    api.include_router(rooms)
    api.include_router(health.metrics_router)
    answer_with_problems(api)
    deny_unless_allowed(api)
    return api


def create_app(system: System, *, web: Path | None = None) -> FastAPI:
    """The web application of a running system.

    Args:
        system: what the routes read and change; `maestro.app.App` is one.
        web: folder of the built dashboard; None means the one inside the package.

    Raises:
        InputError: the key that signs access tokens cannot be read or made.
    """
    options = system.settings
    api = build_api()
    desk = Authentication(system.database, options, system.wall)
    api.state.system = system
    api.state.settings = options
    api.state.authentication = desk
    api.state.rate_limits = RateLimits(options.server)
    api.state.idempotent_requests = IdempotentRequests(system.database, system.wall)
    api.state.live = LiveHub(
        wall_clock=system.wall, metrics=system.metrics, picture_of_time=lambda: picture_of_time(system)
    )
    snapshots = Snapshots(system.wall)
    system.events.subscribe(lambda _kind, _data: snapshots.something_happened())
    api.state.snapshots = snapshots
    api.router.default = Dashboard(web or Path(str(resources.files("maestro") / "web_dist")))
    # The last one added is the outermost.
    api.add_middleware(LimitBody)
    api.add_middleware(LimitRate, limits=api.state.rate_limits)
    api.add_middleware(SecurityHeaders, settings=options.server)
    api.add_middleware(RequestContext, metrics=system.metrics, tokens=desk.tokens)
    return api


def sign_in_link(system: System, base: str) -> str:
    """A one-time link that signs the first owner in, made on an empty database as well.

    Args:
        system: the one that is served.
        base: address of the server, such as http://127.0.0.1:8321.
    """
    desk = Authentication(system.database, system.settings, system.wall)
    return urljoin(base, desk.owner_link())


@contextlib.asynccontextmanager
async def _lifespan(api: FastAPI) -> AsyncIterator[None]:
    system: System = api.state.system
    # What the start has built stays for good; left out of collections, none of them holds requests up for
    # the half second that walking the whole heap takes.
    gc.collect()
    gc.freeze()
    telling = asyncio.create_task(api.state.live.run(system.events))
    try:
        yield
    finally:
        telling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await telling
        gc.unfreeze()


def _openapi(request: Request) -> Response:
    """This API, described for programs."""
    return Json(request.app.openapi())
