"""Step: one function of a workflow, with its retries, its condition, where it runs and how it is undone."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, overload

from maestro.errors import ConfigurationError, PermanentError

Kind = Literal["step", "map", "workflow", "approval", "event", "timer"]
Where = Literal["here", "worker"]


class Node(Protocol):
    """What a workflow is made of: a step, a wait or another workflow."""

    @property
    def name(self) -> str:
        """What others call its result."""
        ...

    @property
    def kind(self) -> Kind: ...

    @property
    def when(self) -> Callable[..., Any] | None:
        """Its condition, over its own arguments; None is always."""
        ...

    @property
    def undo(self) -> Callable[..., Any] | None:
        """What takes its effects back; None where there is nothing to take back."""
        ...

    def parameters(self) -> Mapping[str, bool]:
        """Names of the arguments in order, each with whether it must be given."""
        ...


@dataclass(frozen=True)
class Step:
    """A step function and how it is run. Made by `step`, which says what each field means."""

    fn: Callable[..., Any]
    name: str
    retries: int = 3
    timeout_s: float | None = None
    when: Callable[..., Any] | None = None
    resources: Mapping[str, float] = field(default_factory=dict)
    where: Where = "here"
    undo: Callable[..., Any] | None = None
    each: str = ""
    of: str = ""
    chunk_size: int | None = None
    width: int | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.fn(*args, **kwargs)

    @property
    def kind(self) -> Kind:
        """`map` where it is worked once an item, else `step`."""
        return "map" if self.each else "step"

    def parameters(self) -> Mapping[str, bool]:
        """Names of the arguments in order, each with whether it must be given; a map takes the whole list.

        Raises:
            ConfigurationError: an argument cannot be an edge (`*args`, `**kwargs`, positional only).
        """
        found = parameters_of(self.fn, self.name)
        if not self.each:
            return found
        return {(self.of if name == self.each else name): required for name, required in found.items()}


def parameters_of(fn: Callable[..., Any], name: str) -> dict[str, bool]:
    """Names of a function's arguments in order, each with whether it must be given.

    Raises:
        ConfigurationError: an argument cannot be an edge (`*args`, `**kwargs`, positional only).
    """
    found = {}
    for parameter in inspect.signature(fn).parameters.values():
        if parameter.kind not in {parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY}:
            raise ConfigurationError(
                f"Step {name} takes {parameter}, but only named arguments can be edges.",
                remedy="Name each argument after the step or the input that it takes.",
            )
        found[parameter.name] = parameter.default is parameter.empty
    return found


def taking(fn: Callable[..., Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the arguments that a function names."""
    return {name: arguments[name] for name in parameters_of(fn, "") if name in arguments}


@overload
def step(fn: Callable[..., Any], /) -> Step: ...


@overload
def step(
    fn: Callable[..., Any],
    /,
    *,
    retries: int = 3,
    timeout_s: float | None = None,
    name: str | None = None,
    when: Callable[..., Any] | None = None,
    resources: Mapping[str, float] | None = None,
    where: Where = "here",
    undo: Callable[..., Any] | None = None,
    each: str = "",
    of: str = "",
    chunk_size: int | None = None,
    width: int | None = None,
) -> Step: ...


@overload
def step(
    *,
    retries: int = 3,
    timeout_s: float | None = None,
    name: str | None = None,
    when: Callable[..., Any] | None = None,
    resources: Mapping[str, float] | None = None,
    where: Where = "here",
    undo: Callable[..., Any] | None = None,
    each: str = "",
    of: str = "",
    chunk_size: int | None = None,
    width: int | None = None,
) -> Callable[[Callable[..., Any]], Step]: ...


