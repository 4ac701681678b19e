"""OpenAPI document: writes the description of the API from which the dashboard's types are generated.

Run `python -m maestro.server.openapi web/openapi.json` after changing a route.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from maestro.server.app import build_api


def openapi_text() -> str:
    """The OpenAPI 3.1 document of this version, as it is committed."""
    return json.dumps(build_api().openapi(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def write_openapi(path: Path) -> None:
    """Write the document to a file."""
    path.write_text(openapi_text(), encoding="utf-8")


if __name__ == "__main__":
    write_openapi(Path(sys.argv[1]))
