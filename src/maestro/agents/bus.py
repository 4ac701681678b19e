"""Bus: carries messages between agents of one process: requests, commands, events; in order and bounded."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from maestro.agents.message import Message, Type
from maestro.clock import Clock
from maestro.errors import ConflictError, MaestroError, NotFoundError, PermanentError, TemporaryError
from maestro.telemetry import get_logger

Handler = Callable[[Message], Awaitable[Mapping[str, Any] | None]]
"""Takes a message and returns the data of the answer; what it raises reaches whoever asked."""

DEAD_LETTERS_KEPT = 1000


class Bus(Protocol):
    """What agents need of a bus, wherever its messages travel."""

    async def register(self, name: str, handler: Handler) -> None:
        """Open an inbox; its messages are handled one at a time, each sender's in the order sent.

        Raises:
            ConflictError: the name is taken.
        """
        ...

    async def unregister(self, name: str) -> None:
        """Close an inbox; what waits in it goes to the dead letters and its senders are told."""
        ...

    async def subscribe(self, name: str, topic: str) -> None:
        """Deliver events of a topic to an inbox.

        Raises:
            NotFoundError: there is no such inbox.
        """
        ...

    async def request(
        self,
        sender: str,
        recipient: str,
        action: str,
        data: Mapping[str, Any],
        *,
        timeout_s: float = 5.0,
        correlation_id: str = "",
    ) -> Message:
        """Ask, and wait for the answer.

        Raises:
            NotFoundError: there is no such recipient.
            TemporaryError: its inbox is full, it closed meanwhile, or it did not answer in time.
            MaestroError: what the recipient raised.
        """
        ...

    async def command(
        self,
        sender: str,
        recipient: str,
        action: str,
        data: Mapping[str, Any],
        *,
        timeout_s: float = 5.0,
        correlation_id: str = "",
    ) -> None:
        """Have something done, and wait until the recipient acknowledges that it is. Raises as `request`."""
        ...

    async def publish(
        self, sender: str, topic: str, action: str, data: Mapping[str, Any], *, correlation_id: str = ""
    ) -> int:
        """Tell everybody who subscribed to the topic, without waiting.

        Returns:
            how many inboxes took it.

        Raises:
            TemporaryError: an inbox is full and did not take it; the others did.
        """
        ...


@dataclass(frozen=True)
class _Letter:
    message: Message
    answer: asyncio.Future[Message] | None


@dataclass
class _Inbox:
    handler: Handler
    letters: asyncio.Queue[_Letter]
    worker: asyncio.Task[None]


class InProcessBus:
    """The bus of one process: an asyncio queue an agent, each with its own worker.

    Args:
        clock: stamps messages and measures timeouts.
        inbox_size: messages that may wait in one inbox before senders are refused.
    """

    def __init__(self, clock: Clock, *, inbox_size: int = 1000) -> None:
        self._clock = clock
        self._inbox_size = inbox_size
        self._inboxes: dict[str, _Inbox] = {}
        self._topics: dict[str, set[str]] = {}
        self._numbers = itertools.count(1)
        self._prefix = f"m{clock.now():%Y%m%dT%H%M%S%f}"
        self.dead_letters: deque[tuple[Message, str]] = deque(maxlen=DEAD_LETTERS_KEPT)

    async def register(self, name: str, handler: Handler) -> None:
        """See `Bus`."""
        if name in self._inboxes:
            raise ConflictError(f"The name {name} is taken on this bus.")
        letters: asyncio.Queue[_Letter] = asyncio.Queue(self._inbox_size)
        worker = asyncio.create_task(self._work(name, handler, letters), name=f"inbox of {name}")
        self._inboxes[name] = _Inbox(handler, letters, worker)

    async def unregister(self, name: str) -> None:
        """See `Bus`."""
        inbox = self._inboxes.pop(name, None)
        if inbox is None:
            return
        for listeners in self._topics.values():
            listeners.discard(name)
        inbox.worker.cancel()
        with suppress(asyncio.CancelledError):
            await inbox.worker
        while not inbox.letters.empty():
            self._drop(inbox.letters.get_nowait(), f"{name} left the bus")

    async def close(self) -> None:
        """Close every inbox."""
        for name in tuple(self._inboxes):
            await self.unregister(name)

    async def subscribe(self, name: str, topic: str) -> None:
        """See `Bus`."""
        if name not in self._inboxes:
            raise NotFoundError(f"There is no {name} on this bus.")
        self._topics.setdefault(topic, set()).add(name)

    def waiting(self, name: str) -> int:
        """How many messages wait in an inbox."""
        inbox = self._inboxes.get(name)
        return inbox.letters.qsize() if inbox else 0

    async def request(
        self,
        sender: str,
        recipient: str,
        action: str,
        data: Mapping[str, Any],
        *,
        timeout_s: float = 5.0,
        correlation_id: str = "",
    ) -> Message:
        """See `Bus`. A request that timed out before it was begun is never begun."""
        message = self._message(
            "request", sender, recipient, action=action, data=data, correlation_id=correlation_id
        )
        return await self._ask(message, timeout_s)

    async def command(
        self,
        sender: str,
        recipient: str,
        action: str,
        data: Mapping[str, Any],
        *,
        timeout_s: float = 5.0,
        correlation_id: str = "",
    ) -> None:
        """See `Bus`. A command that timed out before it was begun is never begun."""
        message = self._message(
            "command", sender, recipient, action=action, data=data, correlation_id=correlation_id
        )
        await self._ask(message, timeout_s)

    async def publish(
        self, sender: str, topic: str, action: str, data: Mapping[str, Any], *, correlation_id: str = ""
    ) -> int:
        """See `Bus`."""
        message = self._message(
            "event", sender, topic, action=action, data=data, correlation_id=correlation_id
        )
        taken, full = 0, []
        for name in sorted(self._topics.get(topic, ())):
            try:
                self._deliver(name, _Letter(message, None))
                taken += 1
            except TemporaryError:
                full.append(name)
                self.dead_letters.append((message, f"the inbox of {name} is full"))
        if full:
            raise TemporaryError(
                f"The inbox of {', '.join(full)} is full; the event did not reach it.",
                remedy="Publish more slowly, or let the listener catch up.",
            )
        return taken

    async def _ask(self, message: Message, timeout_s: float) -> Message:
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._deliver(message.recipient, _Letter(message, answer))
        timer = asyncio.create_task(self._clock.sleep(timeout_s))
        waited: set[asyncio.Future[Any]] = {answer, timer}
        try:
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                return answer.result()
            raise TemporaryError(
                f"{message.recipient} did not answer {message.action} within {timeout_s:g} seconds.",
                remedy="Ask again later, or look at the agent's state.",
            )
        finally:
            timer.cancel()
            answer.cancel()

    def _deliver(self, name: str, letter: _Letter) -> None:
        inbox = self._inboxes.get(name)
        if inbox is None:
            raise NotFoundError(f"There is no {name} on this bus.")
        try:
            inbox.letters.put_nowait(letter)
        except asyncio.QueueFull:
            raise TemporaryError(
                f"The inbox of {name} is full ({self._inbox_size} messages wait).",
                remedy="Send more slowly, and try again when it has caught up.",
            ) from None

    async def _work(self, name: str, handler: Handler, letters: asyncio.Queue[_Letter]) -> None:
        while True:
            letter = await letters.get()
            if letter.answer is not None and letter.answer.done():
                self._drop(letter, "its sender gave up waiting")
                continue
            try:
                data = await handler(letter.message)
            except asyncio.CancelledError:
                self._drop(letter, f"{name} left the bus")
                raise
            except Exception as error:  # one bad message must not silence the agent
                self._refuse(letter, error)
            else:
                self._reply(letter, data or {})

    def _reply(self, letter: _Letter, data: Mapping[str, Any]) -> None:
        if letter.answer is None or letter.answer.done():
            return
        asked = letter.message
        try:
            reply = self._message(
                "response",
                asked.recipient,
                asked.sender,
                action=asked.action,
                data=data,
                correlation_id=asked.correlation_id,
            )
        except MaestroError as error:
            letter.answer.set_exception(error)
            return
        letter.answer.set_result(reply)

    def _refuse(self, letter: _Letter, error: Exception) -> None:
        message = letter.message
        self.dead_letters.append((message, str(error)))
        if letter.answer is None or letter.answer.done():
            get_logger("bus").error("event not handled", action=message.action, reason=str(error))
            return
        known = error if isinstance(error, MaestroError) else None
        letter.answer.set_exception(
            known or PermanentError(f"{message.recipient} failed at {message.action}: {error!r}")
        )

    def _drop(self, letter: _Letter, reason: str) -> None:
        self.dead_letters.append((letter.message, reason))
        if letter.answer is not None and not letter.answer.done():
            letter.answer.set_exception(TemporaryError(f"Not handled: {reason}.", remedy="Ask again."))

    def _message(
        self,
        kind: Type,
        sender: str,
        recipient: str,
        *,
        action: str,
        data: Mapping[str, Any],
        correlation_id: str,
    ) -> Message:
        number = f"{self._prefix}-{next(self._numbers)}"
        now = self._clock.now()
        return Message(number, kind, sender, recipient, now, correlation_id or number, action, data)
