"""Sales file reader: CSV of any common encoding and delimiter, or Parquet, in batches of bounded memory."""

from __future__ import annotations

import codecs
import csv
import errno
import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from maestro.errors import InputError
from maestro.packs.retail.importer.options import ImportOptions, Progress

BATCH_ROWS = 50_000
BLOCK_BYTES = 4 << 20
ROW = "row"
"""Column with the number of a row in the file: the heading is row 1, empty lines do not count."""

PARQUET = "parquet"

_CHUNK_BYTES = 4 << 20
_HEAD_CHARACTERS = 1 << 18
_DELIMITERS = (",", ";", "\t", "|")
_HANGUL_SHARE = 0.9
_NOT_TEXT = {
    b"PK\x03\x04": "an Excel workbook or a zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
}


@dataclass(frozen=True)
class Source:
    """A sales file ready to be read: columns are named c0, c1, ... in the order of `headings`."""

    path: Path
    headings: tuple[str, ...]
    heading_lines: int
    """Lines before the first row; 0 in Parquet."""
    encoding: str
    delimiter: str
    rows_about: int
    content_hash: str


Malformed = Callable[[int, str], None]
"""Called with the number and the text of each line that has more or fewer fields than the heading."""


def open_source(path: Path, options: ImportOptions, progress: Progress) -> Source:
    """Look a file over once: its kind, encoding, delimiter, headings, and a hash of its content.

    Raises:
        InputError: there is no such file, it cannot be read, it is empty or it is no table.
    """
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder, not a file.", remedy="Name the file itself.")
        with path.open("rb") as file:
            start = file.read(8)
        if not start:
            raise InputError(f"The file {path} is empty.", remedy="Export the sales again.")
        if start.startswith(b"PAR1"):
            return _open_parquet(path, progress)
        return _open_csv(path, options, progress)
    except FileNotFoundError as error:
        raise InputError(f"There is no file {path}.", remedy="Check the path.") from error
    except OSError as error:
        raise explained(error, path) from error