def step(
    fn: Callable[..., Any] | None = None,
    /,
    *,
    retries: int = 3,
    timeout_s: float | None = None,
    name: str | None = None,
    when: Callable[..., Any] | None = None,
    resources: Mapping[str, float] | None = None,
    where: Where = "here",
    undo: Callable[..., Any] | None = None,
    each: str = "",
    of: str = "",
    chunk_size: int | None = None,
    width: int | None = None,
) -> Step | Callable[[Callable[..., Any]], Step]:
    """Make a function a step; works as `@step`, as `@step(retries=5)` and as `step(fn, retries=5)`.

    Args:
        fn: the step function, plain or async; a plain one runs in a thread.
        retries: times that a failed attempt is repeated; a PermanentError is never repeated.
        timeout_s: seconds of life that one attempt may take (of a map: one chunk); the engine's setting
            when None.
        name: what other steps call its result; the function's name when None.
        when: a condition that takes any of the step's own arguments; where it is false, the step and what
            cannot do without its result are skipped.
        resources: what it occupies of a worker while it runs, by name: {"gpu": 1}.
        where: `here`, or `worker` for the engine's pool; without a pool it runs here.
        undo: takes the step's effects back when the run fails later; takes any of the step's arguments and
            `result`, what the step returned. For a map that did not succeed, its list and `result` hold only
            the items that are recorded as finished.
        each: the argument that gets one item of the list named by `of`: the step is then a map, worked once
            an item, and its result is the list of what it returned, in order.
        of: the step or input that gives the list.
        chunk_size: items of a map that are recorded at once; about 75 ms of work when None.
        width: chunks of a map that are worked at once; 4 in threads or on workers, 8 async when None.

    Raises:
        ConfigurationError: a number makes no sense, the name is no name, or a function takes an argument
            that the step has not.
    """

    def make(function: Callable[..., Any]) -> Step:
        chosen = check_name(name if name is not None else str(getattr(function, "__name__", "")))
        about = (retries, timeout_s, when, dict(resources or {}), where, undo, each, of, chunk_size, width)
        return _checked(Step(function, chosen, *about))

    return make if fn is None else make(fn)


def check_name(name: str) -> str:
    """A name that an argument can have.

    Raises:
        ConfigurationError: it cannot.
    """
    if not name.isidentifier():
        raise ConfigurationError(
            f"{name!r} cannot be the name of a step.",
            remedy="Give it a name that can be an argument: step(fn, name='forecast').",
        )
    return name


def check_takes(
    name: str, what: str, fn: Callable[..., Any] | None, known: Mapping[str, bool], *more: str
) -> None:
    """Prove that a condition or an undo takes only what its step has.

    Raises:
        ConfigurationError: it takes something else.
    """
    unknown = [] if fn is None else [each for each in parameters_of(fn, name) if each not in {*known, *more}]
    if unknown:
        raise ConfigurationError(
            f"`{what}` of step {name} takes {', '.join(unknown)}, which the step does not take.",
            remedy=f"It may take: {', '.join([*known, *more])}.",
        )


def _checked(made: Step) -> Step:
    _check_numbers(made)
    _check_functions(made)
    return made


def _check_numbers(made: Step) -> None:
    counts = [made.chunk_size, made.width]
    if made.retries < 0 or (made.timeout_s is not None and made.timeout_s <= 0):
        raise ConfigurationError(
            f"Step {made.name} has retries={made.retries} and timeout_s={made.timeout_s}.",
            remedy="Use retries of 0 or more and a timeout above 0 seconds.",
        )
    if any(each is not None and each < 1 for each in counts):
        raise ConfigurationError(
            f"Step {made.name} has chunk_size={made.chunk_size} and width={made.width}.",
            remedy="Use 1 or more, or leave them out.",
        )


def _check_functions(made: Step) -> None:
    if bool(made.each) != bool(made.of):
        raise ConfigurationError(
            f"Step {made.name} has each={made.each!r} and of={made.of!r}.",
            remedy="A map needs both: step(fn, each='item', of='items').",
        )
    if made.each and made.each not in inspect.signature(made.fn).parameters:
        raise ConfigurationError(
            f"Step {made.name} does not take {made.each}.", remedy="Name in `each` one of its arguments."
        )
    if made.when is None and made.undo is None:
        return
    known = made.parameters()
    check_takes(made.name, "when", made.when, known)
    check_takes(made.name, "undo", made.undo, known, "result")


@dataclass(frozen=True)
class CurrentStep:
    """Which step of which run is being worked on, for the how manieth time, and which item of a map."""

    run_id: str
    step: str
    attempt: int
    item: int | None = None

    @property
    def key(self) -> str:
        """Idempotency key: the same at every attempt and after a crash; give it to each outside effect.

        It is `run/step`, for an item of a map `run/step/number`, and for an undo `run/step/undo`.
        """
        base = f"{self.run_id}/{self.step}"
        return base if self.item is None else f"{base}/{self.item}"


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
