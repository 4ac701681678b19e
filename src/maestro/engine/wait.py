"""Wait: a step that waits for a person's approval, an event or a time, for days if need be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from maestro.engine.step import check_name, check_takes, parameters_of, taking
from maestro.errors import ConfigurationError, InputError

Words = str | Callable[..., str]


@dataclass(frozen=True)
class Wait:
    """A wait of a workflow. Made by `wait_for_approval`, `wait_for_event`, `wait_for` and `wait_until`.

    Args:
        name: what other steps call its outcome.
        kind: what is waited for.
        topic: what a signal must name; text, or a function of earlier results.
        words: what is asked of a person; text, or a function of earlier results.
        lasts: seconds after which it is given up, or over; a moment; or a function of earlier results.
        after: steps that must be through before it begins, beside those that its functions take.
        when: its condition.
    """

    name: str
    kind: Literal["approval", "event", "timer"]
    topic: Words
    words: Words = ""
    lasts: float | datetime | Callable[..., float | datetime] | None = None
    after: tuple[str, ...] = ()
    when: Callable[..., Any] | None = None

    undo = None

    def parameters(self) -> Mapping[str, bool]:
        """What it must be given: the results that its functions take, and those of `after`."""
        found = dict.fromkeys(self.after, True)
        for each in (self.topic, self.words, self.lasts):
            if callable(each):
                found.update(parameters_of(each, self.name))
        return found

    def topic_for(self, arguments: Mapping[str, Any]) -> str:
        """The topic in a run with these earlier results."""
        return _text(self.topic, arguments)

    def words_for(self, arguments: Mapping[str, Any]) -> str:
        """What is asked in a run with these earlier results."""
        return _text(self.words, arguments)

    def until(self, since: datetime, arguments: Mapping[str, Any]) -> datetime | None:
        """When it is given up or over, if ever, where it begins at `since`.

        Raises:
            InputError: what should be seconds or a moment is neither.
        """
        lasts = self.lasts(**taking(self.lasts, arguments)) if callable(self.lasts) else self.lasts
        if lasts is None:
            return None
        if isinstance(lasts, datetime) and lasts.tzinfo is not None:
            return lasts
        if isinstance(lasts, int | float):
            return since + timedelta(seconds=lasts)
        raise InputError(
            f"Step {self.name} cannot wait for {lasts!r}.",
            remedy="Give seconds, or a moment with its time zone.",
        )


def wait_for_approval(
    name: str,
    *,
    words: Words = "",
    after: Collection[str] = (),
    within_s: float | None = None,
    when: Callable[..., Any] | None = None,
) -> Wait:
    """Wait until a person approves or rejects: `engine.signal(run_id, name, {"approved": True})`.

    Its outcome is {"approved": bool, "note": str, "by": str, "timed_out": bool}; a rejection fails nothing:
    let the steps after it have a condition.

    Args:
        name: what other steps call the outcome, and the topic of the signal.
        words: what is asked; text, or a function whose arguments name earlier steps.
        after: steps that must be through before, beside those that `words` takes.
        within_s: seconds of the engine's clock after which it counts as not approved; None is never.
        when: a condition over what `words` takes and `after` names.
    """
    return _checked(Wait(check_name(name), "approval", name, words, within_s, tuple(after), when))


def wait_for_event(
    name: str,
    *,
    topic: Words = "",
    after: Collection[str] = (),
    within_s: float | None = None,
    when: Callable[..., Any] | None = None,
) -> Wait:
    """Wait until something happens: `engine.signal(run_id, topic, payload)`; an early signal is kept.

    Its outcome is {"payload": what the signal brought, "by": str, "timed_out": bool}.

    Args:
        name: what other steps call the outcome.
        topic: what the signal names; text or a function whose arguments name earlier steps; `name` when
            empty.
        after: steps that must be through before, beside those that `topic` takes.
        within_s: seconds of the engine's clock after which it is given up; None is never.
        when: a condition over what `topic` takes and `after` names.
    """
    return _checked(Wait(check_name(name), "event", topic or name, "", within_s, tuple(after), when))


def wait_for(
    name: str,
    seconds: float | Callable[..., float],
    *,
    after: Collection[str] = (),
    when: Callable[..., Any] | None = None,
) -> Wait:
    """Wait for some seconds of the engine's clock; the outcome is the moment at which they were over.

    Args:
        name: what other steps call the outcome.
        seconds: how long, or a function whose arguments name earlier steps.
        after: steps that must be through before, beside those that `seconds` takes.
        when: a condition over what `seconds` takes and `after` names.
    """
    return _checked(Wait(check_name(name), "timer", name, "", seconds, tuple(after), when))


def wait_until(
    name: str,
    moment: datetime | Callable[..., datetime],
    *,
    after: Collection[str] = (),
    when: Callable[..., Any] | None = None,
) -> Wait:
    """Wait until the engine's clock shows a moment; the outcome is that moment.

    Args:
        name: what other steps call the outcome.
        moment: with its time zone, or a function whose arguments name earlier steps.
        after: steps that must be through before, beside those that `moment` takes.
        when: a condition over what `moment` takes and `after` names.
    """
    return _checked(Wait(check_name(name), "timer", name, "", moment, tuple(after), when))


def outcome_of(kind: str, payload: Any, by: str, until: datetime | None, *, timed_out: bool) -> Any:
    """What a wait came to, as other steps get it.

    Raises:
        InputError: the payload of an approval says neither yes nor no.
    """
    if kind == "timer":
        return until
    if kind == "event":
        return {"payload": payload, "by": by, "timed_out": timed_out}
    approved = payload.get("approved") if isinstance(payload, Mapping) else payload
    if timed_out:
        approved = False
    if not isinstance(approved, bool):
        raise InputError(
            "An approval needs a yes or a no.",
            remedy='Send {"payload": {"approved": true}} or {"payload": {"approved": false, "note": "why"}}.',
        )
    note = str(payload.get("note", "")) if isinstance(payload, Mapping) else ""
    return {"approved": approved, "note": note, "by": by, "timed_out": timed_out}


def _checked(made: Wait) -> Wait:
    if isinstance(made.lasts, datetime) and made.lasts.tzinfo is None:
        raise ConfigurationError(
            f"Step {made.name} waits for {made.lasts}, which has no time zone.", remedy="Give it one."
        )
    if isinstance(made.lasts, int | float) and made.lasts <= 0:
        raise ConfigurationError(
            f"Step {made.name} waits for {made.lasts} seconds.", remedy="Use more than 0 seconds."
        )
    check_takes(made.name, "when", made.when, made.parameters())
    return made


def _text(words: Words, arguments: Mapping[str, Any]) -> str:
    return words(**taking(words, arguments)) if callable(words) else words
