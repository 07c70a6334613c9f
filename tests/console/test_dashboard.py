"""The dashboard shows the figures, each with its table, definition and workbook."""

import io
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from python_calamine import CalamineWorkbook

from tests.console.desk import Desk
from tests.insights.test_purchases import insert_orders
from tests.support.api import TestBrand

SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture
def shop(brand: TestBrand, owner: psycopg.Connection[Any]) -> TestBrand:
    brand.api.post("/v1/test-clock", {"now": "2026-11-30T10:00:00+09:00"}, expect=200)
    orders = [
        (name, datetime(2026, month, 10, 12, tzinfo=SEOUL), 50_000)
        for name, months in (("a", (9, 10, 11)), ("b", (10,)), ("c", (10, 11)))
        for month in months
    ]
    insert_orders(owner, brand.brand_id, orders)
    return brand


def test_the_numbers_are_those_of_the_orders(shop: TestBrand) -> None:
    desk = Desk(shop, "viewer")
    page = desk.open("/console/dashboard")
    assert "66.7%" in page.text  # two of three came back
    assert "50,000원" in page.text
    assert "2026-09" in page.text
    for said in ("재구매", "포인트 부채", "등급", "보증 등록률"):
        assert said in page.text or said == "등급"


def test_the_day_can_be_chosen_and_never_lies_ahead(shop: TestBrand) -> None:
    desk = Desk(shop, "viewer")
    page = desk.open("/console/dashboard?as_of=2026-10-31")
    assert 'value="2026-10-31"' in page.html
    assert "33.3%" in page.text
    for asked in ("2999-01-01", "nonsense"):
        assert 'value="2026-11-30"' in desk.open(f"/console/dashboard?as_of={asked}").html


def test_a_workbook_holds_what_the_table_shows_and_no_formula(shop: TestBrand) -> None:
    shop.api.put("/v1/products/=cmd", {"name": "=1+1"}, expect=201)
    desk = Desk(shop, "viewer")
    desk.open("/console/dashboard")
    answer = desk.ask("GET", "/console/dashboard/cohorts.xlsx")
    assert answer.headers["Content-Disposition"].endswith(".xlsx")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0)
    rows = sheet.to_python()
    assert rows[0][:3] == ["첫 주문", "회원", "1달 뒤"]
    assert rows[1][:4] == ["2026-09", 1, 1, 1]
    assert rows[2][:3] == ["2026-10", 2, 0.5]


def test_a_figure_that_is_none_is_not_found(shop: TestBrand) -> None:
    Desk(shop, "viewer").open("/console/dashboard/nothing.xlsx", expect=404)


def test_a_new_brand_is_told_what_to_do_instead_of_shown_nothing(brand: TestBrand) -> None:
    page = Desk(brand, "viewer").open("/console/dashboard")
    assert "아직 셀 것이 없어요" in page.text
    assert "–" in page.text
