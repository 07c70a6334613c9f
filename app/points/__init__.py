"""Points: accounts, lots, entries and holds, and the use cases that move points.

Other features may import ``services``, ``events`` and ``errors`` from here, and
nothing else. The ledger's design is told in ``models``; only ``sql/`` writes it.
"""

from flask import Flask
from flask_smorest import Api


def init_app(app: Flask, api: Api) -> None:
    from app.points import cli, routes

    api.register_blueprint(routes.blp)
    app.cli.add_command(cli.points)
