"""Words: a sentence in English and in Korean, as the engine hands it to the pages that people read."""

from __future__ import annotations

from dataclasses import dataclass

_UNITS = ((86_400.0, "d", "일"), (3_600.0, "h", "시간"), (60.0, "min", "분"), (1.0, "s", "초"))


@dataclass(frozen=True)
class Words:
    """One sentence in both languages."""

    en: str
    ko: str

    def shape(self) -> dict[str, str]:
        """As the API sends it."""
        return {"en": self.en, "ko": self.ko}


def duration_words(seconds: float) -> Words:
    """A length of time in its largest fitting unit: 90 s is said as 1.5 min and 1.5분."""
    size = abs(seconds)
    for length, en, ko in _UNITS:
        if size >= length:
            number = f"{seconds / length:.1f}".removesuffix(".0")
            return Words(f"{number} {en}", f"{number}{ko}")
    return Words(f"{seconds:.2g} s", f"{seconds:.2g}초")
