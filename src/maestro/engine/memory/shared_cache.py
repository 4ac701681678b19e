"""Shared cache: a second level in Redis that all processes see, and that nobody waits for when it is away."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from maestro.clock import Clock
from maestro.engine import portable
from maestro.errors import PermanentError
from maestro.telemetry import get_logger

RETRY_S = 5.0
"""Seconds of life for which Redis is left alone after it did not answer."""

_log = get_logger("engine.memory")


class SharedCache:
    """Values that several processes share: written as JSON, never pickle, so that Redis cannot run code here.

    When Redis does not answer within the timeout, everything goes on without it, and it is asked again a few
    seconds later.

    Args:
        url: of Redis.
        clock: the wall clock.
        timeout_s: seconds of life that one question to Redis may take.
        prefix: put before every key.
    """

    def __init__(self, url: str, clock: Clock, *, timeout_s: float = 0.2, prefix: str = "maestro") -> None:
        self._redis = Redis.from_url(url, socket_timeout=timeout_s, socket_connect_timeout=timeout_s)
        self._clock = clock
        self._prefix = prefix
        self._away_until: datetime | None = None
        self._lock = threading.Lock()

    @property
    def away(self) -> bool:
        """Whether Redis did not answer lately, and is left alone for a moment."""
        return self._away_until is not None and self._clock.now() < self._away_until

    def get(self, key: str) -> tuple[bool, Any]:
        """Whether Redis knows the key, and its value."""
        text = self._ask("get", self._name(key))
        if not isinstance(text, bytes):
            return False, None
        try:
            return True, portable.loads(text.decode())
        except ValueError:
            return False, None

    def put(self, key: str, value: Any, ttl_s: float) -> bool:
        """Keep a value for `ttl_s` seconds; whether it was kept. A value that is no plain data never is."""
        try:
            text = portable.dumps(value)
        except PermanentError:
            return False
        return self._ask("set", self._name(key), text, px=max(1, int(ttl_s * 1000))) is not None

    def drop(self, key: str) -> None:
        """Forget a key."""
        self._ask("delete", self._name(key))

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()

    def _name(self, key: str) -> str:
        return f"{self._prefix}:{key}"

    def _ask(self, command: str, *arguments: Any, **options: Any) -> Any:
        if self.away:
            return None
        try:
            answer = getattr(self._redis, command)(*arguments, **options)
        except RedisError as error:
            with self._lock:
                self._away_until = self._clock.now() + timedelta(seconds=RETRY_S)
            _log.warning("shared cache does not answer", error=str(error), again_in_s=RETRY_S)
            return None
        self._away_until = None
        return answer
