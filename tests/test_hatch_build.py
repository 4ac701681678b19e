"""The dashboard's build at installation: when it is due, what it needs, and what it does when it cannot."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    """The module as hatchling loads it: executed, not imported by name."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with dashboard sources and nothing built."""
    web = tmp_path / "web"
    (web / "src").mkdir(parents=True)
    (web / "package.json").write_text("{}")
    (web / "package-lock.json").write_text("{}")
    (web / "src" / "main.tsx").write_text("export {};")
    monkeypatch.delenv("MAESTRO_WEB", raising=False)
    return tmp_path


def builds(project: Path, hook: ModuleType) -> Path:
    """Lay a built dashboard of the present sources into the project."""
    built = project / "src" / "maestro" / "web_dist"
    built.mkdir(parents=True, exist_ok=True)
    (built / "index.html").write_text("<!doctype html>")
    (built / hook.STAMP).write_text(hook.sources_hash(project / "web"))
    return built


class Builder:
    """Stands in for hatchling: gives the hook its root, and takes its warnings."""

    def __init__(self, hook: ModuleType, root: Path) -> None:
        self.warnings: list[str] = []

        class Hook(hook.CustomBuildHook):  # type: ignore[name-defined,misc]
            root = ""
            app: Any = None

            def __init__(self) -> None:
                """Hatchling's own arguments are not needed here."""

        self.hook = Hook()
        self.hook.root, self.hook.app = str(root), self

    def display_warning(self, text: str) -> None:
        self.warnings.append(text)


def node_that(does: str, tmp_path: Path, hook: ModuleType) -> Any:
    """A Node whose npm does what the Python lines say."""
    npm = tmp_path / "npm.py"
    npm.write_text(does)
    return hook.Node(Path(sys.executable), npm)


WORKING_NPM = """
import pathlib, sys
if sys.argv[1] == "ci":
    pathlib.Path("node_modules").mkdir(exist_ok=True)
    with open("installs", "a") as log:
        log.write("x")
else:
    built = pathlib.Path("../src/maestro/web_dist")
    built.mkdir(parents=True, exist_ok=True)
    (built / "index.html").write_text("<!doctype html>")
"""


def test_a_build_is_due_until_it_was_done_and_again_when_a_source_changes(
    project: Path, hook: ModuleType
) -> None:
    assert hook.wanted(project)
    builds(project, hook)
    assert not hook.wanted(project)
    (project / "web" / "src" / "main.tsx").write_text("export const changed = true;")
    assert hook.wanted(project)


def test_renaming_a_source_is_a_change(project: Path, hook: ModuleType) -> None:
    before = hook.sources_hash(project / "web")
    (project / "web" / "src" / "main.tsx").rename(project / "web" / "src" / "other.tsx")
    assert hook.sources_hash(project / "web") != before


def test_tests_and_installed_packages_are_no_sources(project: Path, hook: ModuleType) -> None:
    before = hook.sources_hash(project / "web")
    for folder in ("tests", "node_modules"):
        (project / "web" / folder).mkdir()
        (project / "web" / folder / "new.ts").write_text("export {};")
    assert hook.sources_hash(project / "web") == before


def test_skip_builds_nothing_and_an_unknown_word_is_refused(
    project: Path, hook: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAESTRO_WEB", "skip")
    assert not hook.wanted(project)
    monkeypatch.setenv("MAESTRO_WEB", "maybe")
    with pytest.raises(hook.DashboardError, match="auto, require or skip"):
        hook.wanted(project)


def test_a_package_without_the_sources_builds_nothing(tmp_path: Path, hook: ModuleType) -> None:
    assert not hook.wanted(tmp_path)


def test_the_build_installs_once_and_stamps_what_it_built(
    project: Path, hook: ModuleType, tmp_path: Path
) -> None:
    node = node_that(WORKING_NPM, tmp_path, hook)
    hook.build(project, node)
    assert hook.is_built(project)
    (project / "web" / "src" / "main.tsx").write_text("export const again = true;")
    hook.build(project, node)
    assert (project / "web" / "installs").read_text() == "x"


def test_auto_warns_and_goes_on_when_npm_cannot_be_reached(
    project: Path, hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = node_that("raise SystemExit('npm error network ENOTFOUND')", tmp_path, hook)
    monkeypatch.setattr(hook, "node_on_path", lambda: broken)
    builder = Builder(hook, project)
    builder.hook.initialize("standard", {})
    assert len(builder.warnings) == 1
    assert "ENOTFOUND" in builder.warnings[0]
    assert "make web" in builder.warnings[0]


def test_require_fails_where_auto_warns(
    project: Path, hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = node_that("raise SystemExit('npm error')", tmp_path, hook)
    monkeypatch.setattr(hook, "node_on_path", lambda: broken)
    monkeypatch.setenv("MAESTRO_WEB", "require")
    with pytest.raises(hook.DashboardError, match="npm ci"):
        Builder(hook, project).hook.initialize("standard", {})


def test_node_is_asked_for_only_where_a_build_is_due_and_none_is_there(
    project: Path, hook: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    builder = Builder(hook, project)
    monkeypatch.setattr(hook, "node_on_path", lambda: None)
    assert builder.hook.dependencies() == [hook.NODE_WHEEL]
    builds(project, hook)
    assert builder.hook.dependencies() == []


def test_no_node_anywhere_is_a_warning_too(
    project: Path, hook: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hook, "node_on_path", lambda: None)
    monkeypatch.setattr(hook, "node_from_wheel", lambda: None)
    builder = Builder(hook, project)
    builder.hook.initialize("standard", {})
    assert "Node.js" in builder.warnings[0]


def test_the_lock_file_names_no_registry() -> None:
    text = (ROOT / "web" / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert not (ROOT / "web" / ".npmrc").exists()
