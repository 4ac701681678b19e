"""Security headers: a strict content security policy, and a check of the host against DNS rebinding."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from maestro.server.problems import problem
from maestro.server.request_context import header
from maestro.settings import ServerSettings

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def content_security_policy(nonce: str) -> str:
    """The policy of one response; only style elements that carry the nonce are inline.

    Style attributes are allowed because chart tooltips are drawn with them; they can run no code.
    """
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'nonce-{nonce}'",
            f"style-src-elem 'self' 'nonce-{nonce}'",
            "style-src-attr 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def fixed_headers(settings: ServerSettings) -> dict[str, str]:
    """The headers that every response carries."""
    headers = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
    if settings.public_url.startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


def host_is_ours(settings: ServerSettings) -> Callable[[str], bool]:
    """A test of the Host header.

    A browser tricked by DNS rebinding sends the attacker's name, so names must be known: loopback, the
    address listened on and the host of `public_url`. Addresses in figures cannot be rebound: always accepted.
    """
    known = {*LOOPBACK_NAMES, settings.host.lower(), (urlsplit(settings.public_url).hostname or "").lower()}

    def check(host_header: str) -> bool:
        try:
            name = (urlsplit(f"//{host_header}").hostname or "").lower()
        except ValueError:
            return False
        return bool(name) and (name in known or _is_address(name))

    return check


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class SecurityHeaders:
    """ASGI middleware: refuses foreign hosts, gives each request a nonce and each response its headers."""

    def __init__(self, app: ASGIApp, *, settings: ServerSettings) -> None:
        self._app = app
        self._headers = fixed_headers(settings)
        self._host_is_ours = host_is_ours(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if not self._host_is_ours(header(scope, b"host")):
            await self._refuse(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce
        is_api = scope["path"].startswith("/api/") or scope["path"] == "/metrics"

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                headers["Content-Security-Policy"] = content_security_policy(nonce)
                if is_api:
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4403})
            return
        answer = problem(
            400,
            "host",
            "This server does not answer to that host name.",
            remedy="Set MAESTRO_SERVER__PUBLIC_URL to the address that people type.",
            request_id=scope.get("state", {}).get("request_id", ""),
        )
        await answer(scope, receive, send)


def same_origin(scope: Scope, settings: ServerSettings) -> bool:
    """Whether a browser sent this request from one of our own pages; programs that send no Origin pass."""
    if header(scope, b"sec-fetch-site") not in {"", "same-origin", "none"}:
        return False
    origin = header(scope, b"origin")
    if not origin:
        return True
    allowed = {f"http://{header(scope, b'host')}", f"https://{header(scope, b'host')}"}
    if settings.public_url:
        parts = urlsplit(settings.public_url)
        allowed.add(f"{parts.scheme}://{parts.netloc}")
    return origin in allowed
