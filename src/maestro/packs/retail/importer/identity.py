"""Line identity: a 16-byte key a sales line, so that none counts twice, in one file or across files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b

import numpy as np
import polars as pl
from numpy.typing import NDArray

Keys = NDArray[np.bytes_]
"""Keys of 16 bytes, shape [n]."""

_BYTES = 16
_EMPTY: Keys = np.empty(0, dtype=f"S{_BYTES}")


def no_keys() -> Keys:
    """An empty array of keys."""
    return _EMPTY


def line_keys(lines: pl.DataFrame) -> list[bytes]:
    """A key a line, from its invoice, SKU, customer, location, moment, direction, quantity and price."""
    text = lines.select(
        pl.concat_str(
            pl.col("invoice", "sku", "customer", "location"),
            pl.col("day").to_physical().cast(pl.String),
            pl.col("second").fill_null(0).cast(pl.String),
            pl.col("is_return").cast(pl.Int8).cast(pl.String),
            pl.col("quantity").cast(pl.String),
            (pl.col("price") * 10_000).round().cast(pl.Int64).cast(pl.String),
            separator="\x1f",
        )
    ).to_series()
    return [blake2b(line.encode(), digest_size=_BYTES).digest() for line in text.to_list()]


class LineBook:
    """Which lines were seen: earlier in this file, and in files imported before.

    Args:
        known: the sorted keys of earlier imports for a day (days since 1970), empty where there are none.
        copies_count: True where two equal lines are two sales (a file without invoice numbers): the second
            gets a key of its own. False: the second is a copy of the first.
    """

    def __init__(self, known: Callable[[int], Keys], *, copies_count: bool) -> None:
        self._load_known = known
        self._copies_count = copies_count
        self._known: dict[int, Keys] = {}
        self._seen: dict[int, Keys] = {}

    def add(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Note the lines of a batch and give them `key`, `is_copy` and `is_known`, in the same order.

        Args:
            lines: invoice, sku, customer, location, day, second, is_return, quantity and price, shape [n].
        """
        keys = line_keys(lines)
        frame = pl.DataFrame({"day": lines["day"].to_physical(), "key": pl.Series(keys, dtype=pl.Binary)})
        copies = frame.select(pl.int_range(pl.len()).over("day", "key")).to_series().to_numpy().copy()
        groups = list(_groups(frame["day"].to_numpy()))
        array = _array(keys)
        for day, where in groups:
            seen, here = self._seen.get(day, _EMPTY), array[where]
            copies[where] += np.searchsorted(seen, here, "right") - np.searchsorted(seen, here, "left")
            self._seen[day] = np.sort(np.concatenate([seen, here]))
        if self._copies_count:
            keys = [_copy_key(key, number) for key, number in zip(keys, copies.tolist(), strict=True)]
            array = _array(keys)
        known = np.zeros(len(array), dtype=np.bool_)
        for day, where in groups:
            known[where] = np.isin(array[where], self._known_of(day))
        is_copy = np.zeros(len(array), dtype=np.bool_) if self._copies_count else copies > 0
        return lines.with_columns(
            pl.Series("key", keys, dtype=pl.Binary),
            pl.Series("is_copy", is_copy),
            pl.Series("is_known", known),
        )

    def days_to_store(self, left_out: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
        """Each day that gained keys (days since 1970), with all its keys, of earlier imports too.

        Args:
            left_out: keys of lines that were not imported after all.
        """
        unwanted = _array(list(left_out))
        for day in sorted(self._seen):
            unique, counts = np.unique(self._seen[day], return_counts=True)
            if self._copies_count:
                unique = np.concatenate([unique, _array(list(_further_copies(unique, counts)))])
            unique = unique[~np.isin(unique, unwanted)]
            known = self._known_of(day)
            together = np.union1d(known, unique)
            if len(together) > len(known):
                yield day, together.tobytes()

    def _known_of(self, day: int) -> Keys:
        if day not in self._known:
            self._known[day] = self._load_known(day)
        return self._known[day]


def _array(keys: list[bytes]) -> Keys:
    return np.frombuffer(b"".join(keys), dtype=_EMPTY.dtype)


def _copy_key(key: bytes, number: int) -> bytes:
    """The key of the n-th copy of a line; the line itself, number 0, keeps its own."""
    return key if number == 0 else blake2b(key + number.to_bytes(8, "big"), digest_size=_BYTES).digest()


def _further_copies(keys: Keys, counts: NDArray[np.int64]) -> Iterator[bytes]:
    for index in np.flatnonzero(counts > 1):
        key = bytes(keys[index : index + 1].tobytes())  # taking the item alone would drop trailing zero bytes
        for number in range(1, int(counts[index])):
            yield _copy_key(key, number)


def _groups(days: NDArray[np.int32]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Each day with the places of its rows."""
    if len(days) == 0:
        return
    order = np.argsort(days, kind="stable")
    unique, starts = np.unique(days[order], return_index=True)
    yield from zip(unique.tolist(), np.split(order, starts[1:]), strict=True)
