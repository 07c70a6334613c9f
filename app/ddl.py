"""What migrations share: row-level security, rights and SQL functions.

Migrations run as ``dangol_owner``; the application acts as ``dangol_app``, which
owns nothing and holds only the rights given here.
"""

from pathlib import Path
from types import SimpleNamespace

from alembic import op
from sqlalchemy import text
from sqlalchemy.engine import Connection

from app.config import APP_ROLE, OWNER_ROLE

APP = Path(__file__).parent

# '' is what current_setting returns after the transaction that set it has ended.
BRAND = "NULLIF(current_setting('app.brand_id', true), '')::uuid"

READ = "SELECT"
APPEND = "SELECT, INSERT"
WRITE = "SELECT, INSERT, UPDATE"
ALL = "SELECT, INSERT, UPDATE, DELETE"


def isolate(table: str, rights: str) -> None:
    """Show and take only rows of the transaction's brand, and give the app ``rights``."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY {table}_brand ON {table}"
        f" USING (brand_id = {BRAND}) WITH CHECK (brand_id = {BRAND})"
    )
    grant(table, rights)


def grant(table: str, rights: str) -> None:
    op.execute(f"GRANT {rights} ON {table} TO {APP_ROLE}")


def sql_files(feature: str) -> list[Path]:
    """Return the SQL files of a feature in the order of their names."""
    return sorted((APP / feature / "sql").glob("*.sql"))


def install_functions(feature: str) -> None:
    """(Re)create the SQL functions of a feature from ``app/<feature>/sql``."""
    connection = op.get_bind()
    # The files are today's: they may name columns that a later migration adds.
    connection.exec_driver_sql("SET LOCAL check_function_bodies = off")
    for path in sql_files(feature):
        connection.exec_driver_sql(path.read_text().replace("%", "%%"))


def drop_functions(feature: str) -> None:
    """Drop every function whose name begins with the feature's."""
    op.execute(
        "DO $$ DECLARE f regprocedure; BEGIN"
        " FOR f IN SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        f" AND proname LIKE '{feature}\\_%' LOOP"
        " EXECUTE 'DROP FUNCTION ' || f || ' CASCADE'; END LOOP; END $$"
    )


def create_roles(connection: Connection) -> None:
    """Create the two roles and hand the schema to the owner. Safe to repeat.

    Needs a login that may create roles; where the roles exist already, nothing is
    done and an ordinary member of ``dangol_owner`` is enough.
    """
    # Roles belong to the cluster: two databases may be set up at the same moment.
    connection.execute(text("SELECT pg_advisory_xact_lock(727403281)"))
    present = set(
        connection.scalars(
            text("SELECT rolname FROM pg_roles WHERE rolname IN (:app, :owner)"),
            {"app": APP_ROLE, "owner": OWNER_ROLE},
        )
    )
    for role, options in ((OWNER_ROLE, "NOLOGIN"), (APP_ROLE, "LOGIN")):
        if role not in present:
            connection.execute(
                text(
                    f"CREATE ROLE {role} {options} NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE"
                )
            )
    state = SimpleNamespace(
        **connection.execute(
            text(
                "SELECT pg_has_role(current_user, :owner, 'MEMBER') AS member,"
                " pg_has_role(current_user, :app, 'MEMBER') AS acts_as_app,"
                " current_user = :owner AS is_owner,"
                " (SELECT nspowner::regrole::text = :owner FROM pg_namespace"
                "   WHERE nspname = 'public') AS owns_schema,"
                " current_database() AS database"
            ),
            {"owner": OWNER_ROLE, "app": APP_ROLE},
        )
        .one()
        ._mapping
    )
    if not state.member:
        connection.execute(text(f"GRANT {OWNER_ROLE} TO CURRENT_USER"))
    if not state.owns_schema:
        connection.execute(text(f"ALTER SCHEMA public OWNER TO {OWNER_ROLE}"))
        connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}"))
        connection.execute(text(f'GRANT TEMPORARY ON DATABASE "{state.database}" TO {OWNER_ROLE}'))
    if not state.is_owner and not state.acts_as_app:
        connection.execute(text(f"GRANT {APP_ROLE} TO CURRENT_USER"))
