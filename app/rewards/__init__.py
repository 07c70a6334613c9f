"""Reward rules: when something happens, if it fits, what is given, and how much at most.

Other features may import ``services``, ``events`` and ``errors`` from here.
"""

from flask import Flask
from flask_smorest import Api


def init_app(app: Flask, api: Api) -> None:
    from app.rewards.routes import events, referrals, rules

    for module in (rules, referrals, events):
        api.register_blueprint(module.blp)
