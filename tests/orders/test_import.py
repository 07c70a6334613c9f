"""``flask import orders`` on real files."""

import csv
import json
from pathlib import Path

import pytest

from app.orders.cli import read_instant, read_row

HEADER = ("주문번호", "회원번호", "주문일시", "상품코드", "상품명", "수량", "판매가", "배송비")
LINES = (
    ("M-1", "c1", "2026-01-05 10:15", "cup", "머그컵", "6", "2,550원", "3,000"),
    ("M-1", "c1", "2026-01-05 10:15", "dish", "접시", "1", "9900", "3,000"),
    ("M-2", "", "2026-01-06", "cup", "머그컵", "1", "2550", "0"),
)


@pytest.fixture
def run(app, brand, tmp_path):
    """Write a file and import it; return the summary, with the bad rows of its error file."""

    def run(lines=LINES, *options, header=HEADER, encoding="utf-8-sig"):
        path = tmp_path / "orders.csv"
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows([header, *lines])
        arguments = ["import", "orders", str(path), "--brand", str(brand.brand_id), "--json"]
        result = app.test_cli_runner().invoke(args=[*arguments, *options])
        assert result.exit_code in (0, 1), result.output
        summary = json.loads(result.output)
        assert result.exit_code == (1 if summary["refused"] else 0)
        summary["errors"] = []
        if summary["errors_file"]:
            with Path(summary["errors_file"]).open(encoding="utf-8-sig", newline="") as file:
                summary["errors"] = list(csv.DictReader(file))
        return summary

    brand.api.put("/v1/members/ext:c1", {"name": "김단골"}, expect=201)
    return run


def orders_of(brand):
    return {order["external_id"]: order for order in brand.api.get("/v1/orders")["data"]}


def test_rows_of_one_order_number_become_the_lines_of_one_order(run, brand):
    summary = run()
    assert (summary["created"], summary["refused"]) == (2, 0)
    order = brand.api.get("/v1/orders/ext:M-1")
    assert order["amounts"]["goods"] == 6 * 2550 + 9900
    assert order["amounts"]["shipping_fee"] == 3000
    assert [line["sku"] for line in order["lines"]] == ["cup", "dish"]
    assert order["placed_at"] == "2026-01-05T01:15:00+00:00"
    assert brand.api.get("/v1/orders/ext:M-2")["member"] is None


def test_an_import_that_is_run_again_imports_nothing_twice(run, brand):
    run()
    before = brand.api.get("/v1/members/ext:c1/points")
    summary = run()
    assert (summary["created"], summary["changed"], summary["unchanged"]) == (0, 0, 2)
    assert brand.api.get("/v1/members/ext:c1/points") == before


def test_orders_stay_imported_when_the_kept_answers_are_gone(run, brand, owner):
    run()
    owner.execute("DELETE FROM idempotency_records WHERE brand_id = %s", (brand.brand_id,))
    assert run()["unchanged"] == 2


def test_a_dry_run_writes_nothing(run, brand):
    summary = run((*LINES, ("M-4", "nobody", *LINES[0][2:])), "--dry-run")
    assert (summary["rows"], summary["created"], summary["refused"]) == (4, 2, 1)
    assert orders_of(brand) == {}


def test_a_file_of_excel_in_cp949_is_read(run):
    assert run(encoding="cp949")["created"] == 2


def test_bad_rows_are_put_aside_with_the_reason_and_good_orders_are_kept(run, brand):
    bad = (
        ("M-3", "c1", "어제", "cup", "머그컵", "1.5", "2550", ""),
        ("M-3", "c1", "2026-01-07", "dish", "접시", "1", "9900", ""),
        ("M-4", "nobody", "2026-01-07", "cup", "=1+1", "1", "2550", ""),
    )
    summary = run((*LINES, *bad))
    assert (summary["created"], summary["refused"]) == (2, 3)
    assert set(orders_of(brand)) == {"M-1", "M-2"}
    first, second, third = summary["errors"]
    assert "주문일시" in first["오류"]
    assert "수량" in first["오류"]
    assert "다른 줄" in second["오류"]
    assert "회원" in third["오류"]
    assert third["상품명"] == "'=1+1"


