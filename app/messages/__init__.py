"""Messages: what a brand tells people by SMS, Kakao 알림톡 and e-mail, and what became of it.

A message is a row and a job; nothing leaves the house inside of a request. Texts come from
versioned templates with built-in ones behind them. Advertising asks ``consents.may_send``
at the moment of handing over. Whoever sends says what for (``purpose``) and to whom.
Other features may import ``services``, ``events`` and ``errors`` from here.
"""

from flask import Flask
from flask_smorest import Api


def init_app(app: Flask, api: Api) -> None:
    """Register the feature's routes, and the outbox where the process is told to show one."""
    from app.messages.routes import blp

    api.register_blueprint(blp)
    if app.config["DEV_OUTBOX"]:
        from app.messages.pages import pages

        app.register_blueprint(pages)
