"""Presence: whether another process of this very machine still exists, which no heartbeat need tell."""

from __future__ import annotations

from pathlib import Path

import psutil


def this_machine() -> str:
    """What processes share that can see each other by number: this boot of this machine, and its container.

    Empty where it cannot be known (elsewhere than on Linux); then only heartbeats tell.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        container = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        return ""
    return f"{boot}/{container}"


def has_ended(pid: int) -> bool:
    """Whether no process of this number is left here, or nothing but its exit status.

    A number that was given to another process counts as there: then the heartbeat tells, a little later.
    """
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
