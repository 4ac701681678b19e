"""Secret: a sensitive value that is shown nowhere and wiped from memory when it is released."""

from __future__ import annotations

import ctypes
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import NoReturn, Self

from maestro.errors import ConflictError, PermanentError


class Secret:
    """Holds bytes that are overwritten with zeros when the secret is released, or dropped.

    It is never part of a text, a log line, a pickle or a copy. What it cannot do: reach copies that were
    made before (the text it was made from, what a library made of the revealed bytes) or pages that the
    system has swapped out.

    Args:
        value: the sensitive value. A bytearray is taken over and wiped at once; text and bytes cannot be
            wiped by anybody, so read keys into a bytearray where you can.

    Example:
        with Secret(read_key()) as key, key.revealed() as raw:
            sign(message, raw)
    """

    __slots__ = ("_data", "_released")

    def __init__(self, value: bytearray | bytes | str) -> None:
        self._data = bytearray(value.encode() if isinstance(value, str) else value)
        self._released = False
        if isinstance(value, bytearray):
            wipe(value)

    @contextmanager
    def revealed(self) -> Iterator[memoryview]:
        """The value as read-only bytes, for the length of a `with` block.

        Raises:
            ConflictError: it was released.
        """
        if self._released:
            raise ConflictError("The secret was released.", remedy="Read it again where it is kept.")
        view = memoryview(self._data).toreadonly()
        try:
            yield view
        finally:
            view.release()

    def release(self) -> None:
        """Overwrite the value with zeros; a second time changes nothing."""
        wipe(self._data)
        self._released = True

    def matches(self, other: bytes | bytearray | str) -> bool:
        """Whether it equals another value, in a time that does not tell where they differ."""
        given = other.encode() if isinstance(other, str) else other
        with self.revealed() as mine:
            return hmac.compare_digest(mine, given)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def __del__(self) -> None:
        if hasattr(self, "_data"):
            self.release()

    def __repr__(self) -> str:
        return "Secret(***)"

    def __reduce__(self) -> NoReturn:
        raise PermanentError("A secret is neither copied nor stored.", remedy="Hand on the secret itself.")


def wipe(data: bytearray) -> None:
    """Overwrite with zeros in place, where the bytes are, by the C library."""
    if data:
        ctypes.memset((ctypes.c_char * len(data)).from_buffer(data), 0, len(data))
