"""Action: something that recovery may do to a component, with how deep it cuts and how long it takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from maestro.engine.recovery.layers import Layer


@dataclass(frozen=True)
class Action:
    """One thing that may be tried.

    It must be safe to try on a healthy component and to try twice: recovery acts on the likeliest cause, not
    on a certain one. Whether it worked is judged by the health checks, never by what it returns.

    Args:
        name: what it is called: restart, reconnect, free_space ...
        kinds: kinds of component on which it can be tried.
        layer: the layer to which it belongs.
        run: does it to the component of the given name.
        expected_s: seconds that a try usually takes; what is measured replaces it with time.
        settle_s: seconds after its end in which the health checks must agree that it worked.
        timeout_s: seconds after which it is given up.
        preventive: whether it is gentle enough to be taken before anything is broken.
        afterwards: ends what it began (a hold, a detour), once everything is healthy again.
    """

    name: str
    kinds: tuple[str, ...]
    layer: Layer
    run: Callable[[str], Awaitable[None]]
    expected_s: float = 2.0
    settle_s: float = 5.0
    timeout_s: float = 30.0
    preventive: bool = False
    afterwards: Callable[[str], Awaitable[None]] | None = None
