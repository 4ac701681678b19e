"""Room: what a process could hold, from control groups of both versions and the machine."""

from pathlib import Path

import psutil
import pytest

from maestro.engine.memory import room


def group(folder: Path, files: dict[str, object]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(f"{content}\n", encoding="utf-8")


def member(tmp_path: Path, line: str) -> Path:
    file = tmp_path / "membership"
    file.write_text(f"{line}\n", encoding="utf-8")
    return file


def test_a_group_of_version_2_bounds_what_is_free(tmp_path: Path) -> None:
    group(
        tmp_path / "app.slice" / "maestro",
        {
            "memory.max": 1000,
            "memory.current": 700,
            "memory.stat": "anon 500\ninactive_file 50\ninactive_anon 3",
        },
    )
    assert room.free_bytes(tmp_path, member(tmp_path, "0::/app.slice/maestro")) == 350


def test_the_tightest_group_above_counts(tmp_path: Path) -> None:
    group(tmp_path / "outer", {"memory.max": 600, "memory.current": 500})
    group(tmp_path / "outer" / "inner", {"memory.max": "max", "memory.current": 400})
    assert room.free_bytes(tmp_path, member(tmp_path, "0::/outer/inner")) == 100


def test_a_group_of_version_1_bounds_what_is_free(tmp_path: Path) -> None:
    group(
        tmp_path / "memory" / "box",
        {
            "memory.limit_in_bytes": 2000,
            "memory.usage_in_bytes": 1500,
            "memory.stat": "inactive_file 1\ntotal_inactive_file 200",
        },
    )
    assert room.free_bytes(tmp_path, member(tmp_path, "4:cpu,memory:/box")) == 700


def test_an_exceeded_group_has_nothing_left(tmp_path: Path) -> None:
    group(tmp_path, {"memory.max": 100, "memory.current": 130})
    assert room.free_bytes(tmp_path, member(tmp_path, "0::/")) == 0


@pytest.mark.parametrize("stat", ["nonsense", "inactive_file 10"])
def test_a_group_without_a_limit_leaves_it_to_the_machine(
    tmp_path: Path, stat: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: type("Machine", (), {"available": 4242}))
    group(
        tmp_path / "memory",
        {"memory.limit_in_bytes": 2**63 - 4096, "memory.usage_in_bytes": 5, "memory.stat": stat},
    )
    assert room.free_bytes(tmp_path, member(tmp_path, "4:memory:/")) == 4242
    assert room.free_bytes(tmp_path, tmp_path / "no such file") == 4242


def test_statistics_that_cannot_be_read_count_as_nothing(tmp_path: Path) -> None:
    group(tmp_path, {"memory.max": 100, "memory.current": 30, "memory.stat": "nonsense"})
    assert room.free_bytes(tmp_path, member(tmp_path, "0::/")) == 70


def test_this_process_holds_something_and_has_something_left() -> None:
    assert room.held_bytes() > 1_000_000
    assert room.free_bytes() > 0


def test_the_limit_is_what_is_held_and_what_is_left_or_the_cap() -> None:
    assert room.limit_bytes(300, 700) == 1000
    assert room.limit_bytes(300, 700, cap=500) == 500
    assert room.limit_bytes(300, 700, cap=5000) == 1000
