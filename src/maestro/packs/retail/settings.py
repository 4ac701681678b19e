"""Retail settings: what keeping, ordering and missing a piece costs, and how far one review may go."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from maestro.errors import InputError

Share = Annotated[float, Field(ge=0, le=1)]
Money = Annotated[float, Field(ge=0)]

_DAYS_A_WEEK = 7


class RetailSettings(BaseModel):
    """Choices of the shop, kept with the shop and changed on its settings page."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    holding_cost_pct_week: Annotated[float, Field(ge=0, le=50)] = 2.0
    """Cost of keeping a piece in stock for a week, in percent of its unit cost."""
    order_cost: Money = 2.0
    """Cost of placing one order line, whatever its size, in the shop's currency."""
    salvage_share: Share = 0.7
    """Share of its cost that a piece which nobody buys still returns."""
    review_days: Annotated[int, Field(ge=1, le=28)] = 7
    """Days between two reviews of the stock."""
    review_weekday: Annotated[int, Field(ge=0, le=6)] = 0
    """Weekday of the review where it is due every 7, 14, 21 or 28 days; 0 is Monday."""
    budget_per_review: Annotated[float, Field(gt=0)] = 25_000.0
    """Most that the orders of one review may cost in all; more is blocked."""
    ask_above: Annotated[float, Field(gt=0)] = 6_000.0
    """Order value above which the agent asks a person first, unless it has earned full trust."""
    largest_cover_days: Annotated[float, Field(gt=0)] = 90.0
    """An order may not bring stock beyond this many days of expected demand."""
    orders_per_review: Annotated[int, Field(ge=1)] = 2_000
    """Most order lines that one review may place."""
    largest_mean_loss: Annotated[float, Field(gt=0)] = 60.0
    """Largest bearable loss, on average over the decisions of one review; a greater one stops the agent."""
    baseline: Literal["reorder_point", "deliveries_times_factor"] = "reorder_point"
    """The rule that Maestro's effect is measured against, and that orders while the agent is in shadow.

    A simulated shop keeps the rule that it was opened with, so that its twin without agents stays the same.
    """
    holdout_share: Share = 0.1
    """Share of your own products that the baseline rule keeps ordering, to measure the effect against."""

    @classmethod
    def of(cls, options: dict[str, Any]) -> RetailSettings:
        """Read what the shop's record holds.

        Raises:
            InputError: a value is not allowed; names it.
        """
        try:
            return cls.model_validate(options)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            raise InputError(
                f"{key}: {first['msg']}.", remedy="Give a value in the allowed range; nothing was changed."
            ) from error

    def on_review_weekday(self, day: date) -> date:
        """The last day up to `day` on which a review may fall; any day where reviews keep to no weekday."""
        if self.review_days % _DAYS_A_WEEK:
            return day
        return day - timedelta(days=(day.weekday() - self.review_weekday) % _DAYS_A_WEEK)
