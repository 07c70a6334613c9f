"""A maker's own serials from CSV and Excel files: all of them or none, each fault by its line."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.api import TestBrand
from tests.support.sheets import DATE, formula, number, text, write_sheet
from tests.warranties.shop import make_batch, open_shop, serials_of

SERIALS = {"prefix": "HB", "min_length": 6, "max_length": 8, "characters": "digits"}


@pytest.fixture
def maker(brand: TestBrand) -> TestBrand:
    open_shop(brand)
    return brand


def run(brand: TestBrand, path: Path, *options: str, expect: int = 0) -> dict[str, Any]:
    command = ["import", "serials", str(path), "--brand", str(brand.brand_id)]
    command += ["--product", "BOOT", "--json", *options]
    result = brand.app.test_cli_runner().invoke(args=command)
    assert result.exit_code == expect, result.output
    return (
        dict(json.loads(result.output.splitlines()[-1])) if expect < 2 else {"said": result.output}
    )


def faults(summary: dict[str, Any]) -> dict[str, str]:
    """Return the bad rows of the error file: the serial, and what is wrong."""
    with Path(summary["errors_file"]).open(encoding="utf-8-sig", newline="") as file:
        return {row[0]: row[-1] for row in list(csv.reader(file))[1:]}


def batches(brand: TestBrand) -> list[dict[str, Any]]:
    return list(brand.api.get("/v1/warranty-batches")["data"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_a_csv_file_becomes_one_batch(maker: TestBrand, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "serials.csv"
    path.write_text("시리얼 번호,비고\nHB-001,앞\n hb-002 ,\n\nHB-003,뒤\n", encoding=encoding)
    done = run(maker, path, "--channel", "coupang", "--manufactured-on", "2026-05-01")
    [batch] = batches(maker)
    assert (done["rows"], done["batch"]) == (3, batch["id"])
    assert (batch["channel"], batch["manufactured_on"], batch["own_serials"]) == (
        "coupang", "2026-05-01", True,
    )  # fmt: skip
    assert serials_of(maker, batch) == ["HB-001", "hb-002", "HB-003"]
    [record] = [
        each for each in maker.api.get("/v1/audit-log?limit=100")["data"]
        if each["action"] == "warranty_batch.imported"
    ]  # fmt: skip
    assert record["after"]["rows"] == 3
    assert len(record["after"]["sha256"]) == 64


def test_every_fault_names_its_line_and_nothing_is_made(maker: TestBrand, tmp_path: Path) -> None:
    maker.api.put("/v1/products/BOOT", {"name": "레인부츠", "serials": SERIALS})
    make_batch(maker, 1, serials=["HB9999"])
    path = tmp_path / "serials.csv"
    lines = ["serial", "HB0001", "HX0002", "hb-0001", "", "=HB003", "HB9999", "HB0005,x"]
    path.write_text("\n".join(lines), encoding="utf-8")
    done = run(maker, path, expect=1)
    assert (done["rows"], done["refused"], done["batch"], done["first_line"]) == (6, 5, None, 3)
    found = faults(done)
    assert found["HX0002"].startswith("3번째 줄:")
    assert "이미 있어요" in found["hb-0001"] or "쓸 수 없어요" in found["hb-0001"]
    assert found["'=HB003"].startswith("6번째 줄:")
    assert found["HB9999"] == (
        "7번째 줄: 시리얼 번호 HB9999은(는) 이미 있어요."
        " 영문자 O·I·L은 숫자 0·1·1과 같은 것으로 읽어요."
    )
    assert found["HB0005"].startswith("8번째 줄:")
    assert len(batches(maker)) == 1  # the one that was there


def test_the_same_serial_twice_in_a_file_is_told_once_for_each_repeat(
    maker: TestBrand, tmp_path: Path
) -> None:
    path = tmp_path / "serials.csv"
    path.write_text("serial\nA-O1\nA-02\na01\nA.0I\n", encoding="utf-8")
    done = run(maker, path, expect=1)
    assert [each.split(":")[0] for each in faults(done).values()] == ["4번째 줄", "5번째 줄"]
    assert batches(maker) == []


def test_to_import_a_file_again_makes_nothing_twice(maker: TestBrand, tmp_path: Path) -> None:
    path = tmp_path / "serials.csv"
    path.write_text("sn\nA-1\nA-2\n", encoding="utf-8")
    assert run(maker, path, "--dry-run")["batch"] is None
    assert batches(maker) == []
    run(maker, path)
    assert run(maker, path, expect=1)["refused"] == 2
    assert len(batches(maker)) == 1


def test_an_excel_file_is_read_as_it_shows(maker: TestBrand, tmp_path: Path) -> None:
    path = write_sheet(
        tmp_path / "serials.xlsx",
        {
            1: text("메모", "A1") + text("시리얼", "B1"),
            2: text("HB-001", "B2"),
            4: number("20260002", "B4"),
            5: formula('"HB-"&"003"', "HB-003", "B5"),
        },
    )
    run(maker, path)
    [batch] = batches(maker)
    assert serials_of(maker, batch) == ["HB-001", "20260002", "HB-003"]


def test_in_an_excel_file_nothing_is_calculated_or_guessed(
    maker: TestBrand, tmp_path: Path
) -> None:
    path = write_sheet(
        tmp_path / "serials.xlsx",
        {
            1: text("시리얼", "A1"),
            2: text("=1+1", "A2"),
            3: formula("1+1", None, "A3") + text("x", "B3"),
            4: number("46000", "A4", DATE),
            5: number("12345678901234567890", "A5"),
            6: number("1.5", "A6"),
            9: text("둘째\n줄", "A9"),
            10: text("GOOD-1", "A10"),
        },
    )
    done = run(maker, path, expect=1)
    found = faults(done)
    assert [each.split(":")[0] for each in found.values()] == [
        f"{line}번째 줄" for line in (2, 3, 4, 5, 6, 9)
    ]
    assert next(iter(found)) == "'=1+1"
    assert "날짜 2025-12-09" in found
    assert "비어" in found[""]
    assert batches(maker) == []


def test_a_sheet_that_would_fill_the_memory_is_refused_unopened(
    maker: TestBrand, tmp_path: Path
) -> None:
    far = {1: number("1", "A1"), 1_048_576: number("1", "XFD1048576")}
    wide = {1: text("serial", "A1") + number("1", "CW1")}
    hidden = {1: text("serial", "A1") + "<c><v>1</v></c>" * 101}
    long = {1: text("serial", "A1"), 200_001: number("1", "A200001")}
    for rows in (far, wide, hidden, long):
        path = write_sheet(tmp_path / "big.xlsx", rows)
        assert "시트가 너무 커요" in run(maker, path, expect=2)["said"]
    bomb = write_sheet(tmp_path / "bomb.xlsx", {1: text("0" * 140_000_000, "A1")})
    assert bomb.stat().st_size < 1_000_000
    assert "시트가 너무 커요" in run(maker, bomb, expect=2)["said"]


def test_what_is_no_list_of_serials_is_refused_with_what_to_do(
    maker: TestBrand, tmp_path: Path
) -> None:
    path = tmp_path / "serials.xlsx"
    for content, said in (
        (b"PK\x03\x04 broken", "열 수 없는 엑셀 파일이에요"),
        ("이름\n김단골\n".encode(), "꼭 필요한 열이 없어요: serial"),
        (b"serial\n", "시리얼 번호가 한 줄도 없어요"),
        (b"\xff\xfe\x00", "UTF-8도 CP949도 아닌 파일이에요"),
    ):
        path.write_bytes(content)
        assert said in run(maker, path, expect=2)["said"]
    path.write_bytes(b"serial\nA-1\n")
    assert "오류 파일은" in run(maker, path, "--errors", str(path), expect=2)["said"]
    said = run(maker, path, "--product", "NOPE", expect=2)["said"]
    assert "NOPE" in said
    assert batches(maker) == []
