"""Quarantine file: the rows that an import left out, as they stood, with their number and reason."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from maestro.packs.retail.importer.reader import explained
from maestro.packs.retail.importer.rules import REASONS


class Quarantine:
    """Collects rows in a file that gets its name only when the import succeeds, and vanishes when it fails.

    Args:
        folder: where the file goes; created when needed.
        name: name of the finished file.
        headings: headings of the sales file.

    Raises:
        InputError: the folder cannot be written or the disk is full (also from the methods).
    """

    def __init__(self, folder: Path, name: str, headings: Sequence[str]) -> None:
        self.rows = 0
        self._path = folder / name
        self._partial = folder / f"{name}.partial"
        self._published = False
        self._width = len(headings)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = self._partial.open("w", encoding="utf-8-sig", newline="")
        except OSError as error:
            raise explained(error, folder) from error
        self._writer = csv.writer(self._file)
        self._write([["row", "reason", "explanation", *headings, "line"]])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # what could not be written is removed anyway
            self._file.close()
        self._partial.unlink(missing_ok=True)
        if kind is not None and self._published:
            self._path.unlink(missing_ok=True)

    def add(self, rows: Sequence[tuple[Any, ...]], reasons: Sequence[str]) -> None:
        """Write rows as they were read, a reason each; the last cell of a row is its number in the file."""
        self._write(
            [row[-1], reason, REASONS[reason]["en"], *row[:-1], ""]
            for row, reason in zip(rows, reasons, strict=True)
        )
        self.rows += len(rows)

    def add_malformed(self, number: int, text: str) -> None:
        """Write a line whose fields do not fit the heading, as it stands."""
        reason = "wrong_number_of_fields"
        self._write([[number, reason, REASONS[reason]["en"], *[""] * self._width, text]])
        self.rows += 1

    def publish(self) -> Path | None:
        """Give the file its name; None, and no file, where no row was left out."""
        if self.rows == 0:
            return None
        try:
            self._file.close()
            self._published = True
            self._partial.replace(self._path)
        except OSError as error:
            raise explained(error, self._path) from error
        return self._path

    def _write(self, rows: Iterable[list[object]]) -> None:
        try:
            self._writer.writerows(rows)
        except OSError as error:
            raise explained(error, self._path) from error
