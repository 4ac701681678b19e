"""Dependencies: which component needs which, and of what kind each is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from maestro.errors import ConfigurationError


@dataclass(frozen=True)
class Component:
    """A part of the running system that can be unhealthy and that actions can act upon.

    Args:
        name: unique in the system.
        kind: what it is (database, disk, worker, service ...); actions and playbooks go by kind.
        needs: names of the components on which it depends directly.
    """

    name: str
    kind: str
    needs: tuple[str, ...] = ()


class Dependencies:
    """The graph of components; circles are allowed, as they are in life.

    Raises:
        ConfigurationError: a name is used twice, or a needed component is not declared.
    """

    def __init__(self, components: Iterable[Component]) -> None:
        listed = list(components)
        self.components: Mapping[str, Component] = {each.name: each for each in listed}
        if len(self.components) != len(listed):
            raise ConfigurationError("Two components have the same name.", remedy="Give each its own.")
        for each in listed:
            if unknown := set(each.needs) - set(self.components):
                raise ConfigurationError(
                    f"The component {each.name} needs {', '.join(sorted(unknown))}, which is not declared.",
                    remedy="Declare it, or correct the name.",
                )
        self._above = {each.name: self._reached(each.name) for each in listed}
        self._below = {
            name: {other for other, needed in self._above.items() if name in needed}
            for name in self.components
        }

    def kind(self, name: str) -> str:
        """Of what kind a component is; its name where it is not declared."""
        component = self.components.get(name)
        return component.kind if component else name

    def needed_by(self, name: str) -> set[str]:
        """All components that this one needs, directly or through others."""
        return self._above.get(name, set())

    def dependants(self, name: str) -> set[str]:
        """All components that need this one, directly or through others."""
        return self._below.get(name, set())

    def related(self, one: str, other: str) -> bool:
        """Whether trouble in one may show in the other, or both may suffer from a third."""
        if one == other or other in self.needed_by(one) or one in self.needed_by(other):
            return True
        return bool(self.needed_by(one) & self.needed_by(other))

    def _reached(self, start: str) -> set[str]:
        found: set[str] = set()
        ahead = list(self.components[start].needs)
        while ahead:
            name = ahead.pop()
            if name not in found:
                found.add(name)
                ahead.extend(self.components[name].needs)
        found.discard(start)
        return found
