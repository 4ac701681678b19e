"""Graph: argument names are the edges, and what cannot be run is refused when it is defined."""

from typing import Any

import pytest

from maestro.engine import Graph, step
from maestro.errors import ConfigurationError, InputError


def forecast(sales: list[float]) -> float:
    return sum(sales) / len(sales)


def target(forecast: float, days: int = 7) -> float:
    return forecast * days


def order(target: float, stock: float) -> float:
    return max(0.0, target - stock)


def report(forecast: float, order: float) -> str:
    return f"{forecast} {order}"


def test_arguments_named_like_steps_are_edges_and_the_others_inputs() -> None:
    graph = Graph("replenish", [forecast, target, order, report])

    assert graph.parents == {
        "forecast": (),
        "target": ("forecast",),
        "order": ("target",),
        "report": ("forecast", "order"),
    }
    assert graph.inputs == ("days", "sales", "stock")
    assert graph.required_inputs == ("sales", "stock")
    assert graph.last_steps == ("report",)


def test_the_order_of_steps_does_not_depend_on_how_they_are_listed() -> None:
    one = Graph("g", [forecast, target, order, report])
    other = Graph("g", [report, order, forecast, target])

    assert [each.name for each in one.steps] == [each.name for each in other.steps]
    assert one.fingerprint == other.fingerprint


def test_another_edge_is_another_fingerprint() -> None:
    def rewired(target: float, stock: float, sales: float) -> float:
        return target

    assert (
        Graph("g", [forecast, target, step(rewired, name="order")]).fingerprint
        != Graph("g", [forecast, target, order]).fingerprint
    )


def test_a_step_gets_its_parents_results_and_the_inputs_it_names() -> None:
    graph = Graph("g", [forecast, target, order])

    given = graph.arguments("order", {"stock": 3.0, "sales": []}, {"target": 9.0})

    assert given == {"stock": 3.0, "target": 9.0}
    assert graph.arguments("target", {"sales": []}, {"forecast": 1.0}) == {"forecast": 1.0}


def test_steps_that_wait_for_each_other_are_refused_and_the_circle_is_shown() -> None:
    def chicken(egg: Any) -> Any:
        return egg

    def egg(chicken: Any) -> Any:
        return chicken

    with pytest.raises(ConfigurationError, match=r"(chicken|egg) -> (chicken|egg) -> (chicken|egg)"):
        Graph("farm", [chicken, egg])


def test_a_step_that_takes_itself_is_refused() -> None:
    def again(again: int) -> int:
        return again

    with pytest.raises(ConfigurationError, match="again -> again"):
        Graph("g", [again])


def test_two_steps_of_one_name_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="two steps called forecast"):
        Graph("g", [forecast, step(target, name="forecast")])


def test_with_declared_inputs_a_misspelled_edge_is_refused() -> None:
    def plan(forcast: float) -> float:
        return forcast

    with pytest.raises(ConfigurationError, match=r"plan .* takes forcast.*Did you mean forecast\?"):
        Graph("g", [forecast, plan], inputs=["sales"])
    with pytest.raises(ConfigurationError, match="Add it to the inputs"):
        Graph("g", [forecast], inputs=["nothing_like_it"])
    assert Graph("g", [forecast], inputs=["sales"]).inputs == ("sales",)


def test_a_name_cannot_be_a_step_and_an_input() -> None:
    with pytest.raises(ConfigurationError, match="a step and an input called forecast"):
        Graph("g", [forecast], inputs=["sales", "forecast"])


def test_a_workflow_needs_a_name_and_steps() -> None:
    with pytest.raises(ConfigurationError, match="cannot be the name of a workflow"):
        Graph("two words", [forecast])
    with pytest.raises(ConfigurationError, match="has no steps"):
        Graph("g", [])


def test_arguments_without_a_name_cannot_be_edges() -> None:
    def greedy(*sales: float) -> float:
        return sum(sales)

    with pytest.raises(ConfigurationError, match=r"greedy takes \*sales"):
        Graph("g", [greedy])


def test_inputs_are_checked_before_a_run_begins() -> None:
    graph = Graph("g", [forecast, target])

    graph.check_inputs({"sales": [1.0]})
    with pytest.raises(InputError, match="lacks its input sales"):
        graph.check_inputs({})
    with pytest.raises(InputError, match=r"has no input colour\. Its inputs are: days, sales"):
        graph.check_inputs({"sales": [], "colour": "red"})
