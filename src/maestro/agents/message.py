"""Message: the immutable envelope that agents exchange, and its form in JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, Self, get_args

from maestro.agents.moment import moment_of, moment_text
from maestro.errors import InputError

VERSION = 1
"""Version of the envelope's schema."""

Type = Literal["request", "response", "event", "command"]
"""A request wants an answer, a response is one, an event tells whoever listens, a command wants it done."""


@dataclass(frozen=True)
class Message:
    """One message; what it carries is frozen too.

    Args:
        id: unique on its bus.
        type: request, response, event or command.
        sender: name of the agent that sent it.
        recipient: name of the agent that it is for; for an event, its topic.
        timestamp: when it was sent, aware, in UTC.
        correlation_id: shared by a request, its response and everything that followed from it.
        action: what is asked, told or answered.
        data: plain JSON.
        version: of the envelope.

    Raises:
        InputError: the type or version is unknown, a name is empty, or the data are not plain JSON.
    """

    id: str
    type: Type
    sender: str
    recipient: str
    timestamp: datetime
    correlation_id: str
    action: str
    data: Mapping[str, Any]
    version: int = VERSION

    def __post_init__(self) -> None:
        if self.type not in get_args(Type):
            raise InputError(f"{self.type!r} is no type of message.", remedy=f"Use one of {get_args(Type)}.")
        if self.version != VERSION:
            raise InputError(f"Version {self.version} of messages is unknown.", remedy=f"Send {VERSION}.")
        for name in ("id", "sender", "recipient", "correlation_id", "action"):
            value = getattr(self, name)
            if not isinstance(value, str) or not value:
                raise InputError(f"A message needs a {name}.")
        if not isinstance(self.data, Mapping):
            raise InputError("The data of a message are a JSON object.")
        object.__setattr__(self, "data", _frozen(self.data))

    def to_json(self) -> str:
        """The message on the wire."""
        return json.dumps(
            {
                "version": self.version,
                "id": self.id,
                "type": self.type,
                "from": self.sender,
                "to": self.recipient,
                "timestamp": moment_text(self.timestamp),
                "correlation_id": self.correlation_id,
                "payload": {"action": self.action, "data": plain(self.data)},
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` wrote.

        Raises:
            InputError: it is not such a message; says what is wrong with it.
        """
        try:
            wire = json.loads(text)
            return cls(
                id=wire["id"],
                type=wire["type"],
                sender=wire["from"],
                recipient=wire["to"],
                timestamp=moment_of(wire["timestamp"]),
                correlation_id=wire["correlation_id"],
                action=wire["payload"]["action"],
                data=wire["payload"]["data"],
                version=wire["version"],
            )
        except KeyError as error:
            raise InputError(f"The message has no {error.args[0]}.") from error
        except (TypeError, ValueError, RecursionError) as error:
            raise InputError(f"This is not a message: {error}.") from error


def plain(value: Any) -> Any:
    """Frozen data as dictionaries and lists again."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value


def _frozen(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, list | tuple):
        return tuple(_frozen(item) for item in value)
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return MappingProxyType({key: _frozen(item) for key, item in value.items()})
    raise InputError(
        f"A message cannot carry {value!r}.", remedy="Send texts, finite numbers, lists and objects."
    )
