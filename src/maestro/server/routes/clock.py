"""Clock routes: the shop's time; a simulated shop can be paused, slowed down and sped up."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from maestro.clock import AcceleratedClock
from maestro.errors import PolicyError
from maestro.server.json_response import Json
from maestro.server.permissions import Manager, viewer
from maestro.server.system import System, audited, system_of

router = APIRouter(prefix="/clock", tags=["clock"])

SECONDS_PER_DAY = 86_400


class ClockView(BaseModel):
    """The shop's time and how fast it passes; `seconds_per_day` are seconds of life for a day of the shop."""

    now: datetime
    mode: Literal["accelerated", "real"]
    speed: float
    paused: bool
    seconds_per_day: float


class ClockChange(BaseModel):
    """What is left out stays."""

    model_config = ConfigDict(extra="forbid")
    paused: bool | None = None
    seconds_per_day: Annotated[float, Field(ge=0.01, le=86_400)] | None = None


def picture_of_time(system: System) -> dict[str, Any]:
    """The shop's time, as the API and the live connection tell it."""
    clock = system.clock
    simulated = isinstance(clock, AcceleratedClock)
    speed = clock.speed or 1.0
    return {
        "now": clock.now(),
        "mode": "accelerated" if simulated else "real",
        "speed": clock.speed,
        "paused": clock.paused if isinstance(clock, AcceleratedClock) else False,
        "seconds_per_day": SECONDS_PER_DAY / speed,
    }


@router.get("", response_model=ClockView, dependencies=[viewer])
def read_clock(request: Request) -> Response:
    """The shop's time."""
    return Json(picture_of_time(system_of(request)))


@router.post("", response_model=ClockView)
def change_clock(request: Request, person: Manager, body: ClockChange) -> Response:
    """Pause, resume, or change how fast a simulated shop lives."""
    system = system_of(request)
    clock = system.clock
    if not isinstance(clock, AcceleratedClock):
        raise PolicyError(
            "This shop lives in real time, which cannot be changed.",
            remedy="Only a simulated shop's clock can be paused or sped up.",
        )
    if body.seconds_per_day is not None:
        clock.set_speed(SECONDS_PER_DAY / body.seconds_per_day)
    if body.paused is not None and body.paused != clock.paused:
        (clock.pause if body.paused else clock.resume)()
    audited(request, person, "clock.changed", "clock", body.model_dump(exclude_none=True))
    return Json(picture_of_time(system))
