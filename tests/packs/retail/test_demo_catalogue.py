"""Tests of the demo catalogue: enough products, each named once in either language."""

from __future__ import annotations

from maestro.packs.retail.demo_catalogue import CATALOGUE


def test_ten_categories_of_twelve_products_each_named_once() -> None:
    assert [len(products) for products in CATALOGUE.values()] == [12] * 10
    names = [name for products in CATALOGUE.values() for name in products]
    assert len({english for english, _ in names}) == len({korean for _, korean in names}) == 120


def test_korean_names_are_korean() -> None:
    for products in CATALOGUE.values():
        for english, korean in products:
            assert english.isascii()
            assert any("가" <= letter <= "힣" for letter in korean)
