"""Learning: models that turn history into forecasts and choices, and know nothing of agents or packs."""
