"""Playbook: it learns which action works where, remembers it, and tells of it."""

from __future__ import annotations

import numpy as np
import pytest

from maestro.database import Database
from maestro.engine.recovery.diary import Diary
from maestro.engine.recovery.playbook import Experience, Playbooks, situation_of


def playbooks(records: Database, seed: int = 1) -> tuple[Playbooks, Diary]:
    diary = Diary()
    return Playbooks(records, np.random.default_rng(seed), diary), diary


def test_it_finds_the_action_that_works(records: Database) -> None:
    books, _ = playbooks(records)
    truth, luck = {"restart": 0.2, "clear": 0.9, "reroute": 0.5}, np.random.default_rng(5)
    chosen = []
    for _ in range(120):
        action = max(truth, key=lambda name: books.draw("cache/stale", name))
        chosen.append(action)
        books.learn("cache/stale", action, worked=bool(luck.random() < truth[action]), seconds=2.0)
    assert chosen[60:].count("clear") >= 50


def test_what_was_learned_survives_and_adds_up_over_processes(records: Database) -> None:
    (one, first), (other, second) = playbooks(records), playbooks(records)
    one.learn("cache/stale", "clear", worked=True, seconds=3.0)
    one.learn("cache/stale", "clear", worked=False, seconds=9.0)
    other.learn("cache/stale", "clear", worked=True, seconds=5.0)
    first.flush_now()
    second.flush_now()
    other.refresh()
    assert other.experience("cache/stale", "clear") == Experience(3, 2, 17.0, 8.0)


def test_a_similar_situation_is_a_prior(records: Database) -> None:
    books, _ = playbooks(records)
    for _ in range(8):
        books.learn("cache/stale", "clear", worked=True, seconds=1.0)
        books.learn("worker/lag after a change", "roll_back", worked=True, seconds=1.0)
    assert books.chance("cache/memory", "clear") > 0.85
    assert books.chance("disk/full", "clear") == 0.5
    assert books.chance("api/errors after a change", "roll_back") > 0.85
    assert books.chance("api/errors", "roll_back") == 0.5


def test_a_success_that_was_none_is_taken_back(records: Database) -> None:
    books, diary = playbooks(records)
    books.learn("model/memory", "restart", worked=True, seconds=4.0)
    books.withdraw("model/memory", "restart", 4.0)
    books.withdraw("model/memory", "restart", 4.0)
    diary.flush_now()
    books.refresh()
    assert books.experience("model/memory", "restart") == Experience(1, 0, 4.0, 0.0)


def test_the_time_of_a_try_is_measured(records: Database) -> None:
    books, _ = playbooks(records)
    assert books.seconds("disk/full", "free", 6.0) == 6.0
    for _ in range(8):
        books.learn("disk/full", "free", worked=True, seconds=1.0)
    assert books.seconds("disk/full", "free", 6.0) == pytest.approx(2.0)


def test_the_listing_puts_the_most_promising_first_and_is_stable(records: Database) -> None:
    books, diary = playbooks(records)
    for _ in range(10):
        books.learn(situation_of("cache", "stale"), "clear", worked=True, seconds=2.0)
        books.learn(situation_of("cache", "stale"), "restart", worked=False, seconds=4.0)
    diary.flush_now()
    listing = books.listing()
    assert listing == books.listing()
    assert [row["incident_kind"] for row in listing] == ["cache/stale"]
    actions = listing[0]["actions"]
    assert [row["action"] for row in actions] == ["clear", "restart"]
    assert (actions[0]["tries"], actions[0]["successes"], actions[0]["mean_recovery_s"]) == (10, 10, 2.0)
    assert actions[1]["mean_recovery_s"] is None
    assert sum(row["probability_best"] for row in actions) == pytest.approx(1.0, abs=0.01)