def explained(error: OSError, path: Path) -> InputError:
    """The sentence and remedy for a failure of the file system."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return InputError(
            f"The disk is full: {path} could not be written; nothing was imported.",
            remedy="Free some space and try again.",
        )
    if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
        return InputError(
            f"{path} may not be read or written: {error.strerror}.",
            remedy="Change its permissions, or choose another data folder with MAESTRO_DATA_DIR.",
        )
    return InputError(
        f"{path} cannot be read or written: {error.strerror}.", remedy="Check the path and the disk."
    )


def batches(
    source: Source, positions: Sequence[int] | None = None, on_malformed: Malformed | None = None
) -> Iterator[pl.DataFrame]:
    """The rows in file order, in batches of bounded size, each with its number in the column `row`.

    Args:
        positions: only these columns; None means all.
        on_malformed: hears of the lines that are in no batch because their fields do not fit the heading.

    Raises:
        InputError: the file is damaged.
    """
    names = [f"c{index}" for index in (range(len(source.headings)) if positions is None else positions)]
    skipped: list[int] = []

    def skip(number: int, text: str) -> None:
        skipped.append(number)
        if on_malformed is not None:
            on_malformed(number, text)

    frames = (
        _parquet_batches(source, names) if source.encoding == PARQUET else _csv_batches(source, names, skip)
    )
    number = 2
    try:
        for frame in frames:
            candidates = np.arange(number, number + frame.height + len(skipped))
            numbers = candidates[~np.isin(candidates, skipped)][: frame.height]
            if frame.height:
                number = int(numbers[-1]) + 1
                skipped[:] = [each for each in skipped if each >= number]
                yield frame.with_columns(pl.Series(ROW, numbers))
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise InputError(
            f"The file {source.path} is damaged after row {number - 1}: {str(error).splitlines()[0]}",
            remedy="Export it again, or correct that row.",
        ) from error


def _open_parquet(path: Path, progress: Progress) -> Source:
    content = hashlib.blake2b(digest_size=32)
    for chunk in _chunks(path, progress):
        content.update(chunk)
    try:
        with pq.ParquetFile(path) as file:
            headings, rows = tuple(file.schema_arrow.names), file.metadata.num_rows
    except pa.ArrowException as error:
        raise InputError(f"The Parquet file {path} is damaged.", remedy="Export it again.") from error
    if rows == 0:
        raise InputError(f"The file {path} has no rows.", remedy="Export the sales again.")
    return Source(path, headings, 0, PARQUET, "", rows, content.hexdigest())


def _open_csv(path: Path, options: ImportOptions, progress: Progress) -> Source:
    encoding, lines, content_hash = _inspect(path, options.encoding, progress)
    with path.open(encoding=encoding, newline="") as file:
        head = file.read(_HEAD_CHARACTERS)
    delimiter = options.delimiter or _delimiter(head)
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    headings: tuple[str, ...] = ()
    for record in reader:
        if any(cell.strip() for cell in record):
            headings = tuple(cell.strip() for cell in record)
            break
    if not headings or not head[_line_end(head, reader.line_num) :].strip():
        raise InputError(
            f"The file {path} has no rows.", remedy="Export the sales again, with a heading line."
        )
    return Source(path, headings, reader.line_num, encoding, delimiter, lines, content_hash)


def _line_end(text: str, lines: int) -> int:
    position = 0
    for _ in range(lines):
        position = text.find("\n", position) + 1
        if position == 0:
            return len(text)
    return position


def _chunks(path: Path, progress: Progress) -> Iterator[bytes]:
    size, done = max(1, path.stat().st_size), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk
            done += len(chunk)
            progress("reading", min(1.0, done / size))


def _inspect(path: Path, wanted: str, progress: Progress) -> tuple[str, int, str]:
    """Encoding, number of lines and content hash, in one pass over a UTF-8 file and two over any other."""
    content = hashlib.blake2b(digest_size=32)
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines, utf8, first = 0, True, b""
    for chunk in _chunks(path, progress):
        content.update(chunk)
        lines += chunk.count(b"\n")
        first = first or chunk
        try:
            utf8 = utf8 and (decoder.decode(chunk) is not None)
        except UnicodeDecodeError:
            utf8 = False
    try:
        if utf8:
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        utf8 = False
    marked = first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    kind = next((kind for magic, kind in _NOT_TEXT.items() if first.startswith(magic)), "")
    if kind or (b"\x00" in first and not marked):
        raise InputError(
            f"{path} is {kind or 'a binary file'}, not a CSV or Parquet file.", remedy="Save it as CSV first."
        )
    if wanted:
        return _checked_encoding(path, wanted), lines, content.hexdigest()
    if marked:
        return "utf-16", lines, content.hexdigest()
    if utf8:
        return ("utf-8-sig" if first.startswith(codecs.BOM_UTF8) else "utf-8"), lines, content.hexdigest()
    return ("cp949" if _is_korean(path) else _western(path)), lines, content.hexdigest()


def _checked_encoding(path: Path, wanted: str) -> str:
    try:
        decoder = codecs.getincrementaldecoder(wanted)()
    except LookupError as error:
        raise InputError(
            f"{wanted} is not a known encoding.", remedy="Use utf-8, cp949 or latin-1, or leave it out."
        ) from error
    try:
        for chunk in _chunks(path, lambda _stage, _share: None):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise InputError(
            f"The file {path} is not written in {wanted}.",
            remedy="Leave the encoding out to have it detected.",
        ) from error
    return codecs.lookup(wanted).name


def _is_korean(path: Path) -> bool:
    """CP949 if all of it decodes and nearly all that is not ASCII is common Hangul, as in real text."""
    decoder = codecs.getincrementaldecoder("cp949")()
    hangul = other = 0
    try:
        for chunk in _chunks(path, lambda _stage, _share: None):
            text = decoder.decode(chunk)
            foreign = [character for character in text if ord(character) > 127]
            common = "".join(character for character in foreign if "가" <= character <= "힣")
            hangul += len(common.encode("euc_kr", errors="ignore")) // 2
            other += len(foreign)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return other > 0 and hangul / other >= _HANGUL_SHARE


def _western(path: Path) -> str:
    """Windows' superset of Latin-1 where it fits (it has the euro sign), else Latin-1, which always fits."""
    try:
        return _checked_encoding(path, "cp1252")
    except InputError:
        return "latin-1"


def _delimiter(head: str) -> str:
    """The delimiter that cuts the first lines into the most fields, the same number on most lines."""
    lines = head.splitlines()[:50]

    def agreement(delimiter: str) -> tuple[float, int]:
        widths = [len(record) for record in csv.reader(lines, delimiter=delimiter) if record]
        width = widths[0] if widths else 1
        same = sum(each == width for each in widths) / max(1, len(widths))
        return (0.0, 0) if width < 2 else (round(same, 1), width)

    return max(_DELIMITERS, key=agreement)


def _csv_batches(source: Source, names: list[str], skip: Malformed) -> Iterator[pl.DataFrame]:
    def handle(line: Any) -> str:
        skip(line.number, line.text)
        return "skip"

    every = [f"c{index}" for index in range(len(source.headings))]
    reader = pacsv.open_csv(
        source.path,
        read_options=pacsv.ReadOptions(
            use_threads=False,  # only then are malformed lines numbered
            block_size=BLOCK_BYTES,
            column_names=every,
            skip_rows=source.heading_lines,
            encoding="utf8" if source.encoding == "utf-8-sig" else source.encoding,
        ),
        parse_options=pacsv.ParseOptions(
            delimiter=source.delimiter, newlines_in_values=True, invalid_row_handler=handle
        ),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(every, pa.string()), include_columns=names, strings_can_be_null=False
        ),
    )
    for batch in reader:
        yield _frame(batch)


def _parquet_batches(source: Source, names: list[str]) -> Iterator[pl.DataFrame]:
    wanted = [source.headings[int(name[1:])] for name in names]
    with pq.ParquetFile(source.path) as file:
        for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=wanted):
            yield _frame(batch).select(
                pl.col(head).alias(name) for head, name in zip(wanted, names, strict=True)
            )


def _frame(batch: pa.RecordBatch) -> pl.DataFrame:
    frame = pl.from_arrow(batch)
    assert isinstance(frame, pl.DataFrame)
    return frame
