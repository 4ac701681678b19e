"""The OpenAPI document: committed as it is, and kept by every answer to any request that it allows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from maestro.server.app import build_api, create_app
from maestro.server.openapi import openapi_text, write_openapi

from .conftest import NOON, headers_of, served, small_system

COMMITTED = Path(__file__).parents[2] / "web" / "openapi.json"


def test_the_committed_document_is_the_present_one(tmp_path: Path) -> None:
    write_openapi(tmp_path / "openapi.json")
    assert (tmp_path / "openapi.json").read_text("utf-8") == openapi_text()
    assert COMMITTED.read_text("utf-8") == openapi_text(), (
        "run: python -m maestro.server.openapi web/openapi.json"
    )


def test_the_server_hands_out_the_document(client: TestClient) -> None:
    document = client.get("/api/v1/openapi.json").json()
    assert document["info"]["title"] == "Maestro"
    assert "/api/v1/overview" in document["paths"]


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [
        operation["operationId"]
        for path in build_api().openapi()["paths"].values()
        for operation in path.values()
    ]
    assert len(names) == len(set(names))


schema: Any = schemathesis.openapi.from_dict(build_api().openapi())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """The address of a real server that has something to show, and the headers of an owner."""
    system = small_system(tmp_path_factory.mktemp("server"))
    system.loop.run_cycle(NOON)
    api = create_app(system)
    with served(api) as address:
        yield address, headers_of(api, "owner")
    system.memory.monitor.trace(False)
    system.adaptation.close()
    system.engine.records.close()
    system.database.close()


@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
@schema.parametrize()  # type: ignore[untyped-decorator]  # schemathesis ships no types for it
def test_no_request_breaks_the_server_and_every_answer_has_its_shape(
    case: Any, server: tuple[str, dict[str, str]]
) -> None:
    address, headers = server
    response = case.call(base_url=address, headers=headers)
    if response.status_code == 503:
        assert "engine" in response.json()["detail"], "the engine is not launched here"
        return
    case.validate_response(response, checks=[not_a_server_error, response_schema_conformance])
