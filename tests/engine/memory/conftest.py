"""A machine whose memory is a number, on a clock that is moved by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from maestro.clock import VirtualClock

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


@dataclass
class Machine:
    """Holds `used` of 1,000 bytes."""

    used: int = 300

    def held(self) -> int:
        return self.used

    def free(self) -> int:
        return 1000 - self.used


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOON)
