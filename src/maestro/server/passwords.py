"""Passwords: hashed with Argon2id, compared in the same time whether or not the person exists."""

from __future__ import annotations

from pwdlib import PasswordHash

from maestro.errors import InputError

SHORTEST = 10
LONGEST = 256

NOBODYS_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$bWFlc3Ryby1uby1vbmUteA$p8xOk1SqKdlcehZvDSdT7VT2KuxL3kEmXGtVJQefjYY"
)
"""A hash that no account holds, as costly as real ones: guessing at nobody takes as long as at somebody."""


class Passwords:
    """Hashes and checks passwords.

    Argon2id with the parameters of RFC 9106's second choice (64 MiB, 3 passes), as pwdlib recommends.
    """

    def __init__(self, hasher: PasswordHash | None = None) -> None:
        self._hasher = hasher or PasswordHash.recommended()

    def hash(self, password: str) -> str:
        """The hash to keep.

        Raises:
            InputError: the password is too short or too long.
        """
        if not SHORTEST <= len(password) <= LONGEST:
            raise InputError(
                f"A password has {SHORTEST} to {LONGEST} characters.",
                remedy="Choose a longer password; several words are easy to remember.",
            )
        return self._hasher.hash(password)

    def matches(self, password: str, kept: str | None) -> bool:
        """Whether the password is right; a person without one costs the same time as a wrong guess."""
        if len(password) > LONGEST:
            return False
        right = self._hasher.verify(password, kept or NOBODYS_HASH)
        return right and kept is not None
