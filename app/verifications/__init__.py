"""Verifications: who can read a code sent to a number has that number at hand.

Codes are short, so everything about them is counted in the database, over all processes:
tries of a code, codes of a phone, of an address, of a brand, of all. Other features may
import ``services``, ``events`` and ``errors`` from here.
"""

from flask import Flask
from flask_smorest import Api


def init_app(app: Flask, api: Api) -> None:
    """Nothing to register: pages of other features ask for codes."""
