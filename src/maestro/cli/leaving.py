"""Leaving: ends this process soon after its work was handed over, though a step's thread may still sleep."""

from __future__ import annotations

import os
import sys
import threading

GRACE_S = 2.0
"""Seconds in which the process may end by itself: open connections and workers' processes are then closed."""


def end_soon() -> None:
    """End this process within two seconds; call it when everything is recorded and handed over.

    Python waits for every thread before it ends. A step's thread cannot be stopped and may sleep for hours.
    Its run goes on elsewhere by then and nobody would accept its record: there is nothing to wait for.
    """
    ending = threading.Timer(GRACE_S, _end)
    ending.daemon = True
    ending.start()


def _end() -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
