"""Health and metrics: whether this process works, for load balancers and Prometheus."""

from __future__ import annotations

import ipaddress

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from maestro import __version__
from maestro.errors import MaestroError, NotFoundError
from maestro.server.authentication import Authentication, NotSignedInError
from maestro.server.json_response import Json
from maestro.server.rate_limits import address_of
from maestro.server.system import system_of

router = APIRouter(tags=["health"])
metrics_router = APIRouter(include_in_schema=False)


class Health(BaseModel):
    """`status` is ok when every check is."""

    status: str
    version: str
    checks: dict[str, str]


@router.get("/health", response_model=Health, responses={503: {"model": Health}})
def health(request: Request) -> Response:
    """Whether the process and its database answer; 503 when not."""
    checks = {"server": "ok"}
    try:
        system_of(request).database.check()
        checks["database"] = "ok"
    except MaestroError as error:
        checks["database"] = error.message
    good = all(word == "ok" for word in checks.values())
    body = {"status": "ok" if good else "failing", "version": __version__, "checks": checks}
    return Json(body, status_code=200 if good else 503)


@metrics_router.get("/metrics")
def metrics(request: Request) -> Response:
    """Prometheus metrics, for this machine or a signed-in person."""
    if not system_of(request).settings.telemetry.metrics:
        raise NotFoundError("Metrics are turned off.", remedy="Set MAESTRO_TELEMETRY__METRICS=true.")
    authentication: Authentication = request.app.state.authentication
    claims = request.scope["state"]["claims"]
    if not _from_this_machine(request) and (claims is None or authentication.identify(claims) is None):
        raise NotSignedInError("Metrics are for this machine.", remedy="Send an access token.")
    return Response(
        system_of(request).metrics.render(), media_type="text/plain; version=0.0.4; charset=utf-8"
    )


def _from_this_machine(request: Request) -> bool:
    """Asked directly over loopback; a request that a proxy passed on is not."""
    if any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip")):
        return False
    try:
        return ipaddress.ip_address(address_of(request.scope)).is_loopback
    except ValueError:
        return False
