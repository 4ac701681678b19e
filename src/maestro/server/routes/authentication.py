"""Sign-in routes: by password, by one-time link, staying signed in, signing out."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Cookie, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from maestro.errors import PolicyError
from maestro.server.authentication import Authentication, NotSignedInError, SignedIn
from maestro.server.json_response import Json
from maestro.server.rate_limits import RateLimits, address_of
from maestro.server.roles import Role
from maestro.server.security_headers import same_origin
from maestro.settings import ServerSettings

COOKIE = "maestro_refresh"
COOKIE_PATH = "/api/v1/auth"


async def from_our_pages(request: Request) -> None:
    """Refuse a request that another site's page made the browser send.

    Raises:
        PolicyError: its Origin is not ours.
    """
    if not same_origin(request.scope, request.app.state.settings.server):
        raise PolicyError("This request came from another site.", remedy="Use the dashboard itself.")


router = APIRouter(prefix="/auth", tags=["auth"], dependencies=[Depends(from_our_pages)])


class SignIn(BaseModel):
    """An address and a password."""

    model_config = ConfigDict(extra="forbid")
    email: str = Field(max_length=254)
    password: str = Field(max_length=256)


class Link(BaseModel):
    """The token of a one-time sign-in link."""

    model_config = ConfigDict(extra="forbid")
    token: str = Field(max_length=100)


class PersonView(BaseModel):
    """A person as the dashboard sees one."""

    id: int
    email: str
    name: str
    role: Role
    language: str
    has_password: bool


class SignedInView(BaseModel):
    """An access token and whom it is for; the refresh token is in a cookie that scripts cannot read."""

    access_token: str
    token_type: Literal["bearer"]
    expires_in: int
    person: PersonView


@router.post("/sign-in", response_model=SignedInView)
def sign_in(request: Request, body: SignIn) -> Response:
    """Sign in by e-mail address and password."""
    _limits(request).sign_in(address_of(request.scope), body.email)
    return _signed_in(request, _authentication(request).sign_in(body.email, body.password))


@router.post("/link", response_model=SignedInView)
def use_link(request: Request, body: Link) -> Response:
    """Sign in by a one-time link."""
    _limits(request).sign_in(address_of(request.scope))
    return _signed_in(request, _authentication(request).sign_in_with_link(body.token))


@router.post("/refresh", response_model=SignedInView)
def refresh(request: Request, maestro_refresh: Annotated[str | None, Cookie()] = None) -> Response:
    """Get a new access token; the refresh token in the cookie changes at every use."""
    if not maestro_refresh:
        raise NotSignedInError("You are not signed in.", remedy="Sign in.")
    return _signed_in(request, _authentication(request).refresh(maestro_refresh))


@router.post("/sign-out", status_code=204)
def sign_out(request: Request, maestro_refresh: Annotated[str | None, Cookie()] = None) -> Response:
    """End this session: its access tokens and refresh tokens are void at once."""
    if maestro_refresh:
        _authentication(request).sign_out(maestro_refresh)
    response = Response(status_code=204)
    response.delete_cookie(
        COOKIE, path=COOKIE_PATH, httponly=True, samesite="strict", secure=_secure(request)
    )
    return response


def _authentication(request: Request) -> Authentication:
    authentication: Authentication = request.app.state.authentication
    return authentication


def _limits(request: Request) -> RateLimits:
    limits: RateLimits = request.app.state.rate_limits
    return limits


def _secure(request: Request) -> bool:
    settings: ServerSettings = request.app.state.settings.server
    return settings.public_url.startswith("https://")


def _signed_in(request: Request, signed: SignedIn) -> Response:
    person = signed.person
    response = Json(
        {
            "access_token": signed.access_token,
            "token_type": "bearer",
            "expires_in": signed.expires_in_s,
            "person": PersonView.model_validate(person, from_attributes=True).model_dump(),
        }
    )
    if signed.refresh_token is None:
        return response
    response.set_cookie(
        COOKIE,
        signed.refresh_token,
        max_age=int(_authentication(request).sessions.life.total_seconds()),
        path=COOKIE_PATH,
        httponly=True,
        samesite="strict",
        secure=_secure(request),
    )
    return response
