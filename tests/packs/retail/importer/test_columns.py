"""Recognising columns by their headings."""

from __future__ import annotations

import pytest

from maestro.errors import InputError
from maestro.packs.retail.importer.columns import recognise


def named(headings: list[str], chosen: dict[str, str] | None = None) -> dict[str, str]:
    return {field: headings[at] for field, at in recognise(headings, chosen or {}).items()}


def test_the_headings_of_a_well_known_data_set() -> None:
    headings = [
        *("InvoiceNo", "StockCode", "Description", "Quantity"),
        *("InvoiceDate", "UnitPrice", "CustomerID", "Country"),
    ]
    assert named(headings) == dict(
        zip(
            ("invoice", "sku", "description", "quantity", "date", "price", "customer"), headings, strict=False
        )
    )


def test_korean_headings() -> None:
    headings = ["주문번호", "상품코드", "상품명", "판매 수량", "주문일시", "판매단가", "고객 ID", "매장"]
    fields = ("invoice", "sku", "description", "quantity", "date", "price", "customer", "location")
    assert named(headings) == dict(zip(fields, headings, strict=True))


def test_case_spaces_and_punctuation_do_not_matter() -> None:
    assert named(["Item-Code", "QTY ", "order_date"]) == {
        "sku": "Item-Code",
        "quantity": "QTY ",
        "date": "order_date",
    }


def test_the_surer_heading_wins_and_no_column_is_used_twice() -> None:
    assert named(["product", "sku", "name", "qty", "date"])["sku"] == "sku"
    assert "price" not in named(["sku", "qty", "date"])


def test_a_person_says_what_a_column_is() -> None:
    chosen = {"sku": "Art.-Nr.", "quantity": "menge", "date": "Tag"}
    assert named(["Art.-Nr.", "Menge", "Tag", "sku"], chosen) == {
        "sku": "Art.-Nr.",
        "quantity": "Menge",
        "date": "Tag",
    }


def test_missing_columns_are_named_with_those_that_are_there() -> None:
    with pytest.raises(
        InputError, match=r"no column for sku and date; its columns are colour, \(empty\), qty"
    ) as it:
        recognise(["colour", "", "qty"], {})
    assert "--column sku=" in it.value.remedy


def test_a_wide_file_is_not_listed_in_full() -> None:
    with pytest.raises(InputError, match=r"x19, \.\.\.\."):
        recognise([f"x{number}" for number in range(40)], {})
