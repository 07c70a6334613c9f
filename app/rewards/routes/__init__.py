"""Rewards over JSON: parse, call one use case in one transaction, render."""

from app.web.blueprint import Blueprint

blp = Blueprint(
    "rewards", __name__, url_prefix="/v1", description="Rules that reward by themselves"
)
