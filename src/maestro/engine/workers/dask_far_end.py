"""Far end of a Dask worker: does a packed task there and says who did it. Imported there, so it is light."""

from __future__ import annotations

from distributed import get_worker

from maestro.engine.workers.far_end import perform
from maestro.errors import TemporaryError

MODULES = ("maestro.engine.workers.dask_far_end", "maestro.engine.calling")
"""What a Dask worker imports before its first task."""


def perform_there(payload: bytes) -> tuple[str, bytes]:
    """The name of the Dask worker on which this runs, and what the packed task gave."""
    name = str(get_worker().name)

    def unknown(error: Exception) -> Exception:
        module = getattr(error, "name", None) or "its module"
        return TemporaryError(
            f"Worker {name} cannot import the step: {error}.",
            remedy=f"Start `maestro worker` in the folder that holds {module}, or with PYTHONPATH naming it.",
        )

    return name, perform(payload, unknown)
