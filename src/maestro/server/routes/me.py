"""Own account: what a person sees and changes about themselves."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from maestro.errors import InputError
from maestro.server.authentication import Authentication
from maestro.server.json_response import Json
from maestro.server.permissions import Viewer
from maestro.server.rate_limits import RateLimits, address_of
from maestro.server.routes.authentication import PersonView

router = APIRouter(prefix="/me", tags=["people"])


class NewPassword(BaseModel):
    """A new password; the present one is asked for where there is one."""

    model_config = ConfigDict(extra="forbid")
    current: str | None = Field(None, max_length=256)
    new: str = Field(min_length=10, max_length=256)


class OwnChanges(BaseModel):
    """What a person may change about themselves; what is left out stays."""

    model_config = ConfigDict(extra="forbid")
    name: str | None = Field(None, min_length=1, max_length=120)
    language: Literal["en", "ko"] | None = None
    password: NewPassword | None = None


@router.get("", response_model=PersonView)
def read_me(person: Viewer) -> Response:
    """Who is signed in."""
    return Json(PersonView.model_validate(person, from_attributes=True).model_dump())


@router.patch("", response_model=PersonView)
def change_me(request: Request, person: Viewer, body: OwnChanges) -> Response:
    """Change the own name, language or password; a new password ends every other session."""
    authentication: Authentication = request.app.state.authentication
    changes: dict[str, Any] = body.model_dump(include={"name", "language"}, exclude_none=True)
    if body.password is not None:
        limits: RateLimits = request.app.state.rate_limits
        limits.sign_in(address_of(request.scope), person.email)
        given = body.password.current or ""
        if person.has_password and not authentication.accounts.confirm_password(person.id, given):
            raise InputError("The present password is wrong.", remedy="Type the present password again.")
        changes["password"] = body.password.new
    changed = authentication.accounts.change(person.id, changes)
    authentication.forget(person.id)
    if body.password is not None:
        session_id = request.scope["state"]["claims"].session_id
        authentication.sessions.close_all(person.id, keep=session_id)
    return Json(PersonView.model_validate(changed, from_attributes=True).model_dump())
