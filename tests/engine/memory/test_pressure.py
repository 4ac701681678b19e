"""Pressure: four words for how near the end of the memory is."""

import pytest

from maestro.engine.memory.pressure import Pressure, calm


@pytest.mark.parametrize(
    ("share", "word"),
    [
        (0.0, "low"),
        (0.7, "low"),
        (0.799, "low"),
        (0.8, "medium"),
        (0.899, "medium"),
        (0.9, "high"),
        (0.949, "high"),
        (0.95, "critical"),
        (1.2, "critical"),
    ],
)
def test_a_share_of_the_memory_has_a_word(share: float, word: str) -> None:
    assert Pressure.of(share) == word


def test_below_seventy_per_cent_nothing_needs_to_be_done() -> None:
    assert calm(0.69)
    assert not calm(0.70)
