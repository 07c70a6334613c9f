"""Benefits: what a rule, a tier or a stamp card gives, granted once and taken back.

Other features may import ``services``, ``events`` and ``errors`` from here.
"""

from flask import Flask
from flask_smorest import Api


def init_app(app: Flask, api: Api) -> None:
    from app.benefits import models  # noqa: F401 - its tables are part of the schema
