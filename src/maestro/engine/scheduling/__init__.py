"""Scheduling: a durable backlog, learned priorities, estimates with intervals, and what they foresee."""