def test_an_order_whose_rows_lie_apart_is_refused_whole(run, brand):
    summary = run((LINES[0], LINES[2], LINES[1]))
    assert (summary["created"], summary["refused"]) == (1, 2)
    assert set(orders_of(brand)) == {"M-2"}


def test_a_row_with_a_comma_too_many_takes_its_whole_order_along(run, brand):
    summary = run((LINES[0], (*LINES[1], "x"), LINES[2]))
    assert (summary["created"], summary["refused"]) == (1, 2)
    assert set(orders_of(brand)) == {"M-2"}


def test_a_row_that_hides_its_order_takes_both_neighbours_along(run, brand):
    header = (*HEADER[1:], HEADER[0])
    good, bad, free = ((*line[1:], line[0]) for line in LINES)
    last = (*free[:-1], "M-9")
    summary = run((good, (*bad, "x"), free, last), header=header)
    assert (summary["created"], summary["refused"]) == (1, 3)
    assert set(orders_of(brand)) == {"M-9"}


def test_rows_that_contradict_each_other_are_refused_together(run):
    summary = run((LINES[0], (*LINES[1][:-1], "2,500")))
    assert summary["created"] == 0
    assert all("shipping_fee" in row["오류"] for row in summary["errors"])
    assert len(summary["errors"]) == 2


def test_an_order_of_the_same_number_with_other_content_is_refused(run, brand):
    run()
    summary = run((("M-2", "", "2026-01-06", "cup", "머그컵", "2", "2550", "0"),))
    assert summary["refused"] == 1
    assert "M-2" in summary["errors"][0]["오류"]
    assert brand.api.get("/v1/orders/ext:M-2")["amounts"]["goods"] == 2550


def test_a_later_file_confirms_an_order(run, brand):
    brand.api.post("/v1/test-clock", {"now": "2026-01-06T00:00:00+09:00"}, expect=200)
    header = (*HEADER, "구매확정")
    run([(*LINES[0], "N")], header=header)
    assert brand.api.get("/v1/members/ext:c1/points")["pending"] == 153
    summary = run([(*LINES[0], "Y")], header=header)
    assert (summary["created"], summary["changed"]) == (0, 1)
    assert brand.api.get("/v1/members/ext:c1/points")["available"] == 153
    assert run([(*LINES[0], "Y")], header=header)["unchanged"] == 1


def test_an_order_refunded_since_is_left_alone(run, brand):
    header = (*HEADER, "구매확정")
    rows = [(*LINES[0], "Y")]
    run(rows, header=header)
    brand.api.post("/v1/orders/ext:M-1/refunds", {"external_id": "R-1", "all": True})
    assert run(rows, header=header)["unchanged"] == 1


def test_an_amount_counts_before_a_price():
    cells = {
        "order_id": "M-1",
        "placed_at": "2026-01-05",
        "sku": "cup",
        "quantity": "3",
        "unit_price": "334",
        "amount": "₩1,000",
    }
    line = read_row(cells).line
    assert (line.amount, line.unit_price) == (1000, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22 오전 12:05", "2026-11-22T00:05:00"),
        ("2026/11/22 9:05:07.123", "2026-11-22T09:05:07"),
        ("2026년 11월 22일", "2026-11-22T00:00:00"),
        ("2026-11-22T10:15:00Z", "2026-11-22T10:15:00+00:00"),
    ],
)
def test_dates_are_read_as_shops_write_them(text, expected):
    assert read_instant(text).isoformat() == expected


@pytest.mark.parametrize("text", ["", "2026-02-30", "2026-01-01 오후 13:00", "45000", "어제"])
def test_what_is_no_date_is_not_guessed(text):
    assert read_instant(text) is None
