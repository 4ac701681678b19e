"""Roles: what a signed-in person may do; owner, manager, analyst or viewer, each including the next."""

from __future__ import annotations

from typing import Literal

Role = Literal["viewer", "analyst", "manager", "owner"]

RANK: dict[str, int] = {"viewer": 0, "analyst": 1, "manager": 2, "owner": 3}


def includes(held: str, needed: str) -> bool:
    """Whether a person holding the role `held` may do what `needed` may; an unknown role may nothing."""
    return RANK.get(held, -1) >= RANK[needed]
