"""Seat: a lasting name for what one of several processes learns; its successor goes on from there."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

import psutil
from sqlalchemy import Text, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from maestro.clock import Clock
from maestro.database import Database
from maestro.engine.tables import EngineBase

UNSEEN = timedelta(minutes=10)
_ATTEMPTS = 20


class SeatRow(EngineBase):
    """A seat and who sits there; nobody when `host` is empty."""

    __tablename__ = "engine_adaptation_seats"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(Text)
    pid: Mapped[int]
    began: Mapped[float]
    """When the process began, as its machine tells it; a number used again is another process."""
    seen_at: Mapped[datetime]


@dataclass(frozen=True)
class _Process:
    host: str
    pid: int
    began: float


class Seats:
    """Gives each process of a name the lowest free seat.

    Processes come and go, and their names with them; what they learn must last. A seat is free when its
    process left it, is dead (on this machine), or was not seen for ten minutes (on another).

    Args:
        records: the engine's tables.
        wall: the time of life.
    """

    def __init__(self, records: Database, wall: Clock) -> None:
        self._records, self._wall = records, wall
        pid = os.getpid()
        self._me = _Process(socket.gethostname(), pid, psutil.Process(pid).create_time())
        self._mine: tuple[str, int] | None = None

    def take(self, name: str) -> str:
        """Sit down; gives the name of the seat: `name` itself for the first, `name-2` for the second ..."""
        for _ in range(_ATTEMPTS):
            try:
                number = self._taken(name)
            except IntegrityError:  # another process was faster
                continue
            self._mine = (name, number)
            return name if number == 1 else f"{name}-{number}"
        raise AssertionError("unreachable: every attempt means that another process sat down")

    def keep(self) -> None:
        """Be seen."""
        self._mark(self._me)

    def leave(self) -> None:
        """Free the seat."""
        self._mark(_Process("", 0, 0.0))

    def _mark(self, process: _Process) -> None:
        if self._mine is None:
            return
        with self._records.session() as session:
            row = session.get(SeatRow, self._mine)
            if row is not None and (row.host, row.pid, row.began) == (
                self._me.host,
                self._me.pid,
                self._me.began,
            ):
                row.host, row.pid, row.began = process.host, process.pid, process.began
                row.seen_at = self._wall.now()

    def _taken(self, name: str) -> int:
        query = select(SeatRow).where(SeatRow.name == name).order_by(SeatRow.number).with_for_update()
        with self._records.session() as session:
            rows = session.scalars(query).all()
            row = next((each for each in rows if self._is_free(each)), None)
            if row is None:
                row = SeatRow(name=name, number=len(rows) + 1)
                session.add(row)
            row.host, row.pid, row.began = self._me.host, self._me.pid, self._me.began
            row.seen_at = self._wall.now()
            return row.number

    def _is_free(self, row: SeatRow) -> bool:
        if not row.host:
            return True
        if row.host != self._me.host:
            return self._wall.now() - row.seen_at > UNSEEN
        try:
            return abs(psutil.Process(row.pid).create_time() - row.began) > 1.0
        except psutil.Error:
            return True
