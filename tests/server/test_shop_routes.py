"""Shop routes: stock, products, orders, settings, time and the overview."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from maestro.agents.track_record import Level
from maestro.clock import VirtualClock
from maestro.packs.retail.entities import Shop
from maestro.packs.retail.simulation_record import WorthRow
from maestro.server.app import create_app

from .conftest import BASE, NOON, ON_HAND, PRODUCTS, OpenSystem, SignInAs, SmallSystem


def get(client: TestClient, path: str, headers: dict[str, str], **query: Any) -> Any:
    answer = client.get(f"/api/v1{path}", headers=headers, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_stock_is_filtered_sorted_and_paged(client: TestClient, signed_in_as: SignInAs) -> None:
    headers = signed_in_as("viewer")
    first = get(client, "/stock", headers, limit=7, sort="-sku")
    assert first["total"] == 2 * PRODUCTS
    assert first["items"][0]["sku"] == f"SKU-{PRODUCTS}"
    rest = get(client, "/stock", headers, limit=7, sort="-sku", cursor=first["next_cursor"])
    assert len(rest["items"]) == 2 * PRODUCTS - 7
    assert rest["next_cursor"] is None
    one = get(client, "/stock", headers, q="차 1", location=1)["items"]
    assert one[0]["name"] == {"en": "Tea 1", "ko": "차 1"}
    assert one[0]["available"] == one[0]["on_hand"] == ON_HAND
    assert one[0]["days_of_cover"] == 50.0
    assert get(client, "/stock", headers, health="out")["total"] == 0


@pytest.mark.parametrize(
    "query", [{"sort": "colour"}, {"cursor": "9" * 40}, {"cursor": "x"}, {"health": "sick"}]
)
def test_a_stock_list_that_cannot_be_is_refused(
    client: TestClient, signed_in_as: SignInAs, query: dict[str, str]
) -> None:
    answer = client.get("/api/v1/stock", headers=signed_in_as("viewer"), params=query)
    assert answer.status_code == 422


def test_an_adjustment_moves_stock_and_is_audited(
    client: TestClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    headers = signed_in_as("manager")
    body = {"product_id": 2, "location_id": 2, "quantity": -8, "reason": "broken"}
    row = client.post("/api/v1/stock/adjust", headers=headers, json=body).json()
    assert (row["on_hand"], row["location"]["code"]) == (42, "BUSAN")
    too_much = client.post("/api/v1/stock/adjust", headers=headers, json=body | {"quantity": -43})
    assert too_much.status_code == 409
    unknown = client.post(
        "/api/v1/stock/adjust", headers=headers, json=body | {"product_id": 99, "quantity": 1}
    )
    assert unknown.status_code == 404
    assert system.audit.list().items[0].action == "stock.adjusted"


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_parallel_sales_never_sell_what_is_not_there(
    open_system: OpenSystem, store: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if store == "postgresql" else ""
    system = open_system(url)
    api = create_app(system)
    client = TestClient(api, base_url=BASE)
    desk = api.state.authentication
    owner = desk.accounts.first_owner("en")
    signed = desk.sign_in_with_link(desk.sessions.new_link(owner.id))
    headers = {"Authorization": f"Bearer {signed.access_token}"}
    sale = {"product_id": 3, "location_id": 1, "quantity": 1}

    def sell(number: int) -> int:
        key = {"Idempotency-Key": f"order-{number}"}
        return client.post("/api/v1/stock/sell", headers=headers | key, json=sale).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(sell, range(60)))
    assert answers.count(200) == ON_HAND
    assert answers.count(409) == 60 - ON_HAND
    assert get(client, "/stock", headers, q="SKU-3", location=1)["items"][0]["on_hand"] == 0


def test_a_product_page_tells_everything_about_it(
    client: TestClient, signed_in_as: SignInAs, open_system: OpenSystem, system: SmallSystem
) -> None:
    headers = signed_in_as("manager")
    system.loop.run_cycle(NOON)
    waiting = system.decisions.list().items[0]
    number = int(waiting.subject.id[4])
    client.post(f"/api/v1/decisions/{waiting.id}/approve", headers=headers)
    page = get(client, f"/products/{number}", headers)
    assert page["product"]["sku"] == f"SKU-{number}"
    assert [row["location"]["code"] for row in page["locations"]] == ["SEOUL", "BUSAN"]
    assert page["decisions"][0]["id"] == waiting.id
    assert page["orders"][0]["decision_ids"] == [waiting.id]
    assert page["movements"][0]["kind"] == "opening"
    assert page["forecast"]["version"] == "f1"
    assert len(page["forecast"]["items"]) == 3
    sold = get(client, "/products/3", headers)["history"]
    assert len(sold) == 30
    assert sold[-1] == {
        "date": "2026-03-01",
        "sold": 3,
        "stock_end": None,
        "in_stock": True,
        "price": 5.0,
    }
    assert get(client, "/products/6", headers)["history"][0]["sold"] == 0
    assert client.get("/api/v1/products/99", headers=headers).status_code == 404


def test_an_order_is_received_or_cancelled(
    open_system: OpenSystem, client: TestClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    headers = signed_in_as("manager")
    system.loop.run_cycle(NOON)
    for summary in system.decisions.list(limit=2).items:
        client.post(f"/api/v1/decisions/{summary.id}/approve", headers=headers)
    second, first = get(client, "/orders", headers, status="sent", supplier=1)["items"]
    partly = {"quantities": {str(first["lines"][0]["product_id"]): 4}}
    assert (
        client.post(f"/api/v1/orders/{first['id']}/receive", headers=headers, json=partly).json()["lines"][0][
            "received"
        ]
        == 4
    )
    received = client.post(f"/api/v1/orders/{first['id']}/receive", headers=headers).json()
    assert received["status"] == "received"
    cancelled = client.post(f"/api/v1/orders/{second['id']}/cancel", headers=headers).json()
    assert cancelled["status"] == "cancelled"
    again = client.post(f"/api/v1/orders/{first['id']}/cancel", headers=headers)
    assert again.status_code == 409
    assert client.post("/api/v1/orders/99/cancel", headers=headers).status_code == 404


def test_choices_are_changed_as_a_whole_or_not_at_all(
    client: TestClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    headers = signed_in_as("manager")
    before = get(client, "/settings", headers)
    assert before["replenishment"]["review_days"] == 7
    assert before["clock"] == {"mode": "accelerated", "seconds_per_day": 2.0}
    change = {"shop": {"name": "Leaf", "language": "ko"}, "replenishment": {"order_cost": 3.5}}
    after = client.patch("/api/v1/settings", headers=headers, json=change).json()
    assert after["shop"] == {"name": "Leaf", "currency": "GBP", "language": "ko"}
    assert after["replenishment"]["order_cost"] == 3.5
    for wrong in (
        {"shop": {"name": "X"}, "replenishment": {"holding_cost_pct_week": 99}},
        {"replenishment": {"colour": 1}},
        {"shop": {"currency": "pounds"}},
    ):
        assert client.patch("/api/v1/settings", headers=headers, json=wrong).status_code == 422
    assert get(client, "/settings", headers) == after
    assert system.audit.list().items[0].action == "settings.changed"


def test_a_simulated_shops_time_can_be_paused_and_sped_up(client: TestClient, signed_in_as: SignInAs) -> None:
    headers = signed_in_as("manager")
    assert get(client, "/clock", headers)["paused"] is True
    change = {"paused": False, "seconds_per_day": 1.0}
    after = client.post("/api/v1/clock", headers=headers, json=change).json()
    assert after["paused"] is False
    assert after["seconds_per_day"] == 1.0
    assert client.post("/api/v1/clock", headers=headers, json={"seconds_per_day": 0}).status_code == 422


def test_a_real_shops_time_cannot_be_changed(
    client: TestClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    headers = signed_in_as("manager")
    system.clock = VirtualClock(NOON)  # type: ignore[assignment]  # any clock but an accelerated one
    assert get(client, "/clock", headers)["mode"] == "real"
    assert client.post("/api/v1/clock", headers=headers, json={"paused": True}).status_code == 403


def test_the_audit_log_is_read_and_verified(
    client: TestClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    headers = signed_in_as("manager")
    client.post("/api/v1/clock", headers=headers, json={"paused": True})
    client.post("/api/v1/clock", headers=headers, json={"paused": False})
    page = get(client, "/audit", headers, limit=1)
    assert page["items"][0]["actor"] == "person:manager@example.com"
    assert get(client, "/audit", headers, cursor=page["next_cursor"])["items"]
    assert get(client, "/audit", headers, subject="clock")["total"] == 2
    assert get(client, "/audit/verify", headers) == {"ok": True, "rows": page["total"], "first_broken": None}


def test_the_overview_adds_everything_up(
    client: TestClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    headers = signed_in_as("manager")
    system.loop.run_cycle(NOON)
    with system.database.session() as session:
        for ahead in range(28):
            day = NOON.date() + timedelta(days=ahead)
            session.add(
                WorthRow(
                    day=day,
                    with_agents=110.0 + ahead % 7 + ahead // 7,
                    without_agents=100.0,
                    wanted=50,
                    sold=48,
                    sold_without=45,
                )
            )
    page = get(client, "/overview", headers)
    assert page["shop"]["name"] == "Tea House"
    worth = page["worth"]
    assert worth["weeks"] == 4
    assert worth["gain"]["mean"] == 28 * 13 + 7 * (0 + 1 + 2 + 3)
    assert worth["gain"]["low"] < worth["gain"]["mean"] < worth["gain"]["high"]
    assert worth["confidence"]["en"] == "Better than without agents in 4 of 4 weeks."
    assert worth["series"][-1]["without_agents"] == 2800.0
    assert page["stock"]["fill_rate"] == 0.96
    assert page["stock"]["products"] == PRODUCTS
    assert sum(page["stock"][word] for word in ("healthy", "low", "out", "overstock")) == 2 * PRODUCTS
    assert page["agents"][0]["waiting"] == PRODUCTS
    assert page["did"]["executed"] == 0
    client.post(f"/api/v1/decisions/{page['recent'][0]['id']}/approve", headers=headers)
    after = get(client, "/overview", headers)
    assert after["did"]["approved_by_person"] == 1, "an event makes the page anew"
    assert after["did"]["by_day"] == [{"date": "2026-03-02", "count": 1}]


def test_in_live_use_the_worth_comes_from_measured_decisions(open_system: OpenSystem) -> None:
    system = open_system(level=Level.FULL)
    with system.database.session() as session:
        session.get_one(Shop, 1).simulated = False
    system.loop.run_cycle(NOON)
    system.loop.run_cycle(NOON + timedelta(days=8))
    api = create_app(system)
    client = TestClient(api, base_url=BASE)
    desk = api.state.authentication
    owner = desk.accounts.first_owner("en")
    signed = desk.sign_in_with_link(desk.sessions.new_link(owner.id))
    page = get(client, "/overview", {"Authorization": f"Bearer {signed.access_token}"})
    assert page["worth"]["method"] == "holdout"
    assert page["worth"]["gain"]["mean"] == pytest.approx(9.5 * PRODUCTS)
    assert page["worth"]["gain"]["low"] is None
    assert "Too early" in page["worth"]["confidence"]["en"]
    assert page["worth"]["decisions_measured"] == PRODUCTS
    assert page["agents"][0]["coverage"] == 1.0
    assert page["did"]["executed"] == 2 * PRODUCTS


def test_before_there_is_a_shop_the_overview_says_so(
    client: TestClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    with system.database.session() as session:
        session.delete(session.get_one(Shop, 1))
    for path in ("overview", "settings"):
        answer = client.get(f"/api/v1/{path}", headers=signed_in_as("viewer"))
        assert answer.status_code == 404
        assert "maestro run" in answer.json()["remedy"]
