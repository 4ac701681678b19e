"""Room: how much memory this process holds, and how much it could hold in all on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil

_UNLIMITED = 1 << 60
"""A control group without a limit tells a number near 2**63."""


def held_bytes() -> int:
    """Resident memory of this process."""
    return int(psutil.Process().memory_info().rss)


def free_bytes(groups: Path = Path("/sys/fs/cgroup"), membership: Path = Path("/proc/self/cgroup")) -> int:
    """What this process could still take: the least of what the machine and its control groups have left.

    A group's file cache counts as free, because the kernel drops it first (Linux kernel documentation,
    admin-guide/cgroup-v2, "memory.stat": inactive_file).

    Args:
        groups: where control groups are mounted; versions 1 and 2 are understood.
        membership: file that names the groups of this process.
    """
    left = [int(psutil.virtual_memory().available)]
    for folder, names in _folders(groups, membership):
        limit, used = (_number(folder / name) for name in names)
        if limit is not None and used is not None and limit < _UNLIMITED:
            left.append(max(0, limit - used + _reclaimable(folder / "memory.stat")))
    return min(left)


def limit_bytes(held: int, free: int, cap: int = 0) -> int:
    """What this process could hold in all: what it holds and what is left, or the cap where that is less.

    Args:
        held: bytes that it holds.
        free: bytes that it could still take.
        cap: bytes that it was told to stay within; 0 for none.
    """
    whole = held + free
    return min(whole, cap) if cap else whole


_V2 = ("memory.max", "memory.current")
_V1 = ("memory.limit_in_bytes", "memory.usage_in_bytes")


def _folders(groups: Path, membership: Path) -> Iterator[tuple[Path, tuple[str, str]]]:
    """The memory groups of this process, each with those above it."""
    try:
        lines = membership.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers:
            yield from ((folder, _V2) for folder in _upwards(groups, path))
        elif "memory" in controllers.split(","):
            yield from ((folder, _V1) for folder in _upwards(groups / "memory", path))


def _upwards(root: Path, path: str) -> Iterator[Path]:
    folder = root / path.strip("/")
    while folder != root and root in folder.parents:
        yield folder
        folder = folder.parent
    yield root


def _number(file: Path) -> int | None:
    try:
        return int(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _reclaimable(file: Path) -> int:
    try:
        rows = dict(line.split(" ", 1) for line in file.read_text(encoding="utf-8").splitlines())
    except (OSError, ValueError):
        return 0
    return int(rows.get("total_inactive_file", rows.get("inactive_file", 0)))
