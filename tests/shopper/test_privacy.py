"""What shoppers type is nowhere but where it belongs: no log, address, job or file tells it."""

import logging
from typing import Any

import psycopg
import pytest

from tests.shopper.phone import Shop
from tests.shopper.pictures import photo
from tests.shopper.test_repairs import Repair
from tests.shopper.test_transfers import Deal

NAME = "카나리아김"
DIGITS = "7531"
NUMBER = f"010-{DIGITS}-8642"
ADDRESS = "카나리아로 7"
ORDER = "3000099887766"


def test_no_log_line_address_job_or_file_holds_what_a_shopper_typed(
    shop: Shop,
    owner: psycopg.Connection[Any],
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    phone = shop.phone(number=NUMBER)
    repair = Repair(shop, phone, name=NAME, order_number=ORDER)
    visited = [phone.url]
    repair.ask(files=(photo(),), description=f"{NAME} 밑창", address=ADDRESS)
    visited.append(phone.url)
    phone.open(f"/q/{shop.codes[1]}/report")
    phone.send(f"/q/{shop.codes[1]}/report", {"kind": "doubtful", "note": NAME})
    deal = Deal(shop, phone, repair.certificate)
    link = deal.offer()
    visited += [phone.url, link]
    deal.accept(link)
    visited.append(deal.buyer.url)
    pdf = deal.buyer.client.get(
        f"{visited[-1].removesuffix('/done')}/certificate.pdf", base_url=f"http://{shop.host}"
    ).data
    for path in ("/my", "/login?next=/my"):
        phone.open(path)
    phone.post("/login", {"token": "0", "phone": NUMBER}, expect=403)

    jobs = owner.execute("SELECT string_agg(args::text, ' ') FROM procrastinate_jobs").fetchone()
    audit = owner.execute(
        "SELECT string_agg(a::text, ' ') FROM audit_log a WHERE brand_id = %s",
        (shop.brand.brand_id,),
    ).fetchone()
    logged = "".join(capfd.readouterr()) + caplog.text
    places = {
        "logs": logged,
        "addresses": " ".join(visited),
        "jobs": str(jobs),
        "audit": str(audit),
    }
    for where, text in places.items():
        for value in (NAME, f"{DIGITS}-8642", f"{DIGITS}8642", ADDRESS, ORDER):
            assert value not in text, where
    for value in (NAME, DIGITS, ADDRESS, ORDER):
        assert value.encode() not in pdf
        assert value.encode("utf-16-be") not in pdf
    assert pdf.startswith(b"%PDF-")


def test_nothing_that_was_typed_lies_open_in_the_database(
    shop: Shop, owner: psycopg.Connection[Any]
) -> None:
    phone = shop.phone(number=NUMBER)
    repair = Repair(shop, phone, name=NAME, order_number=ORDER)
    repair.ask(files=(photo(),), description=f"{NAME} 밑창", address=ADDRESS)
    tables = owner.execute(
        "SELECT table_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name = 'brand_id'"
    ).fetchall()
    for (table,) in tables:
        (rows,) = owner.execute(
            f"SELECT string_agg(t::text, ' ') FROM {table} t WHERE brand_id = %s",
            (shop.brand.brand_id,),
        ).fetchone()  # type: ignore[misc]
        for value in (NAME, f"{DIGITS}8642", ADDRESS, ORDER):
            assert value not in (rows or ""), table
