"""People: owners invite, change and remove who may sign in."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from urllib.parse import urljoin

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from maestro.server.accounts import Person
from maestro.server.authentication import Authentication
from maestro.server.idempotency import IdempotentRoute
from maestro.server.json_response import Json
from maestro.server.pages import Cursor, Limit, Page, RowId, cut
from maestro.server.permissions import Owner, owner
from maestro.server.roles import Role
from maestro.server.routes.authentication import PersonView
from maestro.server.system import audited

router = APIRouter(prefix="/people", tags=["people"], route_class=IdempotentRoute)


class PersonRow(PersonView):
    """A person in the list of people."""

    created_at: datetime
    last_sign_in_at: datetime | None


class NewPerson(BaseModel):
    """A person to invite; without a password the answer holds a one-time sign-in link."""

    model_config = ConfigDict(extra="forbid")
    email: str = Field(max_length=254)
    name: str = Field(min_length=1, max_length=120)
    role: Role
    language: Literal["en", "ko"] = "en"
    password: str | None = Field(None, min_length=10, max_length=256)


class PersonChanges(BaseModel):
    """What an owner may change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")
    name: str | None = Field(None, min_length=1, max_length=120)
    role: Role | None = None
    language: Literal["en", "ko"] | None = None
    new_link: bool = False
    """Make a one-time sign-in link for this person."""


class Invited(PersonRow):
    """A person with the link to hand to them; null where none was made."""

    sign_in_link: str | None


@router.get("", response_model=Page[PersonRow], dependencies=[owner])
def list_people(request: Request, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Everybody who may sign in."""
    page = cut(_authentication(request).accounts.everyone(), limit, cursor)
    return Json(page | {"items": [_row(item) for item in page["items"]]})


@router.post("", response_model=Invited, status_code=201)
def invite(request: Request, person: Owner, body: NewPerson) -> Response:
    """Let somebody in."""
    added = _authentication(request).accounts.add(**body.model_dump())
    audited(request, person, "person.added", added.email, {"role": added.role})
    link = _link(request, added) if body.password is None else None
    return Json(_row(added) | {"sign_in_link": link}, status_code=201)


@router.patch("/{person_id}", response_model=Invited)
def change_person(request: Request, person: Owner, person_id: RowId, body: PersonChanges) -> Response:
    """Change somebody's name, role or language, or make them a sign-in link."""
    authentication = _authentication(request)
    changes = body.model_dump(exclude={"new_link"}, exclude_none=True)
    changed = authentication.accounts.change(person_id, changes)
    authentication.forget(person_id)
    audited(request, person, "person.changed", changed.email, {**changes, "new_link": body.new_link})
    return Json(_row(changed) | {"sign_in_link": _link(request, changed) if body.new_link else None})


@router.delete("/{person_id}", status_code=204)
def remove_person(request: Request, person: Owner, person_id: RowId) -> Response:
    """Take somebody's access away; the audit log keeps what they did."""
    authentication = _authentication(request)
    gone = authentication.accounts.get(person_id)
    authentication.accounts.remove(person_id)
    authentication.forget(person_id)
    audited(request, person, "person.removed", gone.email, {})
    return Response(status_code=204)


def _authentication(request: Request) -> Authentication:
    authentication: Authentication = request.app.state.authentication
    return authentication


def _row(person: Person) -> dict[str, object]:
    return PersonRow.model_validate(person, from_attributes=True).model_dump()


def _link(request: Request, person: Person) -> str:
    base = request.app.state.settings.server.public_url or str(request.base_url)
    token = _authentication(request).sessions.new_link(person.id)
    return urljoin(base, f"/sign-in?token={token}")
