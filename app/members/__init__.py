"""Members: who a brand's customers are, their sealed contact data, merge and erasure.

A member is addressed by ``mem_…`` or by the brand's own id, ``ext:…``. Other features
may import ``services``, ``events`` and ``errors`` from here.
"""

from flask import Flask
from flask_smorest import Api


def init_app(app: Flask, api: Api) -> None:
    from app import imports
    from app.members import cli, routes

    api.register_blueprint(routes.blp)
    app.cli.add_command(imports.group)
    app.cli.add_command(cli.group)
