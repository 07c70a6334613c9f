"""What the database itself enforces, read from its catalogue."""

import psycopg
import pytest
from sqlalchemy import UniqueConstraint

from app import create_app
from app.config import APP_ROLE, OWNER_ROLE
from app.db import DIRECTORY_TABLES, db
from app.ddl import sql_files

LEDGER = ("point_accounts", "point_lots", "point_entries", "point_allocations", "point_holds")


def brand_tables() -> list[str]:
    return sorted(name for name in db.metadata.tables if name not in DIRECTORY_TABLES)


def test_brand_id_leads_every_primary_key_unique_constraint_and_foreign_key(app) -> None:
    for name in brand_tables():
        table = db.metadata.tables[name]
        assert next(iter(table.primary_key.columns)).name == "brand_id", name
        for constraint in table.constraints:
            if isinstance(constraint, UniqueConstraint):
                assert next(iter(constraint.columns)).name == "brand_id", constraint.name
        for key in table.foreign_key_constraints:
            assert key.column_keys[0] == "brand_id", key.name
            assert key.elements[0].column.name == "brand_id", key.name
        for index in table.indexes:
            assert next(iter(index.columns)).name == "brand_id", index.name


def test_every_brand_table_has_forced_row_level_security_with_both_checks(app, owner) -> None:
    rows = owner.execute(
        "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,"
        "       p.polqual IS NOT NULL, p.polwithcheck IS NOT NULL, p.polcmd"
        "  FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid"
        " WHERE c.relkind = 'r' AND EXISTS (SELECT 1 FROM pg_attribute a"
        "       WHERE a.attrelid = c.oid AND a.attname = 'brand_id' AND NOT a.attisdropped)"
        "   AND c.relnamespace = 'public'::regnamespace"
    ).fetchall()
    found = {row[0]: row[1:] for row in rows if row[0] not in DIRECTORY_TABLES}
    assert sorted(found) == brand_tables()
    for name, state in found.items():
        assert state == (True, True, True, True, "*"), name


def test_the_application_role_owns_nothing_and_bypasses_nothing(app, owner) -> None:
    assert owner.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
        " WHERE rolname = %s",
        (APP_ROLE,),
    ).fetchone() == (False, False, False, False)
    owners = owner.execute(
        "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace"
    ).fetchall()
    assert owners == [(OWNER_ROLE,)]


def test_without_a_brand_no_row_is_visible(app, environment, brand) -> None:
    with psycopg.connect(environment["DATABASE_URL"]) as connection:
        for name in brand_tables():
            assert connection.execute(f"SELECT count(*) FROM {name}").fetchone() == (0,), name
            connection.rollback()


@pytest.mark.parametrize("table", LEDGER)
def test_the_application_may_read_the_ledger_and_nothing_more(
    app, environment, brand, table
) -> None:
    statements = (
        f"INSERT INTO {table} SELECT * FROM {table} LIMIT 0",
        f"UPDATE {table} SET brand_id = brand_id",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
    )
    for statement in statements:
        with psycopg.connect(environment["DATABASE_URL"]) as connection:
            connection.execute(
                "SELECT set_config('app.brand_id', %s, true)", (str(brand.brand_id),)
            )
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_a_row_of_another_brand_cannot_be_written(app, environment, make_brand) -> None:
    mine, other = make_brand(), make_brand()
    with psycopg.connect(environment["DATABASE_URL"]) as connection:
        connection.execute("SELECT set_config('app.brand_id', %s, true)", (str(mine.brand_id),))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(
                "INSERT INTO idempotency_records (brand_id, key, fingerprint, created_at)"
                " VALUES (%s, 'k', '', now())",
                (other.brand_id,),
            )


def test_functions_may_be_called_only_by_those_they_are_granted_to(app, owner) -> None:
    public = owner.execute(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        "   AND (proname LIKE 'points\\_%' OR proname LIKE 'order\\_%')"
        "   AND has_function_privilege('public', oid, 'EXECUTE')"
    ).fetchall()
    assert public == []


def test_the_installed_functions_are_those_of_the_files(app, owner) -> None:
    installed = {
        row[0].strip()
        for row in owner.execute(
            "SELECT prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        )
    }
    for feature in ("points", "orders"):
        for path in sql_files(feature):
            for body in path.read_text().split("$$")[1::2]:
                assert body.strip() in installed, f"{path.name}: {body.strip()[:60]}"


def test_two_applications_can_be_made_in_one_process(environment) -> None:
    from app.config import load_config

    assert create_app(load_config(environment)) is not create_app(load_config(environment))
