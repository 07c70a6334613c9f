"""The books prove themselves: whatever is tampered with is named; nobody but the ledger writes."""

import json
import re
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import errors
from psycopg.conninfo import make_conninfo

from app import ids
from app.points.audits import CHECKS
from app.points.jobs import settle_points
from tests.support.api import TestBrand
from tests.support.members import advance, audit, make_member, member_id, run_job

ME = "/v1/members/ext:17850"


@pytest.fixture
def member(brand: TestBrand) -> UUID:
    """A member with every kind of entry behind it, and a bystander."""
    brand.api.post("/v1/test-clock", {"now": "2026-11-25T10:00:00+09:00"}, expect=200)
    for path in (make_member(brand, "17850"), make_member(brand, "2", points=5)):
        brand.api.post(f"{path}/points/accruals", {"points": 1000})
    lines = [{"sku": "a", "quantity": 2, "unit_price": 10_000}]
    order = {"external_id": "M-1", "member": "ext:17850", "lines": lines, "redeem_points": 300}
    brand.api.post("/v1/orders", order)
    refund = {"external_id": "R-1", "lines": [{"line": 1, "quantity": 1}]}
    brand.api.post("/v1/orders/ext:M-1/refunds", refund)
    brand.api.post(f"{ME}/points/holds", {"points": 100})
    assert audit(brand) == []
    return member_id(brand, ME)


# What a vandal with the owner's rights does (of one member), and which checks see it.
TAMPERED = {
    "UPDATE point_accounts SET available = available + 1": {
        "account_equals_entries",
        "account_equals_lots",
    },
    "UPDATE point_accounts SET pending = pending + 1": {
        "account_equals_entries",
        "account_equals_lots",
    },
    "UPDATE point_accounts SET held = held + 1": {
        "account_equals_entries",
        "held_equals_open_holds",
    },
    "UPDATE point_accounts SET seq = seq + 1": {"account_equals_entries"},
    "UPDATE point_accounts SET next_due_at = 'infinity'": {"due_is_never_late"},
    "UPDATE point_lots SET remaining = remaining - 1": {
        "account_equals_lots",
        "lot_equals_allocations",
    },
    "UPDATE point_lots SET lapsed = lapsed + 1": {"lapsed_at_most_expired"},
    "UPDATE point_lots SET original = original + 1": {"lot_equals_its_first_allocation"},
    "UPDATE point_lots SET expires_at = '2020-01-01'": {"nothing_spent_after_its_date"},
    "DELETE FROM point_lots": {"account_equals_lots", "no_stray_allocation"},
    "UPDATE point_entries SET d_available = d_available + 1": {
        "account_equals_entries",
        "entry_equals_allocations",
        "entries_chain",
    },
    "UPDATE point_entries SET available_after = available_after + 1": {"entries_chain"},
    "UPDATE point_entries SET debt_after = debt_after + 1": {"entries_chain"},
    "DELETE FROM point_entries": {
        "account_equals_entries",
        "entries_chain",
        "no_stray_allocation",
    },
    "UPDATE point_allocations SET d_remaining = d_remaining + 1": {
        "lot_equals_allocations",
        "entry_equals_allocations",
    },
    "UPDATE point_allocations SET lot_no = 99": {"no_stray_allocation", "lot_equals_allocations"},
    "DELETE FROM point_allocations": {"lot_equals_allocations", "entry_equals_allocations"},
    "UPDATE point_holds SET amount = amount + 1": {"held_equals_open_holds"},
    "UPDATE point_holds SET state = 'voided'": {"held_equals_open_holds"},
    "DELETE FROM point_holds": {"held_equals_open_holds"},
}
# One row of each table is enough: the first accrual, its lot, what it brought.
ONE = {
    "point_lots": "lot_no = 1",
    "point_entries": "seq = 1",
    "point_allocations": "entry_seq = 2",
}


@pytest.mark.parametrize(("change", "checks"), TAMPERED.items())
def test_whatever_is_tampered_with_is_found_and_its_member_named(
    brand: TestBrand, member: UUID, owner: psycopg.Connection, change: str, checks: set[str]
) -> None:
    found = re.search(r"point_\w+", change)
    assert found is not None
    row = f" AND {ONE[found[0]]}" if found[0] in ONE else ""
    changed = owner.execute(
        f"{change} WHERE brand_id = %s AND member_id = %s{row}", (brand.brand_id, member)
    )
    assert changed.rowcount == 1

    findings = audit(brand)

    assert checks <= {finding.check for finding in findings}
    assert {finding.member_id for finding in findings} == {member}


def test_more_given_back_than_was_taken_is_found(
    brand: TestBrand, member: UUID, owner: psycopg.Connection
) -> None:
    owner.execute(
        "UPDATE point_allocations SET d_remaining = d_remaining + 1000"
        " WHERE brand_id = %s AND member_id = %s AND source_seq IS NOT NULL",
        (brand.brand_id, member),
    )
    found = {finding.check: finding.member_id for finding in audit(brand)}
    assert found["given_back_at_most_taken"] == member


