"""Permissions: each route names the role it needs; a route that names none does not start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.concurrency import run_in_threadpool

from maestro.errors import PolicyError
from maestro.server.accounts import Person
from maestro.server.authentication import Authentication, NotSignedInError
from maestro.server.roles import Role, includes

OPEN_ROUTES = frozenset(
    {
        ("POST", "/api/v1/auth/sign-in"),
        ("POST", "/api/v1/auth/link"),
        ("POST", "/api/v1/auth/refresh"),
        ("POST", "/api/v1/auth/sign-out"),
        ("GET", "/api/v1/health"),
        ("GET", "/api/v1/openapi.json"),
        ("GET", "/metrics"),
    }
)
"""Routes that need no access token; each guards itself or tells nothing."""


async def signed_in(request: Request) -> Person:
    """The person who asks.

    Raises:
        NotSignedInError: there is no access token, or it is expired, forged or void.
    """
    claims = request.scope["state"]["claims"]
    authentication: Authentication = request.app.state.authentication
    person = None
    if claims is not None:
        fresh, person = authentication.remembered(claims)
        if not fresh:
            person = await run_in_threadpool(authentication.identify, claims)
    if person is None:
        raise NotSignedInError("You are not signed in.", remedy="Sign in and send the access token.")
    return person


class Needs:
    """A dependency that lets a person pass who holds the role, or a higher one."""

    def __init__(self, role: Role) -> None:
        self.role: Role = role

    async def __call__(self, person: Annotated[Person, Depends(signed_in)]) -> Person:
        if not includes(person.role, self.role):
            raise PolicyError(
                f"Your role, {person.role}, does not allow this.",
                remedy=f"Ask somebody whose role is {self.role}, or ask an owner for that role.",
            )
        return person


viewer = Depends(Needs("viewer"))
analyst = Depends(Needs("analyst"))
manager = Depends(Needs("manager"))
owner = Depends(Needs("owner"))

Viewer = Annotated[Person, viewer]
Analyst = Annotated[Person, analyst]
Manager = Annotated[Person, manager]
Owner = Annotated[Person, owner]


def role_needed(dependant: Any) -> Role | None:
    """The role a route asks for, found in its dependencies; None when it asks for none."""
    for inner in dependant.dependencies:
        if isinstance(inner.call, Needs):
            return inner.call.role
        found = role_needed(inner)
        if found is not None:
            return found
    return None


def routes_with_roles(api: FastAPI) -> Iterator[tuple[str, str, Role | None]]:
    """Method, path and needed role of every route of the API."""
    for context in iter_route_contexts(api.routes):
        if isinstance(context.original_route, APIRoute):
            for method in sorted(context.methods or ()):
                yield method, str(context.path), role_needed(context.original_route.dependant)


def deny_unless_allowed(api: FastAPI) -> None:
    """Refuse to build an API with a route that is open by oversight.

    Raises:
        RuntimeError: a route names no role and is not among `OPEN_ROUTES`.
    """
    for method, path, role in routes_with_roles(api):
        if role is None and (method, path) not in OPEN_ROUTES:
            raise RuntimeError(f"{method} {path} names no role; give it one of server.permissions")
