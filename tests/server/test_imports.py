"""Import routes: a sales file over HTTP, once, all or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from maestro.packs.retail.entities import Shop

from .conftest import SignInAs, SmallSystem

URL = "/api/v1/imports"
ROWS = (
    "invoice,sku,name,quantity,date,price,customer\n"
    "A1,NEW-1,New tea,3,2026-02-01 10:00,4.50,C1\n"
    "A2,NEW-1,New tea,2,2026-02-02 10:00,4.50,C2\n"
    "A3,NEW-2,Cup,0,2026-02-02 10:00,4.50,C2\n"
)


@pytest.fixture(autouse=True)
def own_shop(system: SmallSystem) -> None:
    """A shop that is not simulated: real sales would mix with invented ones."""
    with system.database.session() as session:
        session.get_one(Shop, 1).simulated = False


def send(client: TestClient, headers: dict[str, str], text: str, **fields: Any) -> Any:
    file = {"file": ("../../sales 2026.csv", text.encode(), "text/csv")}
    return client.post(URL, headers=headers, files=file, data=fields)


def test_every_row_of_a_file_is_accounted_for(
    client: TestClient, signed_in_as: SignInAs, system: SmallSystem, tmp_path: Path
) -> None:
    headers = signed_in_as("manager")
    heard: list[str] = []
    system.events.subscribe(lambda kind, _: heard.append(kind))
    answer = send(client, headers, ROWS, location="SEOUL")
    assert answer.status_code == 200, answer.text
    summary = answer.json()["summary"]
    assert (summary["rows"], summary["imported"], summary["quarantined"]) == (3, 2, 1)
    assert summary["file_name"] == "sales_2026.csv"
    assert {"import", "stock"} <= set(heard)
    assert list((tmp_path / "uploads").iterdir()) == [], "the copy is removed"
    again = send(client, headers, ROWS, location="SEOUL").json()["summary"]
    assert again["already_imported"] is True
    listed = client.get(URL, headers=headers).json()
    assert listed["total"] == 1
    assert listed["items"][0]["imported_at"] == "2026-03-02T12:00:00Z"
    assert system.audit.list().items[0].action == "sales.imported"


def test_a_file_of_no_use_changes_nothing(client: TestClient, signed_in_as: SignInAs) -> None:
    headers = signed_in_as("manager")
    for text, fields in (("", {}), ("a,b\n1,2\n", {}), (ROWS, {"columns": ["sku"]})):
        answer = send(client, headers, text, **fields)
        assert answer.status_code == 422
        assert answer.json()["remedy"]
    assert client.get(URL, headers=headers).json()["total"] == 0


def test_imports_come_in_pages(client: TestClient, signed_in_as: SignInAs) -> None:
    headers = signed_in_as("manager")
    for number in range(3):
        sent = send(client, headers, ROWS.replace("A", f"B{number}"), location="SEOUL")
        assert sent.status_code == 200, sent.text
    first = client.get(URL, headers=headers, params={"limit": 2}).json()
    rest = client.get(URL, headers=headers, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [row["import_id"] for row in first["items"] + rest["items"]] == [3, 2, 1]
    assert rest["next_cursor"] is None
