"""Maestro: agents that run a business's recurring decisions, each only as far as its track record has earned."""

__version__ = "0.1.0"

__all__ = ["__version__"]
