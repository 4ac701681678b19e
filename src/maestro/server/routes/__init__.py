"""Routes: one file a noun; each only reads the request, asks the part that owns the noun, and serialises."""
