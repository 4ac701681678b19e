"""The HTTP server: the API under /api/v1, the live connection and the dashboard's files."""