def test_every_check_has_been_seen_to_fail() -> None:
    seen = {check for checks in TAMPERED.values() for check in checks}
    assert seen | {"given_back_at_most_taken"} == set(CHECKS)


def test_the_command_names_what_differs_and_fails(
    brand: TestBrand, member: UUID, owner: psycopg.Connection
) -> None:
    runner = brand.app.test_cli_runner()
    whole = ["--brand", str(brand.brand_id)]
    clean = runner.invoke(args=["points", "audit", *whole])
    assert (clean.exit_code, "clean" in clean.output) == (0, True)

    owner.execute(
        "UPDATE point_lots SET remaining = remaining - 7"
        " WHERE brand_id = %s AND member_id = %s AND lot_no = 1",
        (brand.brand_id, member),
    )

    failed = runner.invoke(args=["points", "audit", *whole])
    assert failed.exit_code == 1
    assert ids.show("mem", member) in failed.output
    assert "lot_equals_allocations" in failed.output
    told = runner.invoke(args=["points", "audit", *whole, "--json"])
    assert told.exit_code == 1
    report: dict[str, Any] = json.loads(told.output)
    assert report["clean"] is False
    assert {row["member"] for row in report["brands"][str(brand.brand_id)]} == {
        ids.show("mem", member)
    }
    rebuilt = runner.invoke(args=["points", "rebuild", *whole, "--dry-run"])
    assert rebuilt.exit_code == 1
    assert "lot 1" in rebuilt.output
    assert runner.invoke(args=["points", "rebuild", *whole]).exit_code == 2  # only as a dry run


def test_the_audit_of_one_brand_does_not_see_another(
    brand: TestBrand, member: UUID, owner: psycopg.Connection, make_brand: Any
) -> None:
    other = make_brand()
    make_member(other, "17850", points=10)
    owner.execute("UPDATE point_accounts SET held = 1 WHERE brand_id = %s", (brand.brand_id,))
    assert audit(other) == []
    assert audit(brand) != []


def test_a_hold_that_timed_out_is_clean_before_and_after_the_job(
    brand: TestBrand, member: UUID
) -> None:
    advance(brand, "PT1H")
    assert audit(brand) == []
    assert run_job(brand, settle_points) == 1
    assert audit(brand) == []


LEDGER = (
    "point_accounts",
    "point_lots",
    "point_entries",
    "point_allocations",
    "point_holds",
)
FORBIDDEN = (
    "UPDATE {} SET member_id = member_id",
    "DELETE FROM {}",
    "INSERT INTO {0} SELECT * FROM {0}",
    "TRUNCATE {}",
)


@pytest.mark.parametrize("table", LEDGER)
@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_applications_role_may_only_read_the_ledger(
    environment: dict[str, str], brand: TestBrand, member: UUID, table: str, statement: str
) -> None:
    acting = make_conninfo(environment["DATABASE_OWNER_URL"], options="-c role=dangol_app")
    with psycopg.connect(acting) as connection:
        connection.execute("SELECT set_config('app.brand_id', %s, true)", (str(brand.brand_id),))
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        assert row is not None
        assert row[0] > 0
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute(statement.format(table))


def test_the_inner_functions_of_the_ledger_are_not_the_applications(
    environment: dict[str, str],
) -> None:
    acting = make_conninfo(environment["DATABASE_OWNER_URL"], options="-c role=dangol_app")
    with psycopg.connect(acting, autocommit=True) as connection:
        callable_by_app = {
            name
            for (name,) in connection.execute(
                "SELECT proname FROM pg_proc WHERE proname LIKE 'points\\_%'"
                " AND prosecdef AND has_function_privilege(oid, 'EXECUTE')"
            )
        }
    assert callable_by_app == {
        "points_create_account",
        "points_open",
        "points_read",
        "points_post",
        "points_move",
        "points_settle_chunk",
        "points_open_many",
        "points_accrue_many",
    }


def test_the_ledgers_functions_refuse_another_brands_account(
    brand: TestBrand, member: UUID, make_brand: Any, environment: dict[str, str]
) -> None:
    """They run with the owner's rights; row-level security holds all the same."""
    other: TestBrand = make_brand()
    acting = make_conninfo(environment["DATABASE_OWNER_URL"], options="-c role=dangol_app")
    ops = '[{"op": "accrue", "points": 1, "expires_at": "infinity"}]'
    with psycopg.connect(acting) as connection:
        connection.execute("SELECT set_config('app.brand_id', %s, true)", (str(other.brand_id),))
        with pytest.raises(psycopg.Error) as refused:
            connection.execute(
                "SELECT points_post(%s, %s, now(), %s)", (brand.brand_id, member, ops)
            )
    assert refused.value.sqlstate == "DG404"
    assert audit(brand) == []
