"""Docs: every setting and every command stands in the reference, exactly as the code has it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from maestro.cli.main import app
from maestro.cli.reference import commands_page, settings_page
from maestro.packs.retail.settings import RetailSettings

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
HOW = "write it anew: .venv/bin/python -m maestro.cli.reference docs/reference"


def test_the_settings_page_is_what_the_code_says() -> None:
    assert (REFERENCE / "settings.md").read_text(encoding="utf-8") == settings_page(), HOW


def test_the_commands_page_is_what_the_code_says() -> None:
    assert (REFERENCE / "commands.md").read_text(encoding="utf-8") == commands_page(app), HOW


def test_every_choice_of_a_shop_stands_in_the_replenishment_page() -> None:
    page = (ROOT / "docs" / "concepts" / "replenishment.md").read_text(encoding="utf-8")
    assert [name for name in RetailSettings.model_fields if f"`{name}`" not in page] == []


@pytest.mark.parametrize(
    "page", sorted(ROOT.glob("docs/**/*.md")) + sorted(ROOT.glob("*.md")), ids=lambda p: p.name
)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
