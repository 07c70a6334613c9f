"""API keys: hashed at rest, several per brand, rolled and revoked."""

import json
from datetime import timedelta

import pytest

from app import clock
from app.brands import rules, services
from app.db import transaction
from app.web import auth


def credential(app, token, *, at=None):
    with app.app_context(), transaction():
        return services.find_credential(token, now=at or clock.now())


def test_the_command_creates_a_brand_and_prints_its_key_as_json(app) -> None:
    runner = app.test_cli_runner()

    result = runner.invoke(args=["brands", "create", "--name", "새 브랜드", "--test", "--json"])

    printed = json.loads(result.stdout)
    assert set(printed) == {"brand_id", "secret_key"}
    assert printed["secret_key"].startswith("sk_test_")
    assert str(credential(app, printed["secret_key"]).brand_id) == printed["brand_id"]


def test_the_secret_is_stored_nowhere(app, brand, owner) -> None:
    secret = brand.token.split("_")[3]
    for table in ("api_keys", "api_key_directory", "audit_log", "brands"):
        rows = owner.execute(f"SELECT t::text FROM {table} t").fetchall()
        assert not any(secret in row[0] for row in rows), table


def test_a_mistyped_key_is_refused_without_asking_the_database() -> None:
    token = rules.new_key("live").token
    assert rules.key_id_of(token) is not None
    for position in range(len(token)):
        other = "a" if token[position] != "a" else "b"
        assert rules.key_id_of(token[:position] + other + token[position + 1 :]) is None


def test_another_secret_with_a_known_id_is_refused(app, brand) -> None:
    forged = rules.new_key("test")
    parts = brand.token.split("_")
    head = f"sk_test_{parts[2]}_{forged.token.split('_')[3][:32]}"
    assert credential(app, head + rules._checksum(head)) is None


def test_a_rolled_key_works_for_the_days_it_was_given(app, brand) -> None:
    key_id = brand.token.split("_")[2]
    with app.app_context(), transaction(brand.brand_id):
        fresh = services.roll_key(
            brand.brand_id, key_id, keep_days=2, actor="test", now=clock.now()
        )

    assert credential(app, fresh) is not None
    assert credential(app, brand.token) is not None
    later = clock.now() + timedelta(days=2, seconds=1)
    assert credential(app, brand.token, at=later) is None
    assert credential(app, fresh, at=later) is not None


def test_a_revoked_key_stops_working_within_seconds(app, brand, monkeypatch) -> None:
    brand.api.get("/v1/brand")
    with app.app_context(), transaction(brand.brand_id):
        services.revoke_key(
            brand.brand_id, brand.token.split("_")[2], actor="test", now=clock.now()
        )

    assert auth.CACHE_SECONDS < 10
    # What was looked up before is believed until then, and not a moment longer.
    app.extensions["credentials"].clear()
    brand.api.refused("GET", "/v1/brand", code="credential_refused")


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "credential_missing"),
        ("Basic abc", "credential_missing"),
        ("Bearer", "credential_missing"),
        ("Bearer sk_live_x", "credential_refused"),
        ("Bearer " + "가" * 10, "credential_refused"),
    ],
)
def test_without_a_good_key_nobody_gets_in(app, brand, header, code) -> None:
    headers = {"Authorization": header.encode().decode("latin-1")} if header else {}
    response = app.test_client().get("/v1/brand", headers=headers)
    assert response.status_code == 401
    assert response.get_json(force=True)["code"] == code
