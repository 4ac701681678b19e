"""Circuit breaker: stops calling what keeps failing; durable, and shared between all processes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import CursorResult, delete, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from maestro.clock import Clock
from maestro.database import Database
from maestro.engine.recovery.breaker_state import (
    BreakerState,
    Transition,
    admitted,
    closed,
    counted,
    recent,
)
from maestro.engine.recovery.retry import may_help
from maestro.engine.tables import EngineBase
from maestro.errors import MaestroError, TemporaryError
from maestro.settings import RecoverySettings
from maestro.telemetry import get_logger

T = TypeVar("T")

REFRESH_S = 1.0
"""Seconds for which a process trusts what it knows of a breaker."""

_CHANGES_TRIED = 20

_log = get_logger("engine.recovery")


class BreakerOpenError(TemporaryError):
    """The breaker refuses the call: what it guards has failed too often; `delay_s` says when it may pass."""


class BreakerRow(EngineBase):
    """A breaker as all processes share it; see BreakerState."""

    __tablename__ = "engine_breakers"

    name: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    bucket: Mapped[int]
    calls: Mapped[int]
    failures: Mapped[int]
    earlier_calls: Mapped[int]
    earlier_failures: Mapped[int]
    opened_at: Mapped[datetime | None]
    retry_at: Mapped[datetime | None]
    openings: Mapped[int]
    probes: Mapped[int]
    probes_ok: Mapped[int]
    version: Mapped[int]


_FIELDS = [field.name for field in fields(BreakerState)]


class CircuitBreaker:
    """Guards the calls to one component; made by `Breakers`.

    A call that ends with a PermanentError or a 4xx answer was answered, so it counts as a success. Where the
    records cannot be reached the breaker goes on alone with what it knows.

    Example:
        answer = await breakers["supplier"].call(lambda: supplier.quote(sku))
    """

    def __init__(self, name: str, records: Database, clock: Clock, settings: RecoverySettings) -> None:
        self.name = name
        self._records = records
        self._clock = clock
        self._settings = settings
        self._known = BreakerState(name)
        self._known_at: datetime | None = None
        self._calls = 0
        self._failures = 0
        self._counted_at: datetime | None = None
        self._lock = threading.Lock()

    @property
    def state(self) -> BreakerState:
        """What this process knows, at most a second old."""
        with self._lock:
            self._refresh()
            return self._known

    def check(self) -> None:
        """Pass, or refuse.

        Raises:
            BreakerOpenError: it is open, or half open with all its probes under way.
        """
        with self._lock:
            self._refresh()
            now = self._clock.now()
            _, allowed = admitted(self._known, now, self._settings)
            if allowed and self._known.state != "closed":
                allowed = self._take_probe(now)
            if not allowed:
                retry_at = self._known.retry_at or now
                raise BreakerOpenError(
                    f"The circuit breaker {self.name} is open.",
                    delay_s=max(REFRESH_S, (retry_at - now).total_seconds()),
                    remedy="It tries by itself again later; a person may reset it.",
                )

    def succeeded(self) -> None:
        """A call that was let through was answered."""
        self._count(failures=0)

    def failed(self, error: Exception) -> None:
        """A call that was let through ended with this error."""
        self._count(failures=1 if may_help(error) else 0)

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Let the block run, or refuse it, and count how it went."""
        self.check()
        try:
            yield
        except Exception as error:
            self.failed(error)
            raise
        self.succeeded()

    async def call(self, work: Callable[[], Awaitable[T]]) -> T:
        """What `work` returns, where the breaker lets it through; records are read beside the event loop."""
        await self._aside(self.check)
        try:
            value = await work()
        except Exception as raised:
            error = raised
            await self._aside(lambda: self.failed(error))
            raise
        await self._aside(self.succeeded)
        return value

    def reset(self) -> BreakerState:
        """Close it, whatever it counted."""
        with self._lock:
            self._calls = self._failures = 0
            self._change(closed)
            return self._known

    async def _aside(self, work: Callable[[], None]) -> None:
        if self._known.state == "closed" and not self._is_old():
            work()
        else:
            await asyncio.to_thread(work)

    def _count(self, failures: int) -> None:
        with self._lock:
            self._calls += 1
            self._failures += failures
            self._counted_at = self._clock.now()
            view = counted(self._known, self._calls, self._failures, self._clock.now(), self._settings)
            if view.state != "closed" or self._known.state != "closed" or self._is_old():
                self._flush()

    def _refresh(self) -> None:
        if not self._is_old():
            return
        if self._calls:
            self._flush()
            return
        try:
            self._learn(read_breaker(self._records, self.name))
        except (SQLAlchemyError, MaestroError) as error:
            self._go_alone(self._known, error)

    def _is_old(self) -> bool:
        age = timedelta(seconds=REFRESH_S)
        return self._known_at is None or self._clock.now() - self._known_at >= age

    def _flush(self) -> None:
        calls, failures, self._calls, self._failures = self._calls, self._failures, 0, 0
        now, counted_at = self._clock.now(), self._counted_at or self._clock.now()
        if (now - counted_at).total_seconds() > self._settings.breaker_window_s:
            calls = failures = 0
        self._change(lambda state: counted(state, calls, failures, now, self._settings))

    def _take_probe(self, now: datetime) -> bool:
        taken = False

        def take(state: BreakerState) -> BreakerState:
            nonlocal taken
            after, taken = admitted(state, now, self._settings)
            return after

        self._change(take)
        return taken

    def _change(self, transition: Transition) -> None:
        try:
            self._learn(change_breaker(self._records, self.name, transition))
        except (SQLAlchemyError, MaestroError) as error:
            self._go_alone(transition(self._known), error)

    def _learn(self, state: BreakerState) -> None:
        if state.state != self._known.state:
            _log.info("breaker changed", breaker=self.name, state=state.state)
        self._known, self._known_at = state, self._clock.now()

    def _go_alone(self, state: BreakerState, error: Exception) -> None:
        _log.warning("breaker cannot reach the records", breaker=self.name, error=str(error))
        self._learn(state)


