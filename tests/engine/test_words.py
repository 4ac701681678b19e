"""Words: lengths of time are said in their largest fitting unit, in both languages."""

import pytest

from maestro.engine.words import Words, duration_words


@pytest.mark.parametrize(
    ("seconds", "en", "ko"),
    [
        (0.25, "0.25 s", "0.25초"),
        (5, "5 s", "5초"),
        (90, "1.5 min", "1.5분"),
        (7_200, "2 h", "2시간"),
        (-172_800, "-2 d", "-2일"),
    ],
)
def test_a_length_of_time_is_said_shortly(seconds: float, en: str, ko: str) -> None:
    assert duration_words(seconds) == Words(en, ko)


def test_words_are_sent_in_both_languages() -> None:
    assert Words("yes", "네").shape() == {"en": "yes", "ko": "네"}
