"""Errors: each class tells the runtime what to do next, and each message tells a person how to mend it."""

from __future__ import annotations


class MaestroError(Exception):
    """Base of every error that Maestro raises on purpose.

    Args:
        message: what happened, in one sentence.
        remedy: what the reader can do about it, in one sentence; empty where nothing can be done.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class TemporaryError(MaestroError):
    """It may work later: the runtime tries again after `delay_s` seconds."""

    def __init__(self, message: str, *, delay_s: float = 1.0, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.delay_s = delay_s


class PermanentError(MaestroError):
    """It will never work as asked: the runtime does not try again."""


class PolicyError(PermanentError):
    """A rule forbids the action: a guardrail, a permission or an outside policy. Never retried."""


class InputError(PermanentError):
    """A file, an option or a request is wrong: nothing was written; the command line exits with code 2."""


class ConfigurationError(InputError):
    """A setting is missing, malformed or contradicts another."""


class NotFoundError(PermanentError):
    """The named thing does not exist."""


class ConflictError(PermanentError):
    """The request contradicts the present state: a second approval, stock that is no longer there."""
