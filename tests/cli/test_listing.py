"""Listing: ids are whole at every width; other columns fold, or leave and are named."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from maestro.cli.listing import Column, open_console, print_rows

ID = "task-54433d9b7c7e4f57a3c60a1b2c3d4e5f"
COLUMNS = (
    Column("Id"),
    Column("Status"),
    Column("Started", leaves=1),
    Column("Executor", leaves=2),
    Column("Problem", least=10),
)
ROW = (ID, "failed", "2026-11-20 15:00:00", "vm-1234-abcdef01", "the door is shut [again], says ['who']")


def printed(width: int, *rows: tuple[str, ...], terminal: bool = True) -> list[str]:
    out = io.StringIO()
    print_rows(Console(file=out, width=width, force_terminal=terminal, color_system=None), COLUMNS, rows)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_what_fits_stands_in_one_line_as_it_is() -> None:
    lines = printed(200, ROW)
    assert lines[0].split() == ["Id", "Status", "Started", "Executor", "Problem"]
    assert lines[1].startswith(ID)
    assert lines[1].endswith(ROW[-1]), "brackets are no markup"
    assert len(lines) == 2


def test_the_problem_goes_on_in_the_next_line_before_a_column_leaves() -> None:
    lines = printed(100, ROW)
    assert ID in lines[1]
    assert "2026-11-20 15:00:00" in lines[1]
    assert len(lines) > 2


@pytest.mark.parametrize(("width", "left_out"), [(90, "Executor"), (62, "Executor, Started")])
def test_columns_leave_where_the_screen_is_narrow_and_are_named(width: int, left_out: str) -> None:
    lines = printed(width, ROW)
    assert lines[1].startswith(f"{ID}  failed")
    assert sorted(lines[-1].removesuffix(".").split(": ")[1].split(", ")) == sorted(left_out.split(", "))


def test_an_id_wider_than_the_screen_goes_on_in_the_next_line_and_loses_no_letter() -> None:
    lines = printed(30, ROW)
    column = lines[1].index("failed")
    assert ID in "".join(line[:column].strip() for line in lines[1:])


def test_where_there_is_no_screen_nothing_is_narrow(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(open_console(), COLUMNS, [(ID * 5, *ROW[1:])])
    assert f"{ID * 5}  failed" in capsys.readouterr().out
