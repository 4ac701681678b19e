"""Pressure: how near this process is to the end of its memory, in four words."""

from __future__ import annotations

from enum import StrEnum

WATCHED_FROM = 0.70
"""Share of the memory from which low pressure asks for light tidying; below it nothing is done."""

MEDIUM_FROM = 0.80
HIGH_FROM = 0.90
CRITICAL_FROM = 0.95


class Pressure(StrEnum):
    """How pressing it is to hold less."""

    LOW = "low"
    """Below 80 %; from 70 % on it is worth some light tidying."""
    MEDIUM = "medium"
    """From 80 %: what is kept for speed alone is given up in part."""
    HIGH = "high"
    """From 90 %: most of what is kept for speed alone is given up, and freed memory is handed back."""
    CRITICAL = "critical"
    """From 95 %: as high, and no new work is taken until it falls."""

    @classmethod
    def of(cls, share: float) -> Pressure:
        """The pressure at a share of the memory, 0 to 1."""
        if share >= CRITICAL_FROM:
            return cls.CRITICAL
        if share >= HIGH_FROM:
            return cls.HIGH
        return cls.MEDIUM if share >= MEDIUM_FROM else cls.LOW


def calm(share: float) -> bool:
    """Whether so little is used that nothing needs to be done."""
    return share < WATCHED_FROM
