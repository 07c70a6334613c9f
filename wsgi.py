"""The entry point of gunicorn, the worker and the ``flask`` command."""

import os
from pathlib import Path

from app import create_app
from app.config import load_config

environment = dict(os.environ)
if not environment.get("DATABASE_URL") and not environment.get("DATABASE_URL_FILE"):
    from app import embedded

    var = Path(environment.get("DANGOL_VAR", "var"))
    environment = {**embedded.environment(var), **environment}

app = create_app(load_config(environment))
