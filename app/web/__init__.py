"""What every HTTP entry point shares."""

from flask import Flask
from flask_smorest import Api

from app.web import auth, models, problems

__all__ = ["init_app", "models"]  # the models are part of the schema


def init_app(app: Flask) -> Api:
    """Set up what all routes share and return the API that features register with."""
    app.config.update(
        API_TITLE="Dangol API",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
    )
    auth.init_app(app)
    problems.init_app(app)
    return Api(app)
