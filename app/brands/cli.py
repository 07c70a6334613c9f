"""``flask brands …``: create brands and care for their keys."""

import json
from uuid import UUID

import click
from flask.cli import AppGroup

from app import clock
from app.brands import rules, services
from app.db import transaction

brands = AppGroup("brands", help="Create brands and care for their API keys.")


@brands.command("create")
@click.option("--name", required=True)
@click.option("--test", is_flag=True, help="Test mode: sk_test_ keys and a test clock.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
def create(name: str, *, test: bool, as_json: bool) -> None:
    """Create a brand and its first secret key."""
    with transaction():
        created = services.create_brand(name, test=test, now=clock.now())
    _print({"brand_id": str(created.brand_id), "secret_key": created.secret_key}, as_json=as_json)


@brands.command("list")
def list_brands() -> None:
    """List every brand's id, name and mode."""
    with transaction():
        brand_ids = services.list_brand_ids()
    for brand_id in brand_ids:
        with transaction(brand_id):
            brand = services.get_brand(brand_id)
            click.echo(f"{brand_id}  {brand.mode}  {brand.name}")


@brands.group("keys")
def keys() -> None:
    """Create, list, roll and revoke API keys."""


@keys.command("create")
@click.option("--brand", "brand_id", type=click.UUID, required=True)
@click.option("--name", required=True)
@click.option("--scope", "scopes", multiple=True, type=click.Choice(rules.SCOPES))
@click.option("--json", "as_json", is_flag=True)
def create_key(brand_id: UUID, name: str, scopes: tuple[str, ...], *, as_json: bool) -> None:
    """Create a key; without --scope it may do everything."""
    with transaction(brand_id):
        token = services.create_key(
            brand_id, name=name, scopes=scopes or rules.SCOPES, actor="cli", now=clock.now()
        )
    _print({"brand_id": str(brand_id), "secret_key": token}, as_json=as_json)


@keys.command("list")
@click.option("--brand", "brand_id", type=click.UUID, required=True)
def list_keys(brand_id: UUID) -> None:
    """List the keys of a brand; secrets are not kept and cannot be shown."""
    with transaction(brand_id):
        for key in services.list_keys(brand_id):
            state = "revoked" if key.revoked_at else f"until {key.expires_at or 'revoked'}"
            click.echo(f"{key.key_id}  {key.name}  {state}  {' '.join(key.scopes)}")


@keys.command("roll")
@click.option("--brand", "brand_id", type=click.UUID, required=True)
@click.option("--keep-days", type=click.IntRange(0, services.ROLL_DAYS_MAX), default=1)
@click.option("--json", "as_json", is_flag=True)
@click.argument("key_id")
def roll_key(brand_id: UUID, keep_days: int, key_id: str, *, as_json: bool) -> None:
    """Replace a key; the old one works --keep-days longer."""
    with transaction(brand_id):
        token = services.roll_key(
            brand_id, key_id, keep_days=keep_days, actor="cli", now=clock.now()
        )
    _print({"brand_id": str(brand_id), "secret_key": token}, as_json=as_json)


@keys.command("revoke")
@click.option("--brand", "brand_id", type=click.UUID, required=True)
@click.argument("key_id")
def revoke_key(brand_id: UUID, key_id: str) -> None:
    """End a key; it stops working within seconds."""
    with transaction(brand_id):
        services.revoke_key(brand_id, key_id, actor="cli", now=clock.now())
    click.echo(f"{key_id} is revoked.")


def _print(values: dict[str, str], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(values))
        return
    for name, value in values.items():
        click.echo(f"{name}: {value}")
