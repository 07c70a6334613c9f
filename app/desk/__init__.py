"""The desk: what staff do to a customer by hand, notes, and what a second person approves.

Other features may import ``services``, ``events`` and ``errors`` from here.
"""

from flask import Flask
from flask_smorest import Api


def init_app(app: Flask, api: Api) -> None:
    """The desk has no routes of its own: the console shows it."""
