"""Access tokens: short-lived signed tokens (JWT) that prove who is asking, and the key that signs them."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import jwt

from maestro.clock import Clock
from maestro.errors import InputError

ALGORITHM = "HS256"
AUDIENCE = "maestro"
KEY_BYTES = 32


@dataclass(frozen=True)
class Claims:
    """What a valid access token says.

    Args:
        person_id: account of the bearer.
        session_id: the sign-in it came from.
        version: state of the account's rights when it was issued; a later change makes the token void.
        expires_at: seconds since 1970.
    """

    person_id: int
    session_id: int
    version: int
    expires_at: float


class AccessTokens:
    """Issues and reads access tokens (RFC 7519, HMAC with SHA-256)."""

    def __init__(self, key: bytes, clock: Clock, life: timedelta) -> None:
        self._key = key
        self._clock = clock
        self.life = life

    def issue(self, person_id: int, session_id: int, version: int) -> str:
        """A token for this person, valid from now for `life`."""
        now = self._clock.now()
        body = {
            "aud": AUDIENCE,
            "sub": str(person_id),
            "sid": session_id,
            "ver": version,
            "iat": int(now.timestamp()),
            "exp": int((now + self.life).timestamp()),
        }
        return jwt.encode(body, self._key, algorithm=ALGORITHM)

    def read(self, token: str) -> Claims | None:
        """What the token says, or None when it is forged, damaged or expired by the injected clock."""
        try:
            body = jwt.decode(
                token,
                self._key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                options={"verify_exp": False, "verify_iat": False, "require": ["sub", "sid", "ver", "exp"]},
            )
            claims = Claims(int(body["sub"]), int(body["sid"]), int(body["ver"]), float(body["exp"]))
        except (jwt.InvalidTokenError, ValueError, TypeError):
            return None
        return claims if claims.expires_at > self._clock.now().timestamp() else None


def signing_key(data_dir: Path) -> bytes:
    """The key kept in the data folder, readable by its owner alone; made on the first start.

    Raises:
        InputError: the folder cannot be written, or the file does not hold a key.
    """
    path = data_dir / "keys" / "access_tokens.key"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make_once(path)
        key = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"The key file {path} cannot be read or made: {error.strerror}.",
            remedy="Make the data folder writable, or choose another with MAESTRO_DATA_DIR.",
        ) from error
    if len(key) != KEY_BYTES:
        raise InputError(
            f"The key file {path} is damaged.", remedy="Delete it; everybody will have to sign in again."
        )
    return key


def _make_once(path: Path) -> None:
    """Write a complete key beside the final name, then link it there: a second starter finds the first's."""
    if path.exists():
        return
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
