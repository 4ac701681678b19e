"""Recovery: finds what is unhealthy, why, and which action brings it back; and learns from the outcome."""
