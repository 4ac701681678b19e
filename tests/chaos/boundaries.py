"""Boundaries: counts the commits that change what is known of runs, and acts before or after one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine as SqlEngine
from sqlalchemy import event
from sqlalchemy.engine.default import DefaultDialect

Act = Callable[[int, str, Any], None]
"""Told the number of the commit, `before` or `after`, and the connection; may raise or never come back."""

ENDS = ("SUCCESS", "ERROR")
"""What DBOS writes, or makes sure that it is not, when a run ends, is cancelled or is given to a queue."""


class Boundaries:
    """Watches the commits of this process: runs submitted, ended, stopped, queued (DBOS), and ours.

    Args:
        act: what to do at each.
    """

    def __init__(self, act: Act) -> None:
        self.count = 0
        self._act = act
        self._commit: Callable[..., Any] = DefaultDialect.do_commit
        event.listen(SqlEngine, "before_cursor_execute", self._mark)

        def watched(dialect: Any, connection: Any) -> None:
            if not connection.info.pop("boundary", False):
                self._commit(dialect, connection)
                return
            self.count += 1
            number = self.count
            self._act(number, "before", connection)
            self._commit(dialect, connection)
            self._act(number, "after", connection)

        DefaultDialect.do_commit = watched  # type: ignore[method-assign]

    def close(self) -> None:
        """Watch no longer."""
        event.remove(SqlEngine, "before_cursor_execute", self._mark)
        DefaultDialect.do_commit = self._commit  # type: ignore[method-assign]

    def _mark(self, connection: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        words = statement.lstrip().replace("main.", "")
        ours = words.startswith(("INSERT INTO engine_", "UPDATE engine_"))
        submitted = words.startswith("INSERT INTO workflow_status")
        ended = words.startswith("UPDATE workflow_status") and any(word in str(given) for word in ENDS)
        if ours or submitted or ended:
            connection.connection.info["boundary"] = True
