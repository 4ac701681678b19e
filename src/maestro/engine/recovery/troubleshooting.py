"""Troubleshooting: which action to try on which suspect next, so that the trouble is over soonest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from maestro.engine.recovery.action import Action
from maestro.engine.recovery.dependencies import Dependencies
from maestro.engine.recovery.layers import Layer, layer_at
from maestro.engine.recovery.playbook import Playbooks, situation_of
from maestro.engine.recovery.root_cause import Cause
from maestro.settings import RecoverySettings

MOST_TRIES = 3
"""Times that one action is tried on one component during an incident."""

LEAST_SUSPICION = 0.02
"""Probability below which a component is left in peace."""

SERIOUS_SUSPICION = 0.1
"""Probability from which everything is tried on a suspect before an action cuts deeper."""

PROMISING = 0.2
"""Chance of success below which an action holds up the next layer no longer."""

_AGAIN = 0.3


@dataclass(frozen=True)
class Choice:
    """What to try next, on what, in which situation and layer."""

    action: Action
    target: str
    situation: str


@dataclass
class Tries:
    """What an incident has seen: how often each action was tried on each target, and what that disproves."""

    count: Counter[tuple[str, str]] = field(default_factory=Counter)
    doubt: dict[str, float] = field(default_factory=dict)


class Chooser(Protocol):
    """Chooses what to try next."""

    def choose(
        self, causes: Sequence[Cause], incident_kind: str, elapsed_s: float, tries: Tries
    ) -> Choice | None:
        """The next thing to try; None where nothing is left."""
        ...

    def failed(self, choice: Choice, tries: Tries) -> None:
        """What was chosen has not helped."""
        ...


class Troubleshooting:
    """Weighs suspects and actions together: chance that it helps, for each second that a try takes.

    Trying in the order of probability over cost ends the trouble soonest where exactly one thing is broken
    (Heckerman, Breese, Rommelse, "Decision-Theoretic Troubleshooting", Communications of the ACM, 1995).
    A try that did not help speaks against its suspect as far as it would have helped the guilty one. The age
    of the incident says how deep an action may cut; where a layer has nothing promising left, the next begins
    early.

    Args:
        actions: everything that may be done.
        dependencies: what kind of component each suspect is.
        playbooks: how often an action works, drawn so that it also explores.
        settings: where the layers end.
    """

    def __init__(
        self,
        actions: Sequence[Action],
        dependencies: Dependencies,
        playbooks: Playbooks,
        settings: RecoverySettings,
    ) -> None:
        self._actions = actions
        self._dependencies = dependencies
        self._playbooks = playbooks
        self._settings = settings

    def choose(
        self, causes: Sequence[Cause], incident_kind: str, elapsed_s: float, tries: Tries
    ) -> Choice | None:
        """The next thing to try; None where nothing is left."""
        suspects = _weighed(causes, tries)
        layer = layer_at(elapsed_s, self._settings)
        while True:
            possible = self._possible(suspects, incident_kind, layer, tries)
            if layer is Layer.RESTORE or self._is_promising(possible, suspects, tries):
                break
            layer = layer.next
        if not possible:
            return None
        return max(possible, key=lambda pair: pair[0])[1]

    def failed(self, choice: Choice, tries: Tries) -> None:
        """What was chosen has not helped; by that much its target is less suspect."""
        tries.count[choice.target, choice.action.name] += 1
        chance = self._playbooks.chance(choice.situation, choice.action.name)
        tries.doubt[choice.target] = tries.doubt.get(choice.target, 1.0) * (1.0 - chance)

    def _is_promising(
        self,
        possible: Sequence[tuple[float, Choice]],
        suspects: Sequence[tuple[Cause, float]],
        tries: Tries,
    ) -> bool:
        """Whether something untried is left that may well help, on a suspect that may well be guilty."""
        serious = {cause.component for cause, share in suspects if share >= SERIOUS_SUSPICION}
        return any(
            choice.target in serious
            and not tries.count[choice.target, choice.action.name]
            and self._playbooks.chance(choice.situation, choice.action.name) >= PROMISING
            for _, choice in possible
        )

    def _possible(
        self, suspects: Sequence[tuple[Cause, float]], incident_kind: str, layer: Layer, tries: Tries
    ) -> list[tuple[float, Choice]]:
        found = []
        for cause, probability in suspects:
            kind = self._dependencies.kind(cause.component)
            situation = situation_of(kind, cause.signature or incident_kind)
            for action in self._actions:
                before = tries.count[cause.component, action.name]
                if kind not in action.kinds or action.layer.depth > layer.depth or before >= MOST_TRIES:
                    continue
                seconds = self._playbooks.seconds(situation, action.name, action.expected_s)
                chance = self._playbooks.draw(situation, action.name) * _AGAIN**before
                found.append((probability * chance / seconds, Choice(action, cause.component, situation)))
        return found


def _weighed(causes: Sequence[Cause], tries: Tries) -> list[tuple[Cause, float]]:
    """The suspects worth acting upon, with what failed tries have left of their probability."""
    weights = [cause.probability * tries.doubt.get(cause.component, 1.0) for cause in causes]
    total = sum(weights) or 1.0
    shares = [weight / total for weight in weights]
    return [(cause, share) for cause, share in zip(causes, shares, strict=True) if share >= LEAST_SUSPICION]
