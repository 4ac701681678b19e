"""Secret: shown nowhere, wiped when released or dropped."""

from __future__ import annotations

import copy
import ctypes
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from maestro.engine.memory import Secret
from maestro.engine.memory.secret import wipe
from maestro.errors import ConflictError, PermanentError


def test_it_is_revealed_only_inside_a_block() -> None:
    with Secret("key-17") as secret:
        with secret.revealed() as raw:
            assert bytes(raw) == b"key-17"
            assert raw.readonly
        with pytest.raises(ValueError, match="released"):
            raw[0]


def test_its_memory_is_wiped_when_it_is_released() -> None:
    secret = Secret(b"key-17-and-more")
    with secret.revealed() as raw:
        place = ctypes.addressof(ctypes.c_char.from_buffer(secret._data))
        size = len(raw)
    assert ctypes.string_at(place, size) == b"key-17-and-more"
    secret.release()
    assert ctypes.string_at(place, size) == bytes(size)
    secret.release()
    with pytest.raises(ConflictError, match="released"), secret.revealed():
        pass


def test_it_is_wiped_when_it_is_dropped_and_when_its_block_fails() -> None:
    secret = Secret(b"key-17")
    data = secret._data
    del secret
    assert bytes(data) == bytes(6)
    with pytest.raises(ZeroDivisionError), Secret(b"key-18") as other:
        data = other._data
        raise ZeroDivisionError
    assert bytes(data) == bytes(6)


def test_a_bytearray_is_taken_over_and_wiped() -> None:
    read = bytearray(b"key-17")
    secret = Secret(read)
    assert read == bytearray(6)
    assert secret.matches(b"key-17")


def test_it_is_compared_without_being_shown() -> None:
    secret = Secret("key-17")
    assert secret.matches("key-17")
    assert secret.matches(bytearray(b"key-17"))
    assert not secret.matches(b"key-18")


def test_no_text_shows_it() -> None:
    secret = Secret("key-17")
    assert "key" not in f"{secret} {secret!r} {[secret]}"


@pytest.mark.parametrize("deed", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_is_neither_copied_nor_stored(deed: Callable[[Any], Any]) -> None:
    with pytest.raises(PermanentError, match="neither copied nor stored"):
        deed(Secret("key-17"))


def test_nothing_can_be_wiped_too() -> None:
    data = bytearray()
    wipe(data)
    assert data == b""
