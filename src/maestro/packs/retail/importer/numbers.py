"""Number reading: thousands separators, decimal point or comma, currency signs, brackets for minus."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from maestro.errors import InputError

_COMMA_DECIMAL = r"(^|[^\d.,])\d{1,3}(\.\d{3})+,\d+\D*$|(^|[^\d.,])\d+,\d{1,2}\D*$|(^|[^\d.,])0,\d+\D*$"
_POINT_DECIMAL = r"(^|[^\d.,])\d{1,3}(,\d{3})+\.\d+\D*$|(^|[^\d.,])\d+\.\d{1,2}\D*$|(^|[^\d.,])0\.\d+\D*$"
_SIGNS = r"[\s\u00a0\u202f'₩￦£$€¥원]|[A-Z]{3}"
_THOUSANDS = {".": r"^-?\d{1,3}(,\d{3})+(\.\d*)?$", ",": r"^-?\d{1,3}(\.\d{3})+(,\d*)?$"}


@dataclass
class DecimalEvidence:
    """What all numbers together say about the decimal mark."""

    comma: str = ""
    point: str = ""

    def add(self, raw: pl.Series) -> None:
        """Look at more values; only text says anything."""
        if raw.dtype != pl.String:
            return
        text = raw.unique()
        self.comma = self.comma or _first(text.filter(text.str.contains(_COMMA_DECIMAL)))
        self.point = self.point or _first(text.filter(text.str.contains(_POINT_DECIMAL)))

    def mark(self) -> str:
        """The decimal mark, `.` or `,`.

        Raises:
            InputError: some numbers have a decimal point and others a decimal comma.
        """
        if self.comma and self.point:
            raise InputError(
                f"The numbers are mixed: {self.point} has a decimal point, {self.comma} a decimal comma.",
                remedy="Say which with --decimal . or --decimal , and the other rows go to quarantine.",
            )
        return "," if self.comma else "."


def check_decimal(wanted: str) -> None:
    """Refuse a decimal mark that is none.

    Raises:
        InputError: it is neither a point nor a comma.
    """
    if wanted not in {"", ".", ","}:
        raise InputError(f"{wanted} is not a decimal mark.", remedy="Use . or , or leave it out.")


def read_numbers(raw: pl.Series, mark: str) -> pl.Series:
    """Read numbers as Float64; null where a value is no finite number.

    Args:
        raw: text or numbers, shape [n].
        mark: the decimal mark of text, `.` or `,`.
    """
    if raw.dtype != pl.String:
        numbers = raw.cast(pl.Float64, strict=False)
        return numbers.set(~numbers.is_finite().fill_null(True), None)
    unique = pl.DataFrame({"raw": raw.unique()})
    plain = (
        pl.col("raw")
        .str.replace_all(_SIGNS, "")
        .str.replace(r"^\((.*)\)$", "-$1")
        .str.replace(r"^([^-].*)-$", "-$1")
        .str.replace(r"^\+", "")
    )
    thousands = "," if mark == "." else "."
    joined = pl.when(plain.str.contains(_THOUSANDS[mark])).then(
        plain.str.replace_all(thousands, "", literal=True)
    )
    text = joined.otherwise(plain)
    if mark == ",":
        # A point that separates no thousands must fail here instead of being read as the decimal mark.
        text = text.str.replace_all(".", "x", literal=True).str.replace(",", ".", literal=True)
    number = pl.when(text.str.contains(r"^-?\d*\.?\d+\.?$|^-?\d+\.\d*$")).then(
        text.cast(pl.Float64, strict=False)
    )
    known = unique.select("raw", number.alias("number"))
    return pl.DataFrame({"raw": raw}).join(known, on="raw", how="left", maintain_order="left")["number"]


def _first(found: pl.Series) -> str:
    return str(found.min()) if len(found) else ""
