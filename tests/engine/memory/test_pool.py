"""Memory pool: borrowed arrays and buffers are used again, within a bound, by any thread."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.engine.memory import MemoryPool
from maestro.engine.memory.pool import SMALLEST, size_class
from maestro.errors import InputError


def test_a_block_that_came_back_is_lent_again() -> None:
    pool = MemoryPool("forecast", limit_bytes=1_000_000)
    with pool.array((100, 28)) as first:
        first[:] = 7.0
        place = first.ctypes.data
        assert pool.stats().lent_bytes == size_class(100 * 28 * 8)
    with pool.array((28, 100), np.float64) as second:
        assert second.ctypes.data == place
        assert second.shape == (28, 100)
        assert second.flags.c_contiguous
        assert second.flags.writeable
    stats = pool.stats()
    assert (stats.name, stats.hits, stats.misses, stats.items, stats.lent_bytes) == ("forecast", 1, 1, 1, 0)


def test_two_borrowers_never_share_a_block() -> None:
    pool = MemoryPool("p", limit_bytes=1_000_000)
    with pool.array((10,)) as one, pool.array((10,)) as other:
        one[:], other[:] = 1, 2
        assert one.sum() == 10


def test_a_buffer_is_writable_and_as_long_as_wished() -> None:
    pool = MemoryPool("p", limit_bytes=1_000_000)
    with pool.buffer(5) as buffer:
        buffer[:] = b"hello"
        assert bytes(buffer) == b"hello"


def test_a_block_comes_back_when_its_borrower_fails() -> None:
    pool = MemoryPool("p", limit_bytes=1_000_000)
    with pytest.raises(ZeroDivisionError), pool.array((10,)):
        raise ZeroDivisionError
    assert pool.stats().items == 1


def test_no_more_is_kept_ready_than_the_bound() -> None:
    pool = MemoryPool("p", limit_bytes=3 * SMALLEST)
    with (
        pool.buffer(SMALLEST),
        pool.buffer(SMALLEST),
        pool.buffer(SMALLEST),
        pool.buffer(SMALLEST),
    ):
        pass
    assert pool.stats().bytes == 3 * SMALLEST
    with pool.buffer(100 * SMALLEST):
        pass
    assert pool.stats().bytes == 3 * SMALLEST


def test_the_largest_blocks_are_given_up_first() -> None:
    pool = MemoryPool("p", limit_bytes=1_000_000)
    with pool.buffer(SMALLEST), pool.buffer(100 * SMALLEST):
        pass
    assert pool.trim(0.5) == size_class(100 * SMALLEST)
    assert pool.stats().bytes == SMALLEST
    assert pool.trim(0.0) == SMALLEST
    assert pool.trim(0.0) == 0


def test_objects_are_not_lent() -> None:
    with (
        pytest.raises(InputError, match="no arrays of objects"),
        MemoryPool("p", limit_bytes=1).array((1,), object),
    ):
        pass


def test_a_batch_is_cut_so_that_its_scratch_space_fits() -> None:
    pool = MemoryPool("p", limit_bytes=1000)
    assert list(pool.slices(12, 100)) == [slice(0, 5), slice(5, 10), slice(10, 12)]
    assert list(pool.slices(2, 5000)) == [slice(0, 1), slice(1, 2)]
    assert list(pool.slices(0, 5000)) == []


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 1 << 34))
def test_a_size_class_holds_the_wish_and_wastes_at_most_a_fifth(size: int) -> None:
    found = size_class(size)
    assert found >= max(size, SMALLEST)
    assert size_class(found) == found
    if size > SMALLEST:
        assert found - size <= found / 5


def test_threads_may_borrow_at_once() -> None:
    pool = MemoryPool("p", limit_bytes=10 * SMALLEST)
    wrong: list[int] = []

    def work(number: int) -> None:
        for _ in range(300):
            with pool.array((64,), np.int64) as mine:
                mine[:] = number
                if not (mine == number).all():
                    wrong.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stats = pool.stats()
    assert not wrong
    assert stats.lent_bytes == 0
    assert stats.hits + stats.misses == 1800
    assert stats.misses <= 6
