"""Running totals of an import: daily sales, names and prices, kept small while the file streams by."""

from __future__ import annotations

import polars as pl

_COMPACT_ROWS = 400_000

_Schema = dict[str, type[pl.DataType]]


class Totals:
    """Sums up lines batch by batch; memory grows with products and days, not with rows."""

    def __init__(self) -> None:
        self._daily = _Sum(
            {"sku": pl.String, "location": pl.String, "day": pl.Date},
            {"quantity": pl.Int64, "revenue": pl.Float64},
        )
        self._names = _Sum({"sku": pl.String, "name": pl.String}, {"lines": pl.Int64})
        self._prices = _Sum({"sku": pl.String, "price": pl.Float64}, {"lines": pl.Int64})

    def add(self, sales: pl.DataFrame) -> None:
        """Add sales lines: sku, name, location, day, quantity and price, shape [n]."""
        revenue = (pl.col("quantity") * pl.col("price")).alias("revenue")
        self._daily.add(sales.select("sku", "location", "day", "quantity", revenue))
        one = pl.lit(1, dtype=pl.Int64).alias("lines")
        self._names.add(sales.filter(pl.col("name") != "").select("sku", "name", one))
        self._prices.add(sales.select("sku", "price", one))

    def deduct(self, deductions: pl.DataFrame) -> None:
        """Add what returns take off: sku, location, day, quantity and revenue, both negative."""
        self._daily.add(deductions)

    def daily(self) -> pl.DataFrame:
        """sku, location, day, quantity and revenue; days on which nothing changed are left out."""
        changed = (pl.col("quantity") != 0) | (pl.col("revenue").abs() >= 0.005)
        return self._daily.total().filter(changed).sort("sku", "location", "day")

    def products(self) -> pl.DataFrame:
        """sku, name (the most frequent; the SKU where there is none) and price (the median of its lines)."""
        names = self._names.total().sort("sku", "lines", "name", descending=[False, True, False])
        prices = self._prices.total().sort("sku", "price")
        half = pl.col("lines").sum() / 2
        median = prices.group_by("sku", maintain_order=True).agg(
            pl.col("price").filter(pl.col("lines").cum_sum() >= half).first()
        )
        return (
            median.join(names.unique("sku", keep="first").select("sku", "name"), on="sku", how="left")
            .with_columns(pl.coalesce("name", "sku").alias("name"))
            .sort("sku")
        )


class _Sum:
    """Sums of some columns by others, merged now and then so that it stays small."""

    def __init__(self, by: _Schema, values: _Schema) -> None:
        self._by, self._values = list(by), list(values)
        self._parts = [pl.DataFrame(schema=by | values)]
        self._merged_rows = 0

    def add(self, part: pl.DataFrame) -> None:
        self._parts.append(self._merge([part]))
        if sum(each.height for each in self._parts) > self._merged_rows + _COMPACT_ROWS:
            self._parts = [self._merge(self._parts)]
            self._merged_rows = self._parts[0].height

    def total(self) -> pl.DataFrame:
        return self._merge(self._parts)

    def _merge(self, parts: list[pl.DataFrame]) -> pl.DataFrame:
        return compact(pl.concat(parts).group_by(self._by).agg(pl.col(self._values).sum()))


def compact(frame: pl.DataFrame) -> pl.DataFrame:
    """A copy with memory of its own: text cut out of a batch would keep the entire batch alive."""
    copy = pl.from_arrow(frame.to_arrow(compat_level=pl.CompatLevel.oldest()))
    assert isinstance(copy, pl.DataFrame)
    return copy