class Breakers:
    """The breakers of a running system, by name; each is made when it is first asked for.

    Args:
        records: the engine's records, shared by all processes.
        clock: the wall clock.
        settings: window, rate and opening time.
    """

    def __init__(self, records: Database, clock: Clock, settings: RecoverySettings) -> None:
        self._records = records
        self._clock = clock
        self._settings = settings
        self._breakers: dict[str, CircuitBreaker] = {}
        self._lock = threading.Lock()

    def __getitem__(self, name: str) -> CircuitBreaker:
        with self._lock:
            if name not in self._breakers:
                self._breakers[name] = CircuitBreaker(name, self._records, self._clock, self._settings)
            return self._breakers[name]

    def all(self) -> list[BreakerState]:
        """Every breaker that any process has ever used, by name, as the records know it."""
        with self._records.reader() as session:
            rows = session.execute(select(*_COLUMNS).order_by(BreakerRow.name)).mappings()
            return [BreakerState(**row) for row in rows]

    def recent_failures(self, state: BreakerState) -> int:
        """Failures of a breaker in the window that ends now."""
        return round(recent(state, self._clock.now(), self._settings)[1])

    def reset(self, name: str) -> BreakerState:
        """Close a breaker by hand; other processes follow within a second."""
        return self[name].reset()

    def forget(self, name: str) -> None:
        """Remove a breaker whose component is gone."""
        with self._lock, self._records.session() as session:
            self._breakers.pop(name, None)
            session.execute(delete(BreakerRow).where(BreakerRow.name == name))


_COLUMNS = [getattr(BreakerRow, name) for name in _FIELDS]


def read_breaker(records: Database, name: str) -> BreakerState:
    """A breaker as recorded; a new one where nothing is."""
    with records.reader() as session:
        row = session.execute(select(*_COLUMNS).where(BreakerRow.name == name)).mappings().first()
    return BreakerState(name) if row is None else BreakerState(**row)


def change_breaker(records: Database, name: str, transition: Transition) -> BreakerState:
    """Change a breaker so that no change of another process is lost: an older version never overwrites.

    Raises:
        TemporaryError: others kept changing it in between.
    """
    for _ in range(_CHANGES_TRIED):
        before = read_breaker(records, name)
        after = transition(before)
        if after == before:
            return before
        values: dict[str, Any] = {key: getattr(after, key) for key in _FIELDS if key != "version"}
        values["version"] = before.version + 1
        try:
            with records.session() as session:
                if before.version == 0:
                    session.execute(insert(BreakerRow).values(**values))
                    changed = 1
                else:
                    known = (BreakerRow.name == name) & (BreakerRow.version == before.version)
                    result = session.execute(update(BreakerRow).where(known).values(**values))
                    assert isinstance(result, CursorResult)
                    changed = result.rowcount
        except IntegrityError:
            continue
        if changed:
            return BreakerState(**values)
    raise TemporaryError(f"The circuit breaker {name} is being changed by too many at once.")
