"""Agents of the retail pack."""
