"""Definitions: workflows are found by name, version and steps; the one that came last is for new runs."""

import pytest

from maestro.engine import Graph
from maestro.engine.definitions import Definitions
from maestro.errors import ConfigurationError, NotFoundError


def first() -> int:
    return 1


def second(first: int) -> int:
    return first


OLD, NEW = Graph("g", [first], version="1"), Graph("g", [first, second], version="2")


def test_the_last_version_is_for_new_runs_and_each_is_found_by_its_steps() -> None:
    known = Definitions()
    known.add(OLD)
    known.add(NEW)

    assert known.latest("g") is NEW
    assert known.find("g", "1", OLD.fingerprint) is OLD
    assert known.find("g", "1", NEW.fingerprint) is None, "these steps are not those of version 1"
    assert known.find("g", "3", NEW.fingerprint) is None
    assert list(known.all()["g"]) == ["1", "2"]


def test_a_version_is_defined_once_and_what_is_unknown_is_said() -> None:
    known = Definitions()
    with pytest.raises(NotFoundError, match="Known are: none"):
        known.latest("g")
    known.add(OLD)
    with pytest.raises(ConfigurationError, match="two workflows called g of version 1"):
        known.add(Graph("g", [second]))


def test_the_same_definition_twice_is_one_and_does_not_become_the_latest() -> None:
    known = Definitions()
    for graph in (OLD, NEW, OLD, Graph("g", [first], version="1")):
        known.add(graph)
    assert known.latest("g") is NEW
    assert known.all()["g"]["1"] is OLD
