"""Adaptation routes: what is done differently with its measured gain, and a manager who wants it undone."""

from __future__ import annotations

from datetime import timedelta

from fastapi.testclient import TestClient

from maestro.engine.adaptation.adaptation import Adaptation, AdaptationState, Knob

from .conftest import NOON, SignInAs, SmallSystem

ADAPTATIONS = "/api/v1/adaptations"


def test_adaptations_are_listed_and_reverted(
    client: TestClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    headers = signed_in_as("manager")
    chunks = Adaptation("one", "local", "nightly", "forecast", Knob.CHUNK_SIZE, 10, 40, NOON)
    place = Adaptation(
        "two",
        "local",
        "nightly",
        "quote",
        Knob.WHERE,
        "here",
        "worker",
        NOON + timedelta(hours=1),
        state=AdaptationState.KEPT,
        gain=0.25,
    )
    system.adaptation.store.save([chunks, place], "local")
    first = client.get(f"{ADAPTATIONS}?limit=1", headers=headers).json()
    rest = client.get(f"{ADAPTATIONS}?limit=1&cursor={first['next_cursor']}", headers=headers).json()
    assert [(each["id"], each["state"]) for each in first["items"] + rest["items"]] == [
        ("two", "kept"),
        ("one", "trial"),
    ]
    assert (first["items"][0]["gain"], first["items"][0]["after"]) == (0.25, "worker")
    assert (rest["items"][0]["before"], rest["items"][0]["after"]) == (10, 40)
    assert (first["total"], rest["next_cursor"]) == (2, None)
    reverted = client.post(f"{ADAPTATIONS}/two/revert", headers=headers).json()
    assert (reverted["state"], reverted["by"]) == ("reverted", "manager@example.com")
    assert client.post(f"{ADAPTATIONS}/two/revert", headers=headers).status_code == 409
    assert client.post(f"{ADAPTATIONS}/three/revert", headers=headers).status_code == 404
    assert system.audit.list().items[0].action == "adaptation.reverted"
    assert client.post(f"{ADAPTATIONS}/one/revert", headers=signed_in_as("viewer")).status_code == 403
