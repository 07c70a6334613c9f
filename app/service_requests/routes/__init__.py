"""Service requests over JSON."""
