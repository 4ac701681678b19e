"""Maestro runs a business's recurring decisions; each agent acts only as far as its record has earned."""

__version__ = "0.1.0"

__all__ = ["__version__"]
