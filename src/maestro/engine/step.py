"""Step: one function of a workflow, with its retries and its timeout."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, overload

from maestro.errors import ConfigurationError, PermanentError


@dataclass(frozen=True)
class Step:
    """A step function and how patiently it is run. Made by `step`.

    Args:
        fn: the function, plain or async; a plain one runs in a thread.
        name: what other steps call its result; the function's name unless told otherwise.
        retries: times that a failed attempt is repeated.
        timeout_s: seconds of life that one attempt may take; None means the engine's setting.
    """

    fn: Callable[..., Any]
    name: str
    retries: int = 3
    timeout_s: float | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.fn(*args, **kwargs)

    def parameters(self) -> Mapping[str, bool]:
        """Names of the arguments in order, each with whether it must be given.

        Raises:
            ConfigurationError: an argument cannot be an edge (`*args`, `**kwargs`, positional only).
        """
        found = {}
        for parameter in inspect.signature(self.fn).parameters.values():
            if parameter.kind not in {parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY}:
                raise ConfigurationError(
                    f"Step {self.name} takes {parameter}, but only named arguments can be edges.",
                    remedy="Name each argument after the step or the input that it takes.",
                )
            found[parameter.name] = parameter.default is parameter.empty
        return found


@overload
def step(fn: Callable[..., Any], /) -> Step: ...


@overload
def step(
    fn: Callable[..., Any], /, *, retries: int = 3, timeout_s: float | None = None, name: str | None = None
) -> Step: ...


@overload
def step(
    *, retries: int = 3, timeout_s: float | None = None, name: str | None = None
) -> Callable[[Callable[..., Any]], Step]: ...


def step(
    fn: Callable[..., Any] | None = None,
    /,
    *,
    retries: int = 3,
    timeout_s: float | None = None,
    name: str | None = None,
) -> Step | Callable[[Callable[..., Any]], Step]:
    """Make a function a step; works as `@step`, as `@step(retries=5)` and as `step(fn, retries=5)`.

    Args:
        fn: the step function.
        retries: times that a failed attempt is repeated; a PermanentError is never repeated.
        timeout_s: seconds of life that one attempt may take; the engine's setting when None.
        name: what other steps call its result; the function's name when None.

    Raises:
        ConfigurationError: retries or timeout make no sense, or the name is no name.
    """

    def make(function: Callable[..., Any]) -> Step:
        chosen = name if name is not None else str(getattr(function, "__name__", ""))
        if not chosen.isidentifier():
            raise ConfigurationError(
                f"{chosen!r} cannot be the name of a step.",
                remedy="Give it a name that can be an argument: step(fn, name='forecast').",
            )
        if retries < 0 or (timeout_s is not None and timeout_s <= 0):
            raise ConfigurationError(
                f"Step {chosen} has retries={retries} and timeout_s={timeout_s}.",
                remedy="Use retries of 0 or more and a timeout above 0 seconds.",
            )
        return Step(function, chosen, retries, timeout_s)

    return make if fn is None else make(fn)


@dataclass(frozen=True)
class CurrentStep:
    """Which step of which run is being worked on, and for the how manieth time."""

    run_id: str
    step: str
    attempt: int

    @property
    def key(self) -> str:
        """Idempotency key: the same at every attempt and after a crash; give it to each outside effect."""
        return f"{self.run_id}/{self.step}"


_current: ContextVar[CurrentStep] = ContextVar("maestro_current_step")


def current_step() -> CurrentStep:
    """The step that is being worked on; for its idempotency key.

    Raises:
        PermanentError: called outside a step.
    """
    try:
        return _current.get()
    except LookupError:
        raise PermanentError("No step is being worked on here.", remedy="Call this inside a step.") from None


def working_on(current: CurrentStep) -> None:
    """Say in the present context which step is being worked on."""
    _current.set(current)
