"""Waiting: what runs wait for, kept in the journal, and how a signal or the time ends a wait, once."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from maestro.clock import Clock
from maestro.database import Database
from maestro.engine import portable
from maestro.engine.journal_tables import ClaimRow
from maestro.engine.outage import outlast
from maestro.engine.run import WaitInfo
from maestro.engine.tables import EngineBase
from maestro.engine.wait import outcome_of
from maestro.engine.words import Words
from maestro.errors import ConflictError
from maestro.telemetry import get_logger

OPEN, OVER, CLOSED = "open", "over", "closed"

_log = get_logger("engine.waiting")


class WaitRow(EngineBase):
    """Something that a run waits for, or waited for."""

    __tablename__ = "engine_waits"

    run_id: Mapped[str] = mapped_column(Text, primary_key=True)
    step: Mapped[str] = mapped_column(Text, primary_key=True)
    workflow: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    topic: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(Text, index=True)
    """`open`; `over` once it has its outcome; `closed` once its run has recorded that, or has ended."""
    outcome: Mapped[str | None] = mapped_column(Text)


class SignalRow(EngineBase):
    """A signal that came before its wait began; kept until then."""

    __tablename__ = "engine_signals"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    run_id: Mapped[str] = mapped_column(Text, index=True)
    topic: Mapped[str] = mapped_column(Text)
    payload: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(Text)
    taken: Mapped[bool] = mapped_column(default=False)


@dataclass(frozen=True)
class Asked:
    """A wait that begins: which run and step, and what is waited for."""

    run_id: str
    workflow: str
    step: str
    kind: str
    topic: str
    words: str
    since: datetime
    until: datetime | None


Key = tuple[str, str]


class Waiting:
    """The waits of this process, and the way to end any wait.

    Every wait ends once: with the first of a signal and its time, by one conditional update.

    Args:
        records: the engine's own tables.
        clock: the engine's clock, by which waits are over.
    """

    def __init__(self, records: Database, clock: Clock) -> None:
        self._records = records
        self._clock = clock
        self._asked: dict[Key, asyncio.Future[str | None]] = {}
        self._due: list[tuple[datetime, Key]] = []
        self._alarm: asyncio.Task[None] | None = None

    async def outcome(self, asked: Asked) -> Any:
        """What a wait comes to, as soon as it does; None where it was given up by `give_up`."""
        key = (asked.run_id, asked.step)
        over: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._asked[key] = over
        try:
            text, until = await outlast(lambda: self._open(asked))
            if text is None:
                if until is not None:
                    heapq.heappush(self._due, (until, key))
                    if self._due[0][1] == key:
                        self._set_alarm()
                text = await over
            return None if text is None else portable.loads(text)
        finally:
            if self._asked.get(key) is over:
                del self._asked[key]

    def give_up(self, run_id: str) -> None:
        """Let the waits of a run end at once without an outcome: it has failed."""
        for key, over in self._asked.items():
            if key[0] == run_id and not over.done():
                over.set_result(None)

    async def signal(self, run_id: str, topic: str, payload: Any, by: str, *, keep: bool) -> bool:
        """End the waits of a run for a topic; whether there was one.

        Args:
            run_id: which run.
            topic: what happened.
            payload: what came with it; plain data.
            by: who says so.
            keep: whether to keep the signal for a wait that is yet to begin.

        Raises:
            ConflictError: nothing waits for it, and it is not kept.
            InputError: the payload is no answer to what is asked.
        """
        ended = await asyncio.to_thread(self._signal, run_id, topic, payload, by, keep=keep)
        for step, text in ended.items():
            self._tell((run_id, step), text)
        return bool(ended)

    async def close(self, run_id: str, step: str | None = None) -> None:
        """Wait no longer for a step, or for anything of a run."""
        await outlast(lambda: self._close(run_id, step))

    async def look(self) -> None:
        """See which waits of this process were ended by another."""
        if self._asked:
            for key, text in (await asyncio.to_thread(self._over)).items():
                self._tell(key, text)

    def open_waits(self, run_ids: Sequence[str] | None = None) -> list[WaitInfo]:
        """What runs wait for, the oldest first; of all runs where none are named."""
        query = select(WaitRow).where(WaitRow.state == OPEN).order_by(WaitRow.since, WaitRow.run_id)
        if run_ids is not None:
            query = query.where(WaitRow.run_id.in_(run_ids))
        with self._records.reader() as session:
            return [
                WaitInfo(
                    row.run_id,
                    row.workflow,
                    row.step,
                    row.kind,
                    row.topic,
                    row.words,
                    row.since,
                    row.until,
                )
                for row in session.scalars(query)
            ]

    async def stop(self) -> None:
        """End the alarm; what waits goes on waiting in the journal."""
        if self._alarm is not None:
            self._alarm.cancel()
            await asyncio.wait([self._alarm])
            self._alarm = None

    def _tell(self, key: Key, text: str | None) -> None:
        over = self._asked.get(key)
        if over is not None and not over.done():
            over.set_result(text)

    def _set_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = asyncio.create_task(self._ring())

    async def _ring(self) -> None:
        """Sleep until the next wait is over, end it, and so on; one sleeper for all."""
        while self._due:
            until, key = self._due[0]
            left_s = (until - self._clock.now()).total_seconds()
            if left_s > 0:
                await self._clock.sleep(left_s)
                continue
            if key in self._asked:
                try:
                    self._tell(key, await asyncio.to_thread(self._time_out, key))
                except Exception as error:
                    _log.error("a wait could not be ended, trying again", step=key[1], error=str(error))
                    await asyncio.sleep(1.0)
                    continue
            heapq.heappop(self._due)

    # In threads

    def _open(self, asked: Asked) -> tuple[str | None, datetime | None]:
        """Begin a wait, or find it: its outcome where it is over, else until when it lasts."""
        with self._records.session() as session:
            _lock(session, asked.run_id)
            row = session.get(WaitRow, (asked.run_id, asked.step))
            if row is None:
                row = WaitRow(**vars(asked), state=OPEN, outcome=None)
                session.add(row)
                early = session.scalar(
                    select(SignalRow)
                    .where(SignalRow.run_id == asked.run_id, SignalRow.topic == asked.topic)
                    .where(SignalRow.taken.is_(False))
                    .order_by(SignalRow.id)
                    .limit(1)
                )
                if early is not None:
                    early.taken = True
                    payload = portable.loads(early.payload)
                    outcome = outcome_of(asked.kind, payload, early.by, asked.until, timed_out=False)
                    row.state, row.outcome = OVER, portable.dumps(outcome)
            elif row.outcome is None:
                row.state = OPEN  # its run was cancelled, and goes on now
            return row.outcome, row.until

    def _signal(self, run_id: str, topic: str, payload: Any, by: str, *, keep: bool) -> Mapping[str, str]:
        ended = {}
        with self._records.session() as session:
            _lock(session, run_id)
            here = (WaitRow.run_id == run_id, WaitRow.topic == topic, WaitRow.kind != "timer")
            for row in session.scalars(select(WaitRow).where(*here, WaitRow.state == OPEN)).all():
                outcome = outcome_of(row.kind, payload, by, row.until, timed_out=False)
                text = portable.dumps(outcome)
                if _end(session, (run_id, row.step), text):
                    ended[row.step] = text
            if not ended:
                if not keep:
                    others = select(WaitRow.topic).where(WaitRow.run_id == run_id, WaitRow.kind != "timer")
                    topics = session.scalars(others.where(WaitRow.state == OPEN)).all()
                    raise ConflictError(
                        f"Run {run_id} does not wait for {topic} now.",
                        remedy=f"It waits for: {', '.join(sorted(topics)) or 'nothing'}.",
                    )
                text = portable.dumps(payload)
                session.add(SignalRow(run_id=run_id, topic=topic, payload=text, by=by, taken=False))
        return ended

    def _time_out(self, key: Key) -> str | None:
        """End a wait whose time is over; gives the outcome it has, whoever was first."""
        with self._records.session() as session:
            row = session.get_one(WaitRow, key)
            text = portable.dumps(outcome_of(row.kind, None, "", row.until, timed_out=True))
            if _end(session, key, text):
                return text
            session.refresh(row)
            return row.outcome

    def _over(self) -> Mapping[Key, str | None]:
        with self._records.reader() as session:
            query = select(WaitRow.run_id, WaitRow.step, WaitRow.outcome).where(WaitRow.state == OVER)
            return {(run_id, step): outcome for run_id, step, outcome in session.execute(query)}

    def _close(self, run_id: str, step: str | None) -> None:
        statement = update(WaitRow).where(WaitRow.run_id == run_id, WaitRow.state != CLOSED)
        if step is not None:
            statement = statement.where(WaitRow.step == step)
        with self._records.session() as session:
            session.execute(statement.values(state=CLOSED))


def kept_words(topic: str, topics: Collection[str]) -> Words:
    """Says of a signal that nobody waits for it, and what its run waits for instead."""
    instead = ", ".join(sorted(topics))
    return Words(
        f"Nobody waits for “{topic}” now; it is kept until a step of this run does. "
        + (f"What it waits for: {instead}." if instead else "It waits for nothing at present."),
        f"지금 “{topic}”을(를) 기다리는 단계가 없습니다. 이 실행의 단계가 기다릴 때까지 보관합니다. "
        + (f"지금 기다리는 것: {instead}." if instead else "지금은 아무것도 기다리지 않습니다."),
    )


def _end(session: Session, key: Key, text: str) -> bool:
    """Give an open wait its outcome; whether this was the first."""
    statement = (
        update(WaitRow)
        .where(WaitRow.run_id == key[0], WaitRow.step == key[1], WaitRow.state == OPEN)
        .values(state=OVER, outcome=text)
        .execution_options(synchronize_session=False)
    )
    return bool(session.connection().execute(statement).rowcount)


def _lock(session: Session, run_id: str) -> None:
    """Let a signal and the beginning of the wait for it not pass each other unseen."""
    session.execute(select(ClaimRow.epoch).where(ClaimRow.run_id == run_id).with_for_update())
