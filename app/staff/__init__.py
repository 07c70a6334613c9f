"""Staff: the people who work for brands, how they sign in, and what each may do.

A person is known once and may work for several brands, with a role in each. Other features
may import ``services``, ``events`` and ``errors`` from here; ``record_access`` is how they
write down whose personal data somebody of the staff has seen.
"""

from flask import Flask
from flask_smorest import Api


def init_app(app: Flask, api: Api) -> None:
    from app.staff import cli

    app.cli.add_command(cli.staff)
