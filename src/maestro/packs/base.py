"""What a pack declares: its name, its agents, and how it opens the world they act upon."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from maestro.agents.decision import Words
from maestro.agents.guardrails.base import Guardrail
from maestro.agents.role import Role
from maestro.clock import Clock
from maestro.database import Database
from maestro.settings import Settings


@dataclass(frozen=True)
class Foundation:
    """What the app hands to a pack: the parts below it, never the app itself.

    Args:
        wall: the time of people and machines; a simulated world brings its own clock.
    """

    database: Database
    wall: Clock
    settings: Settings


@dataclass(frozen=True)
class AgentSpec:
    """An agent as a pack declares it.

    Args:
        role: what it observes, proposes, does and measures.
        title: its name as people read it.
        purpose: what it is for, in a sentence.
        guardrails: gives the limits on its actions as they are now, in the order in which they are asked;
            called again before each cycle.
    """

    role: Role
    title: Words
    purpose: Words
    guardrails: Callable[[], Sequence[Guardrail]]


class World(Protocol):
    """A pack's environment with time in it: a simulation that lives day by day, or the real thing."""

    @property
    def simulated(self) -> bool:
        """Whether time here is Maestro's own to move."""
        ...

    @property
    def clock(self) -> Clock:
        """The time that passes here."""
        ...

    @property
    def agents(self) -> Sequence[AgentSpec]:
        """The agents that act upon it."""
        ...

    def next_moment(self) -> datetime:
        """When something happens next: the coming day's opening."""
        ...

    def let_day_come(self, moment: datetime) -> None:
        """Let time run to the end of the day that opens at `moment`, and no farther until the next is let
        come; real time passes by itself."""
        ...

    def stop_time(self) -> None:
        """Let no more time pass; the next process to open this world finds it there, never before."""
        ...

    def due(self, moment: datetime) -> Sequence[str]:
        """Names of the agents whose cycle begins at `moment`."""
        ...

    def cycle_days(self, agent: str) -> float:
        """Days of this world from one cycle of an agent to the next."""
        ...

    def pass_day(self, moment: datetime) -> Mapping[str, Any]:
        """Let the day that opens at `moment` happen; gives what changed, for the live view."""
        ...


@dataclass(frozen=True)
class Pack:
    """A domain bundle.

    Args:
        name: one word, the same as its folder.
        title: its name as people read it.
        open: opens its world on the database; creates a demo world where there is none, telling its progress
            in words.
    """

    name: str
    title: Words
    open: Callable[[Foundation, Callable[[str], None]], World]
