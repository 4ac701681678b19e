"""Passwords: Argon2id, and no hint about who has an account."""

from __future__ import annotations

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from maestro.errors import InputError
from maestro.server.passwords import NOBODYS_HASH, Passwords


def test_a_password_matches_its_own_hash_alone() -> None:
    passwords = Passwords()
    kept = passwords.hash("correct horse battery")
    assert kept.startswith("$argon2id$")
    assert passwords.matches("correct horse battery", kept)
    assert not passwords.matches("correct horse batterz", kept)


def test_nobody_has_a_password_yet_costs_as_much_to_guess() -> None:
    assert not Passwords().matches("nobody has this password", None)
    assert not Argon2Hasher().check_needs_rehash(NOBODYS_HASH)


@pytest.mark.parametrize("password", ["", "short", "x" * 257])
def test_a_password_of_unsafe_length_is_refused(password: str) -> None:
    with pytest.raises(InputError, match="10 to 256"):
        Passwords().hash(password)


def test_an_endless_password_is_not_even_hashed() -> None:
    assert not Passwords().matches("x" * 10_000, None)
