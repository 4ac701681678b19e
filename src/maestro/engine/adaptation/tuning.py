"""Tuning: which value of which knob of a step to try next; climbs while it helps, rests at the top."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from maestro.engine.adaptation.adaptation import Adaptation, Knob, Value

FADE = 0.98
FIRST_LOOK = 10


@dataclass(frozen=True)
class Bounds:
    """How far tuning may go.

    Args:
        width: chunks of a map that may be worked at once.
        chunk_s: seconds that a chunk may take; what is in it is worked again after a crash.
        rest: outcomes of a step without a trial, after nothing that was tried had helped.
    """

    width: int
    chunk_s: float
    rest: int


@dataclass(frozen=True)
class Move:
    """A knob and the value to try instead of the one in force."""

    knob: Knob
    before: Value
    after: Value


@dataclass(frozen=True)
class _Direction:
    knob: Knob
    factor: float


_DIRECTIONS = (
    _Direction(Knob.WIDTH, 2.0),
    _Direction(Knob.CHUNK_SIZE, 2.0),
    _Direction(Knob.CHUNK_SIZE, 0.5),
    _Direction(Knob.WIDTH, 0.5),
    _Direction(Knob.WHERE, 0.0),
)


@dataclass
class StepTuning:
    """What is known and in force at one step.

    Coordinate ascent by doubling and halving: the same direction again while it helps, the next one where it
    does not, and a rest when each was tried. A kept value is looked at again after every rest.

    Args:
        places: where the step may run, if there is a choice.
        declared: the values that the step has by itself, as last told.
        kept: per knob, adaptations in force, each on top of the one before.
        trial: the adaptation on trial, or under another look.
        outcomes: how many times the step has ended.
        seconds: what it takes altogether; older runs weigh less.
        item_s: seconds of an item of a map; likewise.
        items: how many items a map has, the largest of late.
        tried: what did not help since something last did.
        resting_until: outcomes before which nothing is tried.
        turn: the direction of the latest move.
        looked_at: outcomes at which each kept adaptation was last measured.
        refused: what a person has reverted.
    """

    places: tuple[str, ...] = ()
    declared: dict[Knob, Value] = field(default_factory=dict)
    kept: dict[Knob, list[Adaptation]] = field(default_factory=dict)
    trial: Adaptation | None = None
    outcomes: int = 0
    seconds: float = 0.0
    item_s: float = 0.0
    items: float = 0.0
    tried: set[tuple[Knob, Value]] = field(default_factory=set)
    resting_until: int = FIRST_LOOK
    turn: int = 0
    looked_at: dict[str, int] = field(default_factory=dict)
    refused: set[tuple[Knob, Value]] = field(default_factory=set)

    def declare(self, where: str, features: Mapping[str, float]) -> None:
        """Take in how the step is declared: only maps have a chunk size and a width."""
        if len(self.places) > 1:
            self.declared[Knob.WHERE] = where
        for knob in (Knob.CHUNK_SIZE, Knob.WIDTH):
            if features.get(knob, 0.0) >= 1.0:
                self.declared[knob] = int(features[knob])

    def in_force(self, knob: Knob) -> Value | None:
        """The value of a knob with what is kept; None where the step has no such knob."""
        stack = self.kept.get(knob)
        return stack[-1].after if stack else self.declared.get(knob)

    def see(self, seconds: float, items: int) -> None:
        """Take in how long a run of the step took, for how many items."""
        self.outcomes += 1
        self.seconds = self.seconds * FADE + seconds
        self.items = max(float(items), self.items * FADE)
        pace = seconds / max(items, 1)
        self.item_s = pace if self.outcomes == 1 else self.item_s * FADE + pace * (1.0 - FADE)

    @property
    def is_known(self) -> bool:
        """Whether it has been seen often enough, or has nothing to change."""
        return self.outcomes >= FIRST_LOOK or not self.declared

    def next_move(self, bounds: Bounds) -> Move | None:
        """What to try next; None while resting or where nothing is left to try."""
        if self.trial is not None or self.outcomes < self.resting_until or not self.declared:
            return None
        for number in range(len(_DIRECTIONS)):
            at = (self.turn + number) % len(_DIRECTIONS)
            move = self._move(_DIRECTIONS[at], bounds)
            if move is not None:
                self.turn = at
                return move
        self.tried.clear()
        self.resting_until = self.outcomes + bounds.rest
        return None

    def next_look(self, bounds: Bounds) -> Adaptation | None:
        """A kept adaptation in force that was not looked at for long."""
        if self.trial is not None:
            return None
        for stack in self.kept.values():
            if stack and self.outcomes - self.looked_at.get(stack[-1].id, 0) >= bounds.rest:
                return stack[-1]
        return None

    def keep(self, one: Adaptation) -> None:
        """An adaptation helps: it is in force from now on."""
        stack = self.kept.setdefault(one.knob, [])
        if stack and stack[-1].id == one.id:
            stack[-1] = one
        else:
            stack.append(one)
            self.tried.clear()
        self.looked_at[one.id] = self.outcomes
        self.trial = None

    def drop(self, one: Adaptation) -> list[Adaptation]:
        """An adaptation is no longer in force; gives those that were built upon it and go with it."""
        stack = self.kept.get(one.knob, [])
        at = next((number for number, each in enumerate(stack) if each.id == one.id), None)
        above = [] if at is None else stack[at + 1 :]
        if at is not None:
            del stack[at:]
        if self.trial is not None and (at is not None and self.trial.knob is one.knob) | (
            self.trial.id == one.id
        ):
            if self.trial.id != one.id and self.trial.id not in {each.id for each in above}:
                above.append(self.trial)
            self.trial = None
        if one.by:
            self.refused.add((one.knob, one.after))
        self.tried.add((one.knob, one.after))
        return above

    def _move(self, direction: _Direction, bounds: Bounds) -> Move | None:
        before = self.in_force(direction.knob)
        if before is None:
            return None
        after = (
            self._elsewhere(str(before)) if direction.knob is Knob.WHERE else self._scaled(direction, bounds)
        )
        stack = self.kept.get(direction.knob)
        undoes = bool(stack) and stack[-1].before == after  # type: ignore[index]  # measured to be worse
        if after is None or after == before or undoes or (direction.knob, after) in self.tried | self.refused:
            return None
        return Move(direction.knob, before, after)

    def _elsewhere(self, here: str) -> str | None:
        return next((each for each in self.places if each != here), None)

    def _scaled(self, direction: _Direction, bounds: Bounds) -> int | None:
        before = int(self.in_force(direction.knob) or 1)
        after = max(1, round(before * direction.factor))
        if direction.knob is Knob.WIDTH:
            chunk = int(self.in_force(Knob.CHUNK_SIZE) or 1)
            return (
                after if after <= bounds.width and (after < before or before * chunk < self.items) else None
            )
        if after > before and (before >= self.items or after * self.item_s > bounds.chunk_s):
            return None
        return after
