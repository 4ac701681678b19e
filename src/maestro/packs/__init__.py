"""Packs: one folder a domain; each declares its tables, agents and settings, and never imports another."""
