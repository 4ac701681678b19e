"""Conformance suites that a new bus, guardrail, forecaster or pack runs."""
