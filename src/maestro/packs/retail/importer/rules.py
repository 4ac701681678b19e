"""Import rules: which rows of a sales file are sales, which are returns, and which are left out, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from maestro.packs.retail.importer.dates import read_dates
from maestro.packs.retail.importer.numbers import read_numbers
from maestro.packs.retail.importer.reader import ROW

LARGEST_LINE = 1_000_000
"""Pieces on one line above which a quantity counts as a slip of the keyboard."""
LONGEST_SKU = 120
LONGEST_LOCATION = 60
FIRST_DAY = date(1990, 1, 1)

Words = Mapping[str, str]

REASONS: dict[str, Words] = {
    "wrong_number_of_fields": {
        "en": "more or fewer fields than the heading",
        "ko": "열 개수가 제목 줄과 다름",
    },
    "bad_sku": {"en": "product code missing or too long", "ko": "상품코드가 없거나 너무 김"},
    "bad_date": {"en": "date missing or not understood", "ko": "날짜가 없거나 읽을 수 없음"},
    "future_date": {"en": "date in the future", "ko": "미래 날짜"},
    "bad_quantity": {
        "en": "quantity missing, not whole or too large",
        "ko": "수량이 없거나 정수가 아니거나 너무 큼",
    },
    "zero_quantity": {"en": "quantity is zero", "ko": "수량이 0"},
    "bad_price": {"en": "price missing or not a number", "ko": "가격이 없거나 숫자가 아님"},
    "test_code": {"en": "test product", "ko": "테스트 상품"},
    "service_code": {
        "en": "postage, fee, voucher or other code that is no product",
        "ko": "배송비·수수료·상품권 등 상품이 아닌 코드",
    },
    "negative_price": {"en": "price below zero", "ko": "음수 가격"},
    "stock_write_off": {"en": "pieces written off without a price", "ko": "가격 없는 재고 차감"},
    "zero_price": {"en": "given away or booked without a price", "ko": "가격 0 (증정 또는 재고 기록)"},
    "return_without_sale": {
        "en": "return or cancellation whose sale is not in the file",
        "ko": "파일에 원래 판매가 없는 반품·취소",
    },
    "duplicate_line": {"en": "exact copy of an earlier line", "ko": "앞선 줄과 완전히 같은 줄"},
    "already_imported": {"en": "imported before from another file", "ko": "다른 파일에서 이미 가져온 줄"},
    "cancellation_netted": {"en": "cancellation taken off its sale", "ko": "판매에서 차감한 취소"},
    "return_netted": {"en": "return taken off its sale", "ko": "판매에서 차감한 반품"},
    "missing_customer": {"en": "imported without a customer", "ko": "고객 정보 없이 가져옴"},
}
"""Every reason, in words."""

SERVICE_CODES = (
    r"^(POST|POSTAGE|AMAZON\s?FEE|BANK CHARGES?|ADJUST\w*|MANUAL|DISCOUNT|SAMPLES?|CARRIAGE|SHIPPING|DELIVERY"
    r"|FREIGHT|FEES?|COMMISSION|GIFT[_ ].*|배송비|택배비|운송비|할인|쿠폰|수수료|상품권)$"
)
"""Codes that are no products, whatever their name."""
SHORT_SERVICE_CODES = r"^(M|D|S|B|C2|DOT|CRUK)$"
"""Codes that are no products when their name says so too; another shop may sell a product B."""
SERVICE_NAMES = (
    r"(?i)\b(manual|discount|samples?|bad debt|carriage|postage|shipping|delivery|commission|fee)\b"
)
TEST_CODES = r"^(TEST.*|테스트.*)$"


@dataclass(frozen=True)
class Formats:
    """How the values of one file are to be read.

    Args:
        columns: field to position in the file.
        date_order: see `dates.read_dates`.
        decimal: decimal mark of text.
        location: location of all rows where the file has no such column.
        service_codes: pattern of further codes that are no products; empty for none.
        today: rows dated later are left out.
    """

    columns: Mapping[str, int]
    date_order: str
    decimal: str
    location: str
    service_codes: str
    today: date

    @property
    def has_price(self) -> bool:
        """The file says what was paid."""
        return "price" in self.columns or "amount" in self.columns

    @property
    def has_invoice(self) -> bool:
        """Lines carry an invoice number, so that two equal lines are one line written twice."""
        return "invoice" in self.columns


def read_text(frame: pl.DataFrame, position: int | None) -> pl.Series:
    """A column as trimmed text, "" where empty; whole numbers stored as 17850.0 lose the .0."""
    if position is None:
        return pl.Series([""]).new_from_index(0, frame.height)
    text = frame[f"c{position}"].cast(pl.String).fill_null("").str.strip_chars()
    return text.str.replace_all("\x00", "", literal=True).str.replace(r"^(\d+)\.0+$", "$1")


def read_sku(frame: pl.DataFrame, columns: Mapping[str, int]) -> pl.Series:
    """Product codes in capitals: 85123a and 85123A are one product."""
    return read_text(frame, columns["sku"]).str.to_uppercase()


def is_cancellation(invoice: pl.Expr) -> pl.Expr:
    """An invoice number that starts with C and a digit cancels lines of an earlier one."""
    return invoice.str.contains(r"^[Cc]-?\d")


def judge(frame: pl.DataFrame, formats: Formats) -> pl.DataFrame:
    """Read one batch and give every row its verdict.

    Args:
        frame: columns c0, c1, ... and `row`.

    Returns:
        row, sku, name, invoice, customer, location, quantity (Int64, positive), price (Float64), day (Date),
        second (Int32), is_return, is_cancellation and reason (null for sales and returns), shape [n].
    """
    read = _read(frame, formats)
    cancelled = is_cancellation(pl.col("invoice")) if formats.has_invoice else pl.lit(False)
    backwards = (pl.col("quantity") < 0) | cancelled
    verdicts = [pl.when(condition).then(pl.lit(reason)) for reason, condition in _rules(formats, backwards)]
    return read.with_columns(
        pl.coalesce(verdicts).alias("reason"),
        backwards.fill_null(False).alias("is_return"),
        cancelled.alias("is_cancellation"),
        pl.col("quantity").abs().cast(pl.Int64, strict=False).alias("quantity"),
    )


def _rules(formats: Formats, backwards: pl.Expr) -> list[tuple[str, pl.Expr]]:
    """Reason and condition; the first that holds decides."""
    sku, day, quantity, price = (pl.col(name) for name in ("sku", "day", "quantity", "price"))
    named = sku.str.contains(SHORT_SERVICE_CODES) & pl.col("name").str.contains(SERVICE_NAMES)
    service = sku.str.contains(SERVICE_CODES) | named
    if formats.service_codes:
        service |= sku.str.contains(f"(?i){formats.service_codes}")
    rules = [
        ("bad_sku", (sku == "") | (sku.str.len_chars() > LONGEST_SKU)),
        ("bad_date", day.is_null() | (day < FIRST_DAY)),
        ("future_date", day > formats.today),
        (
            "bad_quantity",
            quantity.is_null() | (quantity != quantity.round()) | (quantity.abs() > LARGEST_LINE),
        ),
        ("zero_quantity", quantity == 0),
        ("test_code", sku.str.contains(TEST_CODES)),
        ("service_code", service),
    ]
    if formats.has_price:
        rules += [
            ("bad_price", price.is_null()),
            ("negative_price", price < 0),
            ("stock_write_off", (price == 0) & backwards),
            ("zero_price", price == 0),
        ]
    return rules


def _read(frame: pl.DataFrame, formats: Formats) -> pl.DataFrame:
    columns = formats.columns
    quantity = read_numbers(frame[f"c{columns['quantity']}"], formats.decimal)
    if "price" in columns:
        price = read_numbers(frame[f"c{columns['price']}"], formats.decimal)
    elif "amount" in columns:
        price = (read_numbers(frame[f"c{columns['amount']}"], formats.decimal) / quantity).abs()
    else:
        price = pl.Series([0.0]).new_from_index(0, frame.height)
    location = read_text(frame, columns.get("location"))
    return pl.DataFrame(
        {
            ROW: frame[ROW],
            "sku": read_sku(frame, columns),
            "name": read_text(frame, columns.get("description")),
            "invoice": read_text(frame, columns.get("invoice")),
            "customer": read_text(frame, columns.get("customer")),
            "location": location.replace("", formats.location).str.slice(0, LONGEST_LOCATION),
            "quantity": quantity,
            "price": price,
        }
    ).hstack(read_dates(frame[f"c{columns['date']}"], formats.date_order))
