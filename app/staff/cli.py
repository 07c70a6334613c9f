"""``flask staff …``: the first person of a brand, whom nobody can invite."""

import secrets
from uuid import UUID

import click
from flask.cli import AppGroup

from app import clock
from app.db import transaction
from app.staff import services

staff = AppGroup("staff", help="Let people into the console.")


@staff.command("create")
@click.option("--brand", "brand_id", type=click.UUID, required=True)
@click.option("--email", required=True)
@click.option("--role", type=click.Choice(list(services.ROLES)), default="admin")
@click.option("--base-url", default="http://127.0.0.1:8000", help="Where the console is reached.")
@click.option(
    "--tester",
    is_flag=True,
    help="Test brands only: a random password at once, and no second factor.",
)
def create(brand_id: UUID, email: str, role: str, base_url: str, *, tester: bool) -> None:
    """Invite somebody, and print the link that the e-mail holds, too."""
    with transaction(brand_id):
        if tester:
            password = secrets.token_urlsafe(15)
            name = email.partition("@")[0]
            services.create_tester(brand_id, email, name, role, password, now=clock.now())
            click.echo(f"email: {email}\npassword: {password}")
        else:
            link = services.invite(
                brand_id, email, role, actor="cli", base_url=base_url, now=clock.now()
            )
            click.echo(f"link: {link}")
