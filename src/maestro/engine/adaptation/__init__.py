"""Adaptation: what the engine learns from measured runs, and what it does differently because of it."""
