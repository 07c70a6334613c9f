"""The console: where staff answer customers and operators run the programme.

Below ``/console`` on any host, in Korean and English; every page works without JavaScript.
Nothing else may import from here. A page is a module of ``pages``: it is found by itself,
and names its entry in the navigation as ``NAV``.
"""

from flask import Flask
from flask_smorest import Api


def init_app(app: Flask, api: Api) -> None:
    from app.console.pages import pages

    app.register_blueprint(pages)
