"""Far end of a process worker: takes pickled tasks from a socket, does them one by one, sends back what came.

It is started by its path and imports nothing of Maestro by itself, so that a killed worker is replaced in a
tenth of a second; it is told what to import while it waits for its first task. Parent and child are one
program of one user: pickle crosses no border of trust here.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import os
import pickle
import queue
import socket
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any

import cloudpickle

LENGTH = struct.Struct(">Q")


def call(function: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    """Call a plain or an async function to its end, in a thread without a running event loop.

    Raises:
        RuntimeError: the function tried to end the process or leaked a StopIteration, beside what it raises.
    """
    try:
        if inspect.iscoroutinefunction(function):
            return asyncio.run(function(**arguments))
        return function(**arguments)
    except (SystemExit, KeyboardInterrupt, StopIteration) as error:
        raise RuntimeError(f"{type(error).__name__}: {error}") from error


def perform(payload: bytes, unknown: Callable[[Exception], Exception] = lambda error: error) -> bytes:
    """Do a pickled (function, arguments); gives back a pickled (succeeded, value or error, seconds).

    Args:
        payload: the function and its arguments.
        unknown: the error to be given back in place of that of a function which cannot be imported here.
    """
    began = time.perf_counter()
    try:
        try:
            function, arguments = pickle.loads(payload)  # noqa: S301 - from the program itself
        except (ImportError, AttributeError) as error:
            told = unknown(error)
            if told is error:
                raise
            raise told from error
        began = time.perf_counter()
        value = call(function, arguments)
        return bytes(cloudpickle.dumps((True, value, time.perf_counter() - began)))
    except Exception as error:
        return _failure(error, time.perf_counter() - began)


def _failure(error: Exception, seconds: float) -> bytes:
    error.add_note("".join(traceback.format_exception(error)).rstrip())
    try:
        packed = bytes(cloudpickle.dumps((False, error, seconds)))
        pickle.loads(packed)  # noqa: S301 - an error may pickle well and yet not come back
    except Exception:
        plain = RuntimeError(f"{type(error).__name__}: {error}")
        packed = pickle.dumps((False, plain, seconds))
    return packed


def _receive(connection: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        part = connection.recv(min(size - len(parts), 1 << 20))
        if not part:
            os._exit(0)  # the program is gone: a task without anybody to hear of it must not go on
        parts += part
    return bytes(parts)


def _listen(connection: socket.socket, tasks: queue.SimpleQueue[bytes]) -> None:
    while True:
        (size,) = LENGTH.unpack(_receive(connection, LENGTH.size))
        tasks.put(_receive(connection, size))


def main(descriptor: int) -> None:
    """Serve tasks from the inherited socket until its other end closes."""
    connection = socket.socket(fileno=descriptor)
    (size,) = LENGTH.unpack(_receive(connection, LENGTH.size))
    sys.path[:], modules = pickle.loads(_receive(connection, size))  # noqa: S301 - from the program itself
    tasks: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(connection, tasks), daemon=True).start()
    for module in modules:
        importlib.import_module(module)
    while True:
        answer = perform(tasks.get())
        connection.sendall(LENGTH.pack(len(answer)) + answer)


if __name__ == "__main__":
    main(int(sys.argv[1]))
