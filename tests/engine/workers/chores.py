"""Chores: functions that workers do in these tests, in a module that other processes can import."""

from __future__ import annotations

import asyncio
import os
import sys
import time

from maestro.engine import current_step
from maestro.errors import InputError


def append(path: str, text: str, seconds: float = 0.0) -> str:
    """Leave a trace, then take a while."""
    with open(path, "a", encoding="utf-8") as log:
        log.write(text)
    time.sleep(seconds)
    return text


def fail(words: str) -> None:
    """Be asked for something wrong."""
    raise InputError(words, remedy="mend it")


async def double(number: int) -> int:
    """An async function."""
    await asyncio.sleep(0)
    return 2 * number


def process_id() -> int:
    """Where this is done."""
    return os.getpid()


def knows(module: str) -> bool:
    """Whether a module was imported here."""
    return module in sys.modules


def die() -> None:
    """Take the worker down."""
    os.kill(os.getpid(), 9)


class StubbornError(Exception):
    """An error that pickles and yet cannot be read back."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} and {other}")

    def __reduce__(self) -> tuple[type[int], tuple[str]]:
        return int, ("no number",)


def be_stubborn() -> None:
    """Raise what cannot travel."""
    raise StubbornError("salt", "pepper")


def my_key(log: str) -> str:
    """The idempotency key of the step that is worked here."""
    append(log, ".")
    return current_step().key


def my_slow_key(log: str) -> str:
    """The same, after a while."""
    append(log, ".", 0.5)
    return current_step().key
