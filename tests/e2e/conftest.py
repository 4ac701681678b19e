"""A real server with its demo shop, and a real browser signed in to it; gone with the last of their tests."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

import maestro

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
expect.set_options(timeout=20_000)  # a busy machine paints late
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-sync",
]


@dataclass(frozen=True)
class Served:
    """A running `maestro run`: its address, and how to make another sign-in link."""

    base: str
    token: str


ENGLISH = '{"theme":"light","language":"en","tourSeen":true}'
OWNER = {"email": "owner@localhost", "password": "correct horse battery staple"}


def _until_decided(base: str, token: str) -> None:
    """Give the owner a password by the one-time link, then wait for the first decision."""
    with httpx.Client(base_url=f"{base}/api/v1", headers={"Origin": base}, timeout=30) as client:
        access = client.post("/auth/link", json={"token": token}).raise_for_status().json()["access_token"]
        chosen = {"password": {"new": OWNER["password"]}}
        bearer = {"Authorization": f"Bearer {access}"}
        client.patch("/me", headers=bearer, json=chosen).raise_for_status()
        access = client.post("/auth/sign-in", json=OWNER).raise_for_status().json()["access_token"]
        for _ in range(900):
            answer = client.get("/decisions", headers={"Authorization": f"Bearer {access}"})
            if answer.raise_for_status().json()["total"]:
                return
            time.sleep(0.2)
    raise AssertionError("no decision came")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The product as its user starts it, with the first decisions made."""
    folder = tmp_path_factory.mktemp("served")
    environment = {
        **os.environ,
        "MAESTRO_DATA_DIR": str(folder / "data"),
        "MAESTRO_SERVER__REQUESTS_PER_MINUTE": "100000",
        "PYTHONUNBUFFERED": "1",
    }
    command = [str(Path(sys.executable).parent / "maestro"), "run", "--port", "0", "--seconds-per-day", "1"]
    log = (folder / "log").open("w")
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
    )
    assert process.stdout is not None
    try:
        line = next(line for line in process.stdout if "Maestro is at" in line)
        found = re.search(r"Maestro is at (\S+).*token=(\S+)", line)
        assert found is not None, line
        _until_decided(found[1], found[2])
        yield Served(found[1], found[2])
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        process.stdout.close()
        log.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; tests that need it are skipped where there is none, never in CI."""
    if not CHROMIUM or not (Path(maestro.__file__).parent / "web_dist" / "index.html").is_file():
        missing = "no Chromium is installed" if not CHROMIUM else "the dashboard is not built"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(f"{missing}; apt-get install chromium, make web")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def signed_in(browser: Browser, served: Served) -> Iterator[BrowserContext]:
    """A browser of the owner, who has taken the tour."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    page = context.new_page()
    page.goto(f"{served.base}/sign-in")
    page.get_by_label("Email").fill(OWNER["email"])
    page.locator("input[name=password]").fill(OWNER["password"])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Skip").click()
    page.close()
    yield context
    context.close()


@pytest.fixture
def page(signed_in: BrowserContext) -> Iterator[Page]:
    """A fresh page of the owner's browser, in English, whatever a test before chose."""
    page = signed_in.new_page()
    page.add_init_script(f"localStorage.setItem('maestro.preferences', '{ENGLISH}')")
    yield page
    page.close()
