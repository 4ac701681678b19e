"""Retail: a whole shop, its stock and its orders, and the agents that look after them."""
