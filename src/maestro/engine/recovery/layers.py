"""Layers: how far recovery may go, by the age of an incident: reroute, alternative, degrade, restore."""

from __future__ import annotations

from enum import StrEnum

from maestro.settings import RecoverySettings


class Layer(StrEnum):
    """A layer of recovery, gentlest first.

    reroute: restart or route around; to 30 s.
    alternative: use another resource; to 5 min.
    degrade: do less, and compensate for what was not done; to 30 min.
    restore: bring back an earlier state, and call a person; beyond.
    """

    REROUTE = "reroute"
    ALTERNATIVE = "alternative"
    DEGRADE = "degrade"
    RESTORE = "restore"

    @property
    def depth(self) -> int:
        """0 for the gentlest."""
        return list(Layer).index(self)

    @property
    def next(self) -> Layer:
        """The layer after this one; the last stays the last."""
        return list(Layer)[min(self.depth + 1, len(Layer) - 1)]


def layer_at(elapsed_s: float, settings: RecoverySettings) -> Layer:
    """The deepest layer that the age of an incident allows.

    Args:
        elapsed_s: seconds since the incident began.
        settings: where the layers end.
    """
    if elapsed_s < settings.reroute_until_s:
        return Layer.REROUTE
    if elapsed_s < settings.alternative_until_s:
        return Layer.ALTERNATIVE
    if elapsed_s < settings.degrade_until_s:
        return Layer.DEGRADE
    return Layer.RESTORE
