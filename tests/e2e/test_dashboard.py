"""The dashboard in a real browser: every page says what it should, in every theme and language."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

pytestmark = pytest.mark.browser

ROUTES = (
    "/",
    "/decisions",
    "/decisions/:id",
    "/agents",
    "/agents/replenishment",
    "/stock",
    "/stock/1",
    "/workflows",
    "/workflows?tab=definitions",
    "/workflows/:run",
    "/workflows/:run?view=timeline",
    "/workflows/:run/steps/propose?view=timeline",
    "/tasks",
    "/tasks?status=done",
    "/workers",
    "/workers?tab=executors",
    "/incidents",
    "/incidents?tab=breakers",
    "/incidents?tab=playbooks",
    "/memory",
    "/settings",
)
PLACES = (
    "/",
    "/decisions",
    "/agents",
    "/stock",
    "/workflows",
    "/tasks",
    "/workers",
    "/incidents",
    "/memory",
    "/settings",
)
HEADINGS = {"en": ("Decisions", "Agents", "Settings"), "ko": ("결정", "에이전트", "설정")}


def violations(page: Page) -> list[str]:
    found: dict[str, Any] = Axe().run(page).response
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found["violations"] for node in rule["nodes"]]


def choose(page: Page, theme: str, language: str) -> None:
    """Open every later page in this theme and language, as if chosen before."""
    wanted = json.dumps({"theme": theme, "language": language, "tourSeen": True})
    page.add_init_script(f"localStorage.setItem('maestro.preferences', '{wanted}')")


def settle(page: Page) -> None:
    """Wait until the page has a heading and nothing is loading."""
    page.locator("h1").first.wait_for()
    page.locator(".MuiSkeleton-root").first.wait_for(state="detached", timeout=20_000)


def ended_run(api: Any) -> str:
    """A decision cycle that went through all its steps."""
    for _ in range(600):
        runs = api.get("/api/v1/workflows?name=decision-cycle&status=succeeded&limit=1").json()["items"]
        if runs:
            return str(runs[0]["id"])
        time.sleep(0.2)
    raise AssertionError("no run came to its end")


@pytest.fixture(scope="module")
def api(served: Any) -> Any:
    """The API as the owner uses it."""
    client = httpx.Client(base_url=served.base, headers={"Origin": served.base}, timeout=30)
    person = {"email": "owner@localhost", "password": "correct horse battery staple"}
    token = client.post("/api/v1/auth/sign-in", json=person).raise_for_status().json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"
    yield client
    client.close()


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_every_page_is_accessible(page: Page, served: Any, api: Any, theme: str, language: str) -> None:
    newest = api.get("/api/v1/decisions?limit=1").json()["items"][0]["id"]
    run = ended_run(api)
    choose(page, theme, language)
    found = {}
    for route in ROUTES:
        page.goto(served.base + route.replace(":id", newest).replace(":run", run))
        settle(page)
        found[route] = violations(page)
    assert {route: rows for route, rows in found.items() if rows} == {}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_signing_in_is_accessible_and_in_the_persons_language(
    browser: Browser, served: Any, language: str
) -> None:
    context = browser.new_context(locale="ko-KR" if language == "ko" else "en-GB")
    page = context.new_page()
    page.goto(f"{served.base}/decisions")
    expect(page).to_have_url(re.compile(r"/sign-in"))
    settle(page)
    assert page.locator("html").get_attribute("lang") == language
    assert violations(page) == []
    context.close()


def test_a_wrong_password_is_told_in_words(browser: Browser, served: Any) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(f"{served.base}/sign-in")
    page.get_by_label("Email").fill("owner@localhost")
    page.locator("input[name=password]").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/sign-in"))
    context.close()


def test_the_overview_answers_the_three_questions(page: Page, served: Any) -> None:
    page.goto(served.base)
    settle(page)
    for question in ("What did the agents do?", "What was it worth?", "What needs you?"):
        expect(page.get_by_text(question)).to_be_visible()


def test_a_decision_explains_itself(page: Page, served: Any) -> None:
    page.goto(f"{served.base}/decisions")
    settle(page)
    page.get_by_role("link", name=re.compile(r"^Order \d+")).first.click()
    expect(page).to_have_url(re.compile(r"/decisions/d_"))
    for part in ("Why", "What the agent saw", "Limits it had to pass"):
        expect(page.get_by_role("heading", name=part)).to_be_visible()


def fresh_and_waiting(api: Any) -> str:
    """A decision that was proposed lately and waits; the shop's time stands still from then on.

    Otherwise the next review would come, and with it the end of its time, before a slow machine has clicked.
    """
    for _ in range(600):
        items = api.get("/api/v1/decisions?status=waiting&limit=1").json()["items"]
        if items:
            now = datetime.fromisoformat(api.post("/api/v1/clock", json={"paused": True}).json()["now"])
            if now - datetime.fromisoformat(items[0]["created_at"]) < timedelta(days=2):
                return str(items[0]["id"])
            api.post("/api/v1/clock", json={"paused": False}).raise_for_status()
        time.sleep(0.2)
    pytest.fail("nothing came to wait for a person")


def test_a_person_approves_what_waits(page: Page, served: Any, api: Any) -> None:
    api.patch("/api/v1/agents/replenishment", json={"level": "advise"}).raise_for_status()
    waiting = fresh_and_waiting(api)
    page.goto(f"{served.base}/decisions/{waiting}")
    settle(page)
    page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    question = page.get_by_role("dialog", name="Approve this decision?")
    question.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved.", exact=True)).to_be_visible()
    assert api.get(f"/api/v1/decisions/{waiting}").json()["allowed_by"] == "person:owner@localhost"
    api.post("/api/v1/clock", json={"paused": False}).raise_for_status()


def test_a_run_shows_its_steps_as_a_graph_and_on_a_timeline(page: Page, served: Any, api: Any) -> None:
    run = ended_run(api)
    page.goto(f"{served.base}/workflows?status=succeeded&name=decision-cycle")
    settle(page)
    page.locator(f'a[href="/workflows/{quote(run, safe="")}"]').first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("decision-cycle succeeded")
    graph = page.get_by_role("group", name=re.compile(r"^Graph of \d+ steps$"))
    graph.get_by_role("link", name=re.compile(r"^propose, Succeeded")).click()
    expect(page.get_by_role("dialog", name="propose")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Timeline").click()
    page.get_by_role("link", name=re.compile(r"^propose, Succeeded")).click()
    expect(page).to_have_url(re.compile(r"/steps/propose\?view=timeline$"))
    panel = page.get_by_role("dialog", name="propose")
    for part in ("Inputs", "Output"):
        expect(panel.get_by_role("region", name=part)).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_a_run_is_restarted_only_after_asking(page: Page, served: Any, api: Any) -> None:
    page.goto(f"{served.base}/workflows/{quote(ended_run(api), safe='')}?view=timeline")
    settle(page)
    page.get_by_role("button", name="Restart from…").click()
    page.get_by_role("menuitem", name="report").click()
    question = page.get_by_role("dialog", name="Restart from “report”?")
    expect(question).to_be_visible()
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_be_hidden()


def test_the_machine_tests_itself(page: Page, served: Any) -> None:
    page.goto(f"{served.base}/workers")
    settle(page)
    page.get_by_role("button", name="Self-test").click()
    results = page.get_by_role("dialog", name="Self-test")
    expect(results.get_by_text(re.compile(r"checks? (passed|did not pass)$"))).to_be_visible()
    expect(results.get_by_text("Journal of runs", exact=True)).to_be_visible()


def test_decisions_arrive_without_reloading(page: Page, served: Any, api: Any) -> None:
    page.goto(served.base)
    settle(page)
    before = page.get_by_role("banner").inner_text()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    page.wait_for_function(
        "text => document.querySelector('header').innerText !== text", arg=before, timeout=20_000
    )


def test_the_language_is_one_switch(page: Page, served: Any) -> None:
    choose(page, "light", "ko")
    page.goto(f"{served.base}/decisions")
    settle(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(HEADINGS["ko"][0])
    assert page.locator("html").get_attribute("lang") == "ko"


@pytest.mark.parametrize("route", PLACES)
def test_a_phone_never_scrolls_sideways(signed_in: BrowserContext, served: Any, route: str) -> None:
    page = signed_in.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(served.base + route)
    settle(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert width <= 390


def test_the_pages_work_from_the_keyboard(page: Page, served: Any) -> None:
    page.goto(f"{served.base}/decisions")
    settle(page)
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.innerText")
    assert "skip" in focused.lower()


def test_the_browser_finds_nothing_to_complain_about(page: Page, served: Any, api: Any) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for route in (*PLACES, f"/workflows/{quote(ended_run(api), safe='')}?view=graph"):
        page.goto(served.base + route)
        settle(page)
    assert complaints == []
