"""Date reading: ISO, day or month first, month names and Korean dates, with the order decided by evidence."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from maestro.errors import InputError

_YEAR_FIRST = r"^\s*(\d{4})\s*[-/.년]\s*(\d{1,2})\s*[-/.월]\s*(\d{1,2})(?:\D|$)"
_COMPACT = r"^\s*(\d{4})(\d{2})(\d{2})(?:$|[T ]|\d{4}|\d{6})"
_YEAR_LAST = r"^\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4}|\d{2})(?:\D|$)"
_DOTTED = r"^\s*\d{1,2}\s*\.\s*\d{1,2}\s*\."
_DAY_NAME_YEAR = r"^\s*(\d{1,2})[-\s/]([A-Za-z]{3})[a-z]*[-\s/,]+(\d{4}|\d{2})(?:\D|$)"
_NAME_DAY_YEAR = r"^\s*([A-Za-z]{3})[a-z]*\.?\s+(\d{1,2}),?\s+(\d{4})(?:\D|$)"
_TIME = r"(\d{1,2}):(\d{2})(?::(\d{2}))?"
_AFTERNOON = r"(?i)(\bpm\b|p\.m\.|\d\s*pm|오후)"
_MORNING = r"(?i)(\bam\b|a\.m\.|\d\s*am|오전)"
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}


@dataclass
class DateEvidence:
    """What all rows together say about the order of day and month in dates such as 03/04/2026."""

    day_first: str = ""
    month_first: str = ""
    unclear: str = ""

    def add(self, raw: pl.Series) -> None:
        """Look at more values; numbers, dates and year-first text say nothing."""
        if raw.dtype != pl.String:
            return
        parts = (
            pl.DataFrame({"raw": raw.unique()})
            .filter(pl.col("raw").str.contains(_YEAR_LAST) & ~pl.col("raw").str.contains(_DOTTED))
            .with_columns(pl.col("raw").str.extract_groups(_YEAR_LAST).alias("group"))
            .select(
                "raw",
                pl.col("group").struct.field("1").cast(pl.Int32).alias("first"),
                pl.col("group").struct.field("2").cast(pl.Int32).alias("second"),
            )
        )
        first, second = pl.col("first"), pl.col("second")
        self.day_first = self.day_first or _any(parts, (first > 12) & (second <= 12))
        self.month_first = self.month_first or _any(parts, (second > 12) & (first <= 12))
        self.unclear = self.unclear or _any(parts, (first <= 12) & (second <= 12) & (first != second))

    def order(self) -> str:
        """`dmy` or `mdy` for dates that end in the year.

        Raises:
            InputError: some dates can only be day first and others only month first, or all may be either.
        """
        remedy = "Say which with --date-format dmy (day first) or --date-format mdy (month first)."
        if self.day_first and self.month_first:
            raise InputError(
                f"The dates are mixed: {self.day_first} is day first, {self.month_first} is month first.",
                remedy=remedy + " Rows of the other kind go to quarantine.",
            )
        if self.unclear and not (self.day_first or self.month_first):
            raise InputError(f"Dates such as {self.unclear} can be read in two ways.", remedy=remedy)
        return "mdy" if self.month_first else "dmy"


def check_format(wanted: str) -> None:
    """Refuse a date format that is none.

    Raises:
        InputError: it is neither dmy, mdy, ymd nor a pattern with percent signs.
    """
    if wanted and wanted not in {"dmy", "mdy", "ymd"} and "%" not in wanted:
        raise InputError(
            f"{wanted} is not a date format.", remedy="Use dmy, mdy, ymd or a pattern such as %d.%m.%Y."
        )


def read_dates(raw: pl.Series, order: str) -> pl.DataFrame:
    """Read moments as `day` (Date) and `second` of the day (Int32); null where a value is no date.

    Args:
        raw: text, dates or datetimes, shape [n]; a time zone in text is left aside: wall time counts.
        order: dmy, mdy, ymd, or a pattern of chrono's strftime.
    """
    if raw.dtype != pl.String:
        return _from_typed(raw)
    unique = pl.DataFrame({"raw": raw.unique()})
    if "%" in order:
        moment = pl.col("raw").str.strip_chars().str.to_datetime(order, strict=False, exact=True)
        if not any(code in order for code in ("%H", "%I", "%T", "%R", "%c", "%s")):
            moment = pl.col("raw").str.strip_chars().str.to_date(order, strict=False).cast(pl.Datetime)
        known = unique.with_columns(moment.dt.date().alias("day"), _second_of(moment).alias("second"))
    else:
        known = unique.with_columns(_day(order).alias("day"), _second().alias("second"))
    return pl.DataFrame({"raw": raw}).join(known, on="raw", how="left", maintain_order="left").drop("raw")


def _any(parts: pl.DataFrame, condition: pl.Expr) -> str:
    found = parts.filter(condition)
    return str(found["raw"].min()) if found.height else ""


def _from_typed(raw: pl.Series) -> pl.DataFrame:
    if raw.dtype.is_temporal() and raw.dtype != pl.Time:
        moment = pl.col("raw").cast(pl.Datetime("us"))
        return pl.DataFrame({"raw": raw}).select(
            moment.dt.date().alias("day"), _second_of(moment).alias("second")
        )
    if raw.dtype.is_integer():
        return read_dates(raw.cast(pl.String), "ymd")
    return pl.DataFrame({"day": [None] * len(raw), "second": [None] * len(raw)}).cast(
        {"day": pl.Date, "second": pl.Int32}
    )


def _second_of(moment: pl.Expr) -> pl.Expr:
    return (
        moment.dt.hour().cast(pl.Int32) * 3600 + moment.dt.minute().cast(pl.Int32) * 60 + moment.dt.second()
    )


def _day(order: str) -> pl.Expr:
    raw = pl.col("raw")
    day_at, month_at = ("2", "1") if order == "mdy" else ("1", "2")
    last = raw.str.extract_groups(_YEAR_LAST).struct
    month_name = raw.str.extract_groups(_DAY_NAME_YEAR).struct
    name_month = raw.str.extract_groups(_NAME_DAY_YEAR).struct
    readings = [
        _iso(*(raw.str.extract_groups(pattern).struct.field(n) for n in "123"))
        for pattern in (_YEAR_FIRST, _COMPACT)
    ]
    if order != "ymd":
        dotted = _iso(last.field("3"), last.field("2"), last.field("1"))
        ordered = _iso(last.field("3"), last.field(month_at), last.field(day_at))
        readings.append(pl.when(raw.str.contains(_DOTTED)).then(dotted).otherwise(ordered))
    readings.append(_iso(month_name.field("3"), _month(month_name.field("2")), month_name.field("1")))
    readings.append(_iso(name_month.field("3"), _month(name_month.field("1")), name_month.field("2")))
    return pl.coalesce(readings)


def _iso(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    full_year = pl.when(year.str.len_chars() == 2).then(pl.lit("20") + year).otherwise(year)
    text = pl.concat_str(full_year, month.str.zfill(2), day.str.zfill(2), separator="-")
    return text.str.to_date("%Y-%m-%d", strict=False)


def _month(name: pl.Expr) -> pl.Expr:
    return (
        name.str.to_lowercase().replace_strict(_MONTHS, default=None, return_dtype=pl.Int32).cast(pl.String)
    )


def _second() -> pl.Expr:
    raw = pl.col("raw")
    group = raw.str.extract_groups(_TIME).struct
    hour = group.field("1").cast(pl.Int32)
    hour = (
        pl.when(raw.str.contains(_AFTERNOON) & (hour < 12))
        .then(hour + 12)
        .when(raw.str.contains(_MORNING) & (hour == 12))
        .then(0)
        .otherwise(hour)
    )
    minute, second = group.field("2").cast(pl.Int32), group.field("3").cast(pl.Int32).fill_null(0)
    return (hour * 3600 + minute * 60 + second).fill_null(0)
