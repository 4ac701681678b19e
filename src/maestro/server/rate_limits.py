"""Rate limits: how many requests, and how many sign-in attempts, one asker may make a minute."""

from __future__ import annotations

import math

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from maestro.clock import RealClock
from maestro.server.problems import TooManyRequestsError, problem
from maestro.settings import ServerSettings


class RateLimits:
    """Counts requests in this process's memory; a restart forgets them."""

    def __init__(self, settings: ServerSettings) -> None:
        storage = MemoryStorage()
        self._requests = RateLimitItemPerMinute(settings.requests_per_minute)
        self._sign_ins = RateLimitItemPerMinute(settings.sign_in_attempts_per_minute)
        self._fixed = FixedWindowRateLimiter(storage)
        self._moving = MovingWindowRateLimiter(storage)
        self._clock = RealClock()  # the library counts on the machine's clock, too

    def request(self, asker: str) -> int:
        """Count a request of this asker: 0 when allowed, else the seconds to wait."""
        if self._fixed.hit(self._requests, "request", asker):
            return 0
        stats = self._fixed.get_window_stats(self._requests, "request", asker)
        return self._seconds_until(stats.reset_time)

    def sign_in(self, address: str, email: str = "") -> None:
        """Count a sign-in attempt, both for the address it came from and for the account it aims at.

        Raises:
            TooManyRequestsError: either has made too many in the last minute.
        """
        for kind, key in (("address", address), ("email", email.strip().lower())):
            if key and not self._moving.hit(self._sign_ins, "sign-in", kind, key):
                stats = self._moving.get_window_stats(self._sign_ins, "sign-in", kind, key)
                wait_s = self._seconds_until(stats.reset_time)
                raise TooManyRequestsError("Too many sign-in attempts.", wait_s=wait_s)

    def _seconds_until(self, reset_time: float) -> int:
        return max(1, math.ceil(reset_time - self._clock.now().timestamp()))


def address_of(scope: Scope) -> str:
    """The network address that a request came from."""
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


class LimitRate:
    """ASGI middleware: answers 429 when a signed-in person, or else an address, asks too often."""

    def __init__(self, app: ASGIApp, *, limits: RateLimits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope["state"]
        claims = state["claims"]
        asker = f"person:{claims.person_id}" if claims else f"address:{address_of(scope)}"
        wait_s = self._limits.request(asker)
        if wait_s:
            answer = problem(
                429,
                "too-many-requests",
                "Too many requests.",
                remedy=f"Wait {wait_s} seconds and try again.",
                request_id=state["request_id"],
                headers={"Retry-After": str(wait_s)},
            )
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)
