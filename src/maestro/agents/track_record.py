"""Track record: the level an agent has earned, what it has proved since its last change, and each change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any, Literal, Self

import numpy as np

from maestro.agents import evidence as bets
from maestro.agents.decision import Words
from maestro.agents.moment import moment_of, moment_text
from maestro.errors import InputError

Kind = Literal["promoted", "demoted", "alarm", "stopped", "resumed", "capped", "pinned", "unpinned", "set"]


class Level(IntEnum):
    """How far an agent may act; higher acts further."""

    SHADOW = 0
    """Decides in silence; nobody is asked and nothing is done."""
    ADVISE = 1
    """Proposes; a person decides."""
    BOUNDED = 2
    """Acts by itself inside its guardrails' narrow bounds, and asks beyond them."""
    FULL = 3
    """Acts by itself wherever no guardrail forbids it."""

    @property
    def word(self) -> str:
        """The level as stored and sent: shadow, advise, bounded or full."""
        return self.name.lower()

    @property
    def label(self) -> Words:
        """The level as people read it."""
        return {"en": self.word, "ko": _KOREAN[self]}

    @classmethod
    def named(cls, word: str) -> Level:
        """The level of that word.

        Raises:
            InputError: there is no such level.
        """
        try:
            return cls[word.upper()]
        except KeyError:
            names = ", ".join(level.word for level in cls)
            raise InputError(f"{word!r} is no autonomy level.", remedy=f"Use one of {names}.") from None


_KOREAN = {Level.SHADOW: "관찰", Level.ADVISE: "제안", Level.BOUNDED: "한도 내 실행", Level.FULL: "전면 실행"}


@dataclass(frozen=True)
class Proof:
    """`evidence.Evidence` of one agent in plain numbers, as it is stored."""

    gain: float = 1.0
    gain_sum: float = bets.PRIOR_SUM
    gain_square_sum: float = bets.PRIOR_SQUARE_SUM
    coverage: float = 1.0
    decline: tuple[float, ...] = (0.0,) * bets.DECLINE_BETS.size

    @classmethod
    def of(cls, evidence: bets.Evidence) -> Self:
        """The evidence of one agent, out of arrays without a dimension."""
        return cls(
            gain=float(evidence.gain),
            gain_sum=float(evidence.gain_sum),
            gain_square_sum=float(evidence.gain_square_sum),
            coverage=float(evidence.coverage),
            decline=tuple(float(part) for part in evidence.decline),
        )

    def evidence(self) -> bets.Evidence:
        """The same as arrays without a dimension."""
        return bets.Evidence(
            gain=np.array(self.gain),
            gain_sum=np.array(self.gain_sum),
            gain_square_sum=np.array(self.gain_square_sum),
            coverage=np.array(self.coverage),
            decline=np.array(self.decline),
        )


@dataclass(frozen=True)
class TrackRecord:
    """Where an agent stands and what it has proved since its last change.

    Args:
        level: how far it may act now, unless it is stopped.
        cap: the highest level a person lets it earn.
        pinned: a person holds it at its level; alarms are told but do not move it.
        stopped: it does nothing until a person resumes it.
        cycles: measured cycles since the last change.
        since: when the last change was; None for an agent that never changed.
        proof: the evidence since then.
    """

    level: Level = Level.SHADOW
    cap: Level = Level.FULL
    pinned: bool = False
    stopped: bool = False
    cycles: int = 0
    since: datetime | None = None
    proof: Proof = field(default_factory=Proof)

    def to_dict(self) -> dict[str, Any]:
        """The record as JSON values."""
        return asdict(self) | {
            "level": self.level.word,
            "cap": self.cap.word,
            "since": None if self.since is None else moment_text(self.since),
            "proof": asdict(self.proof) | {"decline": list(self.proof.decline)},
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """The record that `to_dict` wrote.

        Raises:
            InputError: a field is missing or malformed.
        """
        try:
            proof = dict(stored["proof"])
            decline = tuple(float(part) for part in proof.pop("decline"))
            if len(decline) != bets.DECLINE_BETS.size:
                raise ValueError("decline has another number of bets")
            return cls(
                level=Level.named(stored["level"]),
                cap=Level.named(stored["cap"]),
                pinned=bool(stored["pinned"]),
                stopped=bool(stored["stopped"]),
                cycles=int(stored["cycles"]),
                since=None if stored["since"] is None else moment_of(stored["since"]),
                proof=Proof(decline=decline, **{name: float(value) for name, value in proof.items()}),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(
                f"A stored track record cannot be read: {error!r}.",
                remedy="Restore the database from a backup, or set the agent's level anew.",
            ) from error


@dataclass(frozen=True)
class LevelChange:
    """What happened to an agent's autonomy, when, why, and through whom.

    Args:
        at: the moment.
        kind: what happened; "alarm" when an alarm could not lower the level.
        before: the level before.
        after: the level after.
        cause: the reason in words.
        actor: "rule", or the person.
    """

    at: datetime
    kind: Kind
    before: Level
    after: Level
    cause: Words
    actor: str
