"""Settings routes: the shop's choices; everybody reads them, managers change them."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from maestro import __version__
from maestro.packs.retail.settings import RetailSettings
from maestro.packs.retail.shop_choices import change_choices, read_choices
from maestro.server.json_response import Json
from maestro.server.permissions import Manager, viewer
from maestro.server.routes.clock import picture_of_time
from maestro.server.system import System, audited, system_of

router = APIRouter(prefix="/settings", tags=["settings"])


class ShopChoices(BaseModel):
    """What the shop is called and in what it counts and speaks."""

    name: str
    currency: str
    language: Literal["en", "ko"]


class ClockChoices(BaseModel):
    """How the shop's time passes."""

    mode: Literal["accelerated", "real"]
    seconds_per_day: float


class ServerFacts(BaseModel):
    """What runs."""

    version: str


class SettingsView(BaseModel):
    """All choices."""

    shop: ShopChoices
    replenishment: RetailSettings
    clock: ClockChoices
    server: ServerFacts


class ShopChanges(BaseModel):
    """What is left out stays."""

    model_config = ConfigDict(extra="forbid")
    name: str | None = Field(None, min_length=1, max_length=200)
    currency: str | None = Field(None, pattern="^[A-Z]{3}$")
    language: Literal["en", "ko"] | None = None


class SettingsChanges(BaseModel):
    """What is left out stays; `replenishment` takes the names that reading gives."""

    model_config = ConfigDict(extra="forbid")
    shop: ShopChanges = ShopChanges()
    replenishment: dict[str, float | int | str] = Field({}, max_length=50)


@router.get("", response_model=SettingsView, dependencies=[viewer])
def read_settings(request: Request) -> Response:
    """The shop's choices."""
    return Json(_view(system_of(request)))


@router.patch("", response_model=SettingsView)
def change_settings(request: Request, person: Manager, body: SettingsChanges) -> Response:
    """Change the shop's choices; all or none."""
    system = system_of(request)
    shop = body.shop.model_dump(exclude_none=True)
    with system.database.session() as session:
        change_choices(session, shop, body.replenishment)
    audited(request, person, "settings.changed", "shop", {"shop": shop, "replenishment": body.replenishment})
    return Json(_view(system))


def _view(system: System) -> dict[str, Any]:
    with system.database.reader() as session:
        choices = read_choices(session)
    time = picture_of_time(system)
    return choices | {
        "clock": {"mode": time["mode"], "seconds_per_day": time["seconds_per_day"]},
        "server": {"version": __version__},
    }
