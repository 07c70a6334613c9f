"""Rules are versioned: what a version says never changes."""

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.db import db
from tests.support.members import unit_of_work


@pytest.fixture
def version(brand, owner: psycopg.Connection) -> None:
    for statement in (
        "INSERT INTO reward_rules VALUES (%(brand)s, 'R', 'draft', 1, now(), now())",
        "INSERT INTO reward_rule_versions VALUES (%(brand)s, 'R', 1, '{}', 'test', now())",
    ):
        owner.execute(statement, {"brand": brand.brand_id})


@pytest.mark.parametrize(
    "change", ["UPDATE reward_rule_versions SET actor = 'x'", "DELETE FROM reward_rule_versions"]
)
def test_the_application_cannot_change_a_version(brand, version: None, change: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"), unit_of_work(brand):
        db.session.execute(text(change))
