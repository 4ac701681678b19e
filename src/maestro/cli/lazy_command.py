"""Lazy command: a subcommand whose module is imported only when it is used, so that `--help` is quick."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup


@dataclass(frozen=True)
class Place:
    """Where a subcommand lives: its module, the function or Typer app in it, and its purpose in a line."""

    module: str
    attribute: str
    purpose: str


class LazyCommand(TyperCommand):
    """Stands for a subcommand in lists; becomes the real one as soon as it is parsed."""

    def __init__(self, name: str, place: Place) -> None:
        super().__init__(name, help=place.purpose, rich_markup_mode="rich")
        self._place = place

    def load(self) -> Any:
        """The real command or group."""
        found = getattr(import_module(self._place.module), self._place.attribute)
        if isinstance(found, typer.Typer):
            return typer.main.get_group(found)
        single = typer.Typer(add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False)
        single.command(self.name)(found)
        return typer.main.get_command(single)

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        return self.load().make_context(info_name, args, parent=parent, **extra)


def lazy_group(places: Mapping[str, Place]) -> type[TyperGroup]:
    """A command group of these subcommands, to be given to `typer.Typer(cls=...)`."""

    class LazyGroup(TyperGroup):
        """A group whose subcommands are imported when they are used."""

        def __init__(self, **attributes: Any) -> None:
            super().__init__(**attributes)
            for name, place in places.items():
                self.add_command(LazyCommand(name, place))

        def list_commands(self, ctx: Any) -> list[str]:
            return list(places)

    return LazyGroup
