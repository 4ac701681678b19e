"""JSON responses: serialised once by pydantic's Rust core, without validating what our own code has built."""

from __future__ import annotations

from typing import Any

from pydantic_core import to_json
from starlette.responses import Response


class Json(Response):
    """A JSON response of plain dicts, lists, dataclasses and moments; a number that is not finite is null."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return content if isinstance(content, bytes) else to_json(content, inf_nan_mode="null")
