"""People at rest, the command that lets the first one in, and sessions that are forgotten."""

import re
from datetime import timedelta

import psycopg
import pytest
from flask import Flask

from app import clock, resealing
from app.db import transaction
from app.demo import people
from app.staff import services as staff
from app.staff.errors import StaffAlreadyMember, StaffWaiverOfLive
from app.staff.jobs import forget_sessions
from app.staff.queries import find_person
from app.staff.services.people import email_index
from tests.console.desk import Desk
from tests.support.api import TestBrand

TABLES = ("staff_people", "staff_sessions", "staff_recovery_codes", "staff_invitations")


def rows(owner: psycopg.Connection, table: str) -> str:
    return str(owner.execute(f"SELECT t::text FROM {table} t").fetchall())


def test_a_stolen_copy_names_nobody_and_opens_nothing(brand: TestBrand, owner) -> None:
    desk = Desk(brand, "admin")
    codes = desk.connect_app()
    desk.open("/console/team")
    desk.send("/console/team/invitations", {"email": "canary@staff.example", "role": "cs"})
    token = re.search(r"/console/invitation/(\S+)", _mail(brand))[1]  # type: ignore[index]
    kept = "".join(rows(owner, table) for table in TABLES)
    plain = (
        desk.email,
        "관리인",
        desk.password,
        desk.secret,
        desk.cookie,
        token,
        "canary@",
        *codes,
    )
    for secret in plain:
        assert secret not in kept
        assert secret.encode().hex() not in kept


def _mail(brand: TestBrand) -> str:
    return Desk(brand, None, email="canary@staff.example").mails()[0]


def run(app: Flask, *words: str, expect: int = 0) -> str:
    result = app.test_cli_runner().invoke(args=["staff", "create", *words])
    assert result.exit_code == expect, result.output
    return str(result.output or result.exception)


def test_the_first_person_is_let_in_by_a_command(app: Flask, brand: TestBrand) -> None:
    boss = Desk(brand, None)
    said = run(app, "--brand", str(brand.brand_id), "--email", boss.email)
    link = re.search(r"http://127.0.0.1:8000(\S+)", said)[1]  # type: ignore[index]
    assert boss.link() == link
    boss.open(link)
    boss.send(link, {"name": "첫사람", "password": "우산 세 개와 젖은 양말"})
    boss.finish_enrolment("/console/enrol")
    assert "관리자" in boss.open("/console").text


def test_a_tester_is_let_in_with_a_password_in_test_brands_only(
    app: Flask, brand: TestBrand, make_brand
) -> None:
    email = Desk(brand, None).email
    said = run(app, "--brand", str(brand.brand_id), "--email", email, "--role", "cs", "--tester")
    password = re.search(r"password: (\S+)", said)[1]  # type: ignore[index]
    desk = Desk(brand, None, email=email)
    desk.sign_in(password)
    assert desk.url == "/console"
    live = make_brand(test=False)
    with app.app_context(), pytest.raises(StaffWaiverOfLive), transaction(live.brand_id):
        staff.create_tester(
            live.brand_id, email, "이름", "cs", "우산 세 개와 젖은 양말", now=clock.now()
        )


def test_nobody_becomes_a_tester_who_has_an_account_of_their_own(
    app: Flask, brand: TestBrand, make_brand
) -> None:
    boss = Desk(brand, None)
    link = re.search(r"8000(\S+)", run(app, "--brand", str(brand.brand_id), "--email", boss.email))
    boss.open(link[1])  # type: ignore[index]
    boss.send(link[1], {"name": "첫사람", "password": "우산 세 개와 젖은 양말"})  # type: ignore[index]
    other = make_brand()
    with app.app_context(), pytest.raises(StaffAlreadyMember), transaction(other.brand_id):
        staff.create_tester(
            other.brand_id, boss.email, "남", "admin", "빨간 우산과 노란 장화", now=clock.now()
        )


def test_the_demo_has_one_person_for_each_role(app: Flask, brand: TestBrand, make_brand) -> None:
    with app.app_context(), transaction(brand.brand_id):
        made = people.let_in(brand.brand_id, clock.now())
    assert [each.role for each in made] == list(staff.ROLES)
    for each in made:
        desk = Desk(brand, None, email=each.email)
        desk.sign_in(each.password)
        assert desk.url == "/console"
    # A second demo beside the first has the same people, with new passwords.
    second = make_brand()
    with app.app_context(), transaction(second.brand_id):
        again = people.let_in(second.brand_id, clock.now())
    desk.sign_in(made[-1].password, expect=422)
    desk.sign_in(again[-1].password)
    assert "바꾸기" in desk.page.text


def test_a_password_under_older_parameters_is_hashed_anew(brand: TestBrand, owner) -> None:
    from argon2 import PasswordHasher

    desk = Desk(brand, "viewer")
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(desk.password)
    owner.execute(
        "UPDATE staff_people SET password_hash = %s WHERE id = %s", (weak, desk.person_id)
    )
    desk.sign_in()
    assert desk.url == "/console"
    kept = owner.execute(
        "SELECT password_hash FROM staff_people WHERE id = %s", (desk.person_id,)
    ).fetchone()[0]
    assert "m=19456,t=2" in kept


def test_sessions_are_forgotten_a_day_after_they_began(brand: TestBrand, owner) -> None:
    desk = Desk(brand, "viewer")

    def count() -> int:
        found = owner.execute(
            "SELECT count(*) FROM staff_sessions WHERE person_id = %s", (desk.person_id,)
        ).fetchone()
        return int(found[0])

    with brand.app.app_context():
        forget_sessions(brand.brand_id, clock.now() + timedelta(hours=23))
        assert count() == 1
        forget_sessions(brand.brand_id, clock.now() + timedelta(hours=25))
        assert count() == 0


def test_accounts_are_sealed_anew_where_no_brand_is_named(brand: TestBrand, owner) -> None:
    desk = Desk(brand, "admin")
    desk.connect_app()
    app = brand.app
    old = app.config["ENCRYPTION_KEYS"]
    columns = [each for each in resealing.sealed_columns() if not each.of_brands]
    assert {each.name for each in columns} == {"email", "name", "totp", "totp_new"}
    try:
        app.config["ENCRYPTION_KEYS"] = {"new": b"s" * 32, **old}
        with app.app_context():
            list(resealing._reseal(resealing.NO_BRAND, 2))
        app.config["ENCRYPTION_KEYS"] = {"new": b"s" * 32}
        desk.open("/console/account")
        assert desk.email in desk.page.text
    finally:
        app.config["ENCRYPTION_KEYS"] = {**old, "new": b"s" * 32}
        with app.app_context():
            list(resealing._reseal(resealing.NO_BRAND, 50))
            app.config["ENCRYPTION_KEYS"] = old
            with transaction():
                person = find_person(email_index(desk.email))
                assert person is not None
                assert staff.get_account(person.id).email == desk.email
