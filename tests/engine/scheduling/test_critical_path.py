"""Critical path: the longest way decides, draw by draw."""

import numpy as np

from maestro.engine.scheduling.critical_path import longest_path


def test_the_longest_way_is_found() -> None:
    parents = {"load": (), "clean": ("load",), "check": ("load",), "report": ("clean", "check")}
    lengths = {
        name: np.array([each])
        for name, each in {"load": 1.0, "clean": 5.0, "check": 2.0, "report": 1.0}.items()
    }
    ends, path = longest_path(parents, lengths)
    assert list(ends) == [7.0]
    assert path == ("load", "clean", "report")


def test_the_end_is_the_largest_of_all_ways_in_each_draw() -> None:
    ends, path = longest_path({"a": (), "b": ()}, {"a": np.array([1.0, 9.0]), "b": np.array([4.0, 4.0])})
    assert list(ends) == [4.0, 9.0]
    assert path == ("a",)


def test_parents_that_are_no_longer_there_are_done() -> None:
    ends, path = longest_path({"b": ("a",)}, {"b": np.array([2.0])})
    assert (list(ends), path) == ([2.0], ("b",))


def test_nothing_takes_no_time() -> None:
    ends, path = longest_path({}, {})
    assert (list(ends), path) == ([0.0], ())
