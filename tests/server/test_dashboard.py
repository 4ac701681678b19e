"""Dashboard files: the page with its nonce, assets for ever, and nothing from outside the folder."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from maestro.server.app import create_app

from .conftest import BASE, SmallSystem

PAGE = '<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><script src="/assets/a-1f.js"></script>'


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A folder like the one that the web build leaves."""
    folder = tmp_path / "web_dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    (folder / "assets" / "a-1f.js").write_text("let a = 1;" * 500)
    (folder / "icon.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


@pytest.fixture
def browser(system: SmallSystem, built: Path) -> TestClient:
    return TestClient(create_app(system, web=built), base_url=BASE)


@pytest.mark.parametrize(
    "path", ["/", "/decisions", "/products/7?tab=orders", "/index.html", "/sign-in?token=x"]
)
def test_every_page_is_the_application_with_this_responses_nonce(browser: TestClient, path: str) -> None:
    answer = browser.get(path)
    found = re.search('content="([^"]+)"', answer.text)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"
    assert found is not None
    assert f"'nonce-{found[1]}'" in answer.headers["content-security-policy"]


def test_assets_are_kept_for_ever_and_compressed(browser: TestClient) -> None:
    answer = browser.get("/assets/a-1f.js", headers={"Accept-Encoding": "gzip"})
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert browser.get("/icon.svg").headers["cache-control"] == "no-cache"


def test_a_missing_asset_is_not_the_page(browser: TestClient) -> None:
    answer = browser.get("/assets/gone.js")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt"])
def test_nothing_outside_the_folder_is_served(browser: TestClient, path: str) -> None:
    assert "secret" not in browser.get(path).text.replace("secret.txt", "")


def test_the_page_is_only_read(browser: TestClient) -> None:
    assert browser.post("/decisions").status_code == 405
    assert browser.head("/").status_code == 200


def test_a_new_build_is_served_at_once(browser: TestClient, built: Path) -> None:
    browser.get("/")
    page = built / "index.html"
    page.write_text(PAGE + "<!-- newer -->")
    os.utime(page, (1, 1))
    assert "newer" in browser.get("/").text


def test_without_a_build_the_page_says_what_to_do(system: SmallSystem, tmp_path: Path) -> None:
    client = TestClient(create_app(system, web=tmp_path / "none"), base_url=BASE)
    answer = client.get("/")
    assert answer.status_code == 503
    assert "make web" in answer.text
    assert client.get("/assets/x.js").status_code == 503
