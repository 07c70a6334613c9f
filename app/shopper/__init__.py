"""Pages for shoppers: scan a label, register, see what is theirs, hand it on.

On the host of each brand, in Korean and English, without an account, an app or
JavaScript. Nothing else may import from here.
"""

from flask import Flask
from flask_smorest import Api

from app.shopper.pages import pages
from app.web.pages import assets


def init_app(app: Flask, api: Api) -> None:
    app.register_blueprint(assets)
    app.register_blueprint(pages)
