"""Reading sales files: kinds, encodings, delimiters, row numbers, and files that are none."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from maestro.errors import InputError
from maestro.packs.retail.importer import ImportOptions, reader
from maestro.packs.retail.importer.reader import Source, batches, open_source

OPTIONS = ImportOptions(Path("unused"))


def opened(path: Path, content: bytes, options: ImportOptions = OPTIONS) -> Source:
    path.write_bytes(content)
    return open_source(path, options, lambda _stage, _share: None)


def all_rows(source: Source) -> list[tuple[object, ...]]:
    return [row for frame in batches(source) for row in frame.rows()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sales.csv"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("cp949", "cp949"),
    ],
)
def test_korean_text_is_read_in_every_encoding(path: Path, written: str, found: str) -> None:
    source = opened(path, "상품코드,수량,상품명\nA1,2,머그컵\n".encode(written))
    assert (source.encoding, source.headings) == (found, ("상품코드", "수량", "상품명"))
    assert all_rows(source) == [("A1", "2", "머그컵", 2)]


@pytest.mark.parametrize(("written", "found"), [("latin-1", "cp1252"), ("cp1252", "cp1252")])
def test_western_text_is_not_taken_for_korean(path: Path, written: str, found: str) -> None:
    source = opened(path, "sku,name\nA,Café Ärmel für Übergrößen £5\n".encode(written))
    assert source.encoding == found
    assert all_rows(source) == [("A", "Café Ärmel für Übergrößen £5", 2)]


def test_bytes_that_windows_does_not_know_are_latin_1(path: Path) -> None:
    assert opened(path, b"sku,name\nA,caf\xe9 \x81\n").encoding == "latin-1"


def test_text_cut_off_in_a_character_is_not_utf_8(path: Path) -> None:
    assert opened(path, "sku,name\nA,é".encode()[:-1]).encoding != "utf-8"


def test_a_chosen_encoding_is_used_or_refused(path: Path) -> None:
    korean = "sku,name\nA,컵\n".encode("cp949")
    assert opened(path, korean, ImportOptions(Path("q"), encoding="euc-kr")).encoding == "euc_kr"
    with pytest.raises(InputError, match="not written in utf-8"):
        opened(path, korean, ImportOptions(Path("q"), encoding="utf-8"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_cuts_lines_alike(path: Path, delimiter: str) -> None:
    lines = [["sku", "name", "qty"], ["A", '"cup; red, big|tall"', "2"], ["B", "lamp", "1"]]
    source = opened(path, "\n".join(delimiter.join(line) for line in lines).encode())
    assert source.delimiter == delimiter
    assert all_rows(source) == [("A", "cup; red, big|tall", "2", 2), ("B", "lamp", "1", 3)]


def test_a_chosen_delimiter_wins(path: Path) -> None:
    source = opened(path, b"a:b,c\n1:2,3\n", ImportOptions(Path("q"), delimiter=":"))
    assert source.headings == ("a", "b,c")


def test_rows_are_numbered_as_in_the_file_around_lines_that_do_not_fit(path: Path) -> None:
    wrong: list[tuple[int, str]] = []
    source = opened(path, b'a,b\n1,2\n\n3\n"two\nlines",4\n5,6,7\n8,9')
    rows = [row for frame in batches(source, [1], lambda *line: wrong.append(line)) for row in frame.rows()]
    assert rows == [("2", 2), ("4", 4), ("9", 6)]
    assert wrong == [(3, "3"), (5, "5,6,7")]


def test_batches_keep_counting_across_blocks(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "BLOCK_BYTES", 200)
    lines = [f"{i},x" if i % 7 else f"{i},x,y" for i in range(2, 300)]
    source = opened(path, "\n".join(["a,b", *lines]).encode())
    frames = list(batches(source))
    assert len(frames) > 5
    rows = [row for frame in frames for row in frame.rows()]
    assert all(int(text) == number for text, _, number in rows)
    assert len(rows) == sum(1 for i in range(2, 300) if i % 7)


def test_parquet_is_read_with_its_types(tmp_path: Path) -> None:
    path = tmp_path / "sales.parquet"
    pl.DataFrame({"sku": ["A", "B"], "qty": [1, 2]}).write_parquet(path)
    source = open_source(path, OPTIONS, lambda _stage, _share: None)
    assert (source.encoding, source.headings, source.rows_about) == ("parquet", ("sku", "qty"), 2)
    assert all_rows(source) == [("A", 1, 2), ("B", 2, 3)]
    assert [frame.rows() for frame in batches(source, [1])] == [[(1, 2), (2, 3)]]


def test_the_hash_follows_the_content_not_the_name(tmp_path: Path) -> None:
    one = opened(tmp_path / "one.csv", b"a,b\n1,2\n")
    two = opened(tmp_path / "two.csv", b"a,b\n1,2\n")
    other = opened(tmp_path / "one.csv", b"a,b\n1,3\n")
    assert one.content_hash == two.content_hash != other.content_hash


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"   \n\n", "has no rows"),
        (b"sku,qty,date\n", "has no rows"),
        (b"sku,qty,date\n\n\n", "has no rows"),
        (b"PK\x03\x04 rest of a workbook", "Excel workbook or a zip"),
        (b"\xd0\xcf\x11\xe0 rest", "old Excel workbook"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "binary file"),
        (b"PAR1 and then nonsense", "Parquet file .* is damaged"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_a_remedy(path: Path, content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        opened(path, content)
    assert caught.value.remedy


def test_a_parquet_file_without_rows_is_refused(path: Path) -> None:
    pl.DataFrame({"sku": []}).write_parquet(path)
    with pytest.raises(InputError, match="has no rows"):
        open_source(path, OPTIONS, lambda _stage, _share: None)


def test_missing_files_folders_and_forbidden_files_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file"):
        open_source(tmp_path / "absent.csv", OPTIONS, lambda _stage, _share: None)
    with pytest.raises(InputError, match="is a folder"):
        open_source(tmp_path, OPTIONS, lambda _stage, _share: None)
    refused = reader.explained(PermissionError(13, "Permission denied"), tmp_path)
    assert "may not be read or written" in refused.message
    assert "cannot be read or written" in reader.explained(OSError(5, "I/O error"), tmp_path).message


def test_damage_in_the_middle_names_the_row(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "BLOCK_BYTES", 64)
    source = opened(path, b"a,b\n1,2\n" + b'"never closed' + b"x" * 500)
    with pytest.raises(InputError, match="damaged after row"):
        all_rows(source)
