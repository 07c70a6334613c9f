"""Measurements: real orders through a running server, and the speed of the checkout."""
