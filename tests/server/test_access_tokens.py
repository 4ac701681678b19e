"""Access tokens and the key that signs them."""

from __future__ import annotations

import asyncio
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest

from maestro.clock import VirtualClock
from maestro.errors import InputError
from maestro.server.access_tokens import AccessTokens, signing_key

KEY = b"k" * 32


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def tokens(clock: VirtualClock) -> AccessTokens:
    return AccessTokens(KEY, clock, timedelta(minutes=15))


def test_a_token_says_who_and_which_session(tokens: AccessTokens) -> None:
    claims = tokens.read(tokens.issue(7, 3, 2))
    assert claims is not None
    assert (claims.person_id, claims.session_id, claims.version) == (7, 3, 2)


def test_a_token_expires_by_the_injected_clock(tokens: AccessTokens, clock: VirtualClock) -> None:
    token = tokens.issue(7, 3, 2)
    asyncio.run(clock.advance(minutes=14, seconds=59))
    assert tokens.read(token) is not None
    asyncio.run(clock.advance(seconds=1))
    assert tokens.read(token) is None


@pytest.mark.parametrize(
    ("key", "algorithm", "changes"),
    [
        (b"x" * 32, "HS256", {}),
        (b"k" * 64, "HS512", {}),
        (KEY, "HS256", {"aud": "other"}),
        (KEY, "HS256", {"sub": "not a number"}),
        (KEY, "HS256", {"exp": None}),
    ],
)
def test_a_token_that_we_did_not_issue_is_refused(
    tokens: AccessTokens, key: bytes, algorithm: str, changes: dict[str, object]
) -> None:
    body = {"aud": "maestro", "sub": "7", "sid": 3, "ver": 2, "exp": 4_000_000_000} | changes
    body = {name: value for name, value in body.items() if value is not None}
    assert tokens.read(jwt.encode(body, key, algorithm=algorithm)) is None


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    first = signing_key(tmp_path)
    path = tmp_path / "keys" / "access_tokens.key"
    assert len(first) == 32
    assert signing_key(tmp_path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert os.listdir(path.parent) == [path.name]


def test_a_damaged_key_is_named_with_its_remedy(tmp_path: Path) -> None:
    signing_key(tmp_path)
    (tmp_path / "keys" / "access_tokens.key").write_bytes(b"short")
    with pytest.raises(InputError, match="damaged"):
        signing_key(tmp_path)


def test_a_folder_that_is_none_is_named_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("in the way")
    with pytest.raises(InputError, match="data folder writable"):
        signing_key(tmp_path)
