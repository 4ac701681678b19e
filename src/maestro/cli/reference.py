"""Reference pages: writes every setting and every command as Markdown, from the code itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import typer
from pydantic.fields import FieldInfo

from maestro.cli.lazy_command import LazyCommand
from maestro.cli.main import app as maestro_app
from maestro.settings import Settings, example_of, fields_of, variable


def settings_page() -> str:
    """docs/reference/settings.md: one row a setting, with its variable, default and meaning."""
    rows = [
        "# Settings",
        "",
        "Every setting of Maestro. The environment beats the file `maestro.toml` (or the one named by",
        "`MAESTRO_CONFIG`), which beats the default. A part is a table of the file, such as `[server]`; in",
        "the environment its name comes first, with two underscores behind it. A list is written with",
        "commas, or as JSON, in the environment, and as a list in the file:",
        "",
        "```",
        "MAESTRO_ENGINE__WORKFLOWS=myshop.workflows,myshop.nightly:GRAPHS maestro run",
        "```",
        "",
        "```toml",
        "[engine]",
        'workflows = ["myshop.workflows", "myshop.nightly:GRAPHS"]',
        "```",
        "",
        "| setting | variable | default | meaning |",
        "|---|---|---|---|",
        *(_row(key, field) for key, field in fields_of(Settings)),
        "",
        "This page is written by `maestro.cli.reference`; a test compares it with the code.",
        "",
    ]
    return "\n".join(rows)


def _row(key: str, field: FieldInfo) -> str:
    default = f"`{field.default}`" if str(field.default) and field.default != () else "empty"
    such = f" Such as `{example_of(field)}`." if field.examples else ""
    return f"| `{key}` | `{variable(key)}` | {default} | {field.description}{such} |"


def commands_page(app: typer.Typer) -> str:
    """docs/reference/commands.md: every command with its purpose, example, arguments and options."""
    root = typer.main.get_command(app)
    lines = [
        "# Commands",
        "",
        "`maestro COMMAND --help` prints the same. Bad input ends with exit code 2.",
        "",
    ]
    lines += _commands(root, "maestro")
    lines += ["This page is written by `maestro.cli.reference`; a test compares it with the code.", ""]
    return "\n".join(lines)


def _commands(command: Any, path: str) -> list[str]:
    command = command.load() if isinstance(command, LazyCommand) else command
    children = getattr(command, "commands", None)
    if children:
        return [line for name in sorted(children) for line in _commands(children[name], f"{path} {name}")]
    lines = [f"## `{path}`", "", *(line.strip() for line in (command.help or "").strip().splitlines()), ""]
    context = typer.Context(command, info_name=path)
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record and record[0] != "--help":
            lines.append(f"- `{record[0]}`: {record[1]}")
    return [*lines, ""] if lines[-1] else lines


def main(folder: Path) -> None:
    """Write both pages into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.md").write_text(settings_page(), encoding="utf-8")
    (folder / "commands.md").write_text(commands_page(maestro_app), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
