"""Line identity: copies within a file, lines of earlier imports, and the keys that are stored."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from maestro.packs.retail.importer.identity import Keys, LineBook, line_keys, no_keys

DAY = date(2026, 5, 1)


def lines(*pieces: int, day: date = DAY) -> pl.DataFrame:
    n = len(pieces)
    return pl.DataFrame(
        {
            **{name: ["x"] * n for name in ("invoice", "sku", "customer", "location")},
            "day": [day] * n,
            "second": pl.Series([0] * n, dtype=pl.Int32),
            "is_return": [False] * n,
            "quantity": list(pieces),
            "price": [1.5] * n,
        }
    )


def book(stored: dict[int, bytes] | None = None, *, copies_count: bool = False) -> LineBook:
    def known(day: int) -> Keys:
        return np.frombuffer((stored or {}).get(day, b""), dtype=no_keys().dtype)

    return LineBook(known, copies_count=copies_count)


def test_a_key_says_everything_about_a_line_and_nothing_else() -> None:
    assert line_keys(lines(1)) == line_keys(lines(1))
    different = [lines(1), lines(2), lines(1, day=date(2026, 5, 2))]
    different += [
        lines(1).with_columns(pl.lit("y").alias(name)) for name in ("invoice", "sku", "customer", "location")
    ]
    different += [lines(1).with_columns(price=pl.lit(1.6)), lines(1).with_columns(is_return=pl.lit(True))]
    keys = [line_keys(each)[0] for each in different]
    assert len(set(keys)) == len(keys)
    assert {len(key) for key in keys} == {16}


def test_copies_are_found_within_and_across_batches() -> None:
    seen = book()
    assert seen.add(lines(1, 2, 1))["is_copy"].to_list() == [False, False, True]
    assert seen.add(lines(3, 2, 2))["is_copy"].to_list() == [False, True, True]
    assert len(dict(seen.days_to_store([]))) == 1


def test_where_copies_count_each_gets_a_key_of_its_own() -> None:
    seen = book(copies_count=True)
    keys = [*seen.add(lines(1, 1))["key"], *seen.add(lines(1))["key"]]
    assert len(set(keys)) == 3
    [(_, stored)] = seen.days_to_store([])
    assert sorted(stored[at : at + 16] for at in range(0, len(stored), 16)) == sorted(keys)


def test_lines_of_earlier_imports_are_known_and_only_days_that_gained_are_stored() -> None:
    first = book()
    first.add(lines(1, 2))
    stored = dict(first.days_to_store([]))
    again = book(stored)
    assert again.add(lines(2, 1))["is_known"].to_list() == [True, True]
    assert dict(again.days_to_store([])) == {}
    longer = book(stored)
    assert longer.add(lines(1, 3))["is_known"].to_list() == [True, False]
    [(_, gained)] = longer.days_to_store([])
    assert len(gained) == 3 * 16


def test_lines_left_out_are_not_remembered() -> None:
    seen = book()
    keys = seen.add(lines(1, 2))["key"].to_list()
    [(_, stored)] = seen.days_to_store([keys[0]])
    assert stored == keys[1]


def test_keys_that_end_in_zero_bytes_survive() -> None:
    many = lines(*range(1, 3000))
    seen = book(copies_count=True)
    keys = set(seen.add(pl.concat([many, many]))["key"])
    assert any(key.endswith(b"\x00") for key in keys)
    [(_, stored)] = seen.days_to_store([])
    assert {stored[at : at + 16] for at in range(0, len(stored), 16)} == keys


def test_an_empty_batch_is_no_obstacle() -> None:
    assert book().add(lines()).height == 0
