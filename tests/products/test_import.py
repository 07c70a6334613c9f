"""``flask import products`` on files as shops have them."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.support.api import TestBrand

HEADER = ("상품코드", "상품명", "카테고리", "판매가", "원가", "판매 여부", "추가상품", "상위버전")
ROWS = (
    ("GLASS-1", "유리컵 1세대", "주방", "12,000원", "₩4,500", "단종", "STRAW, BRUSH", "GLASS-2"),
    ("GLASS-2", "유리컵 2세대", "주방", "15000", "6000", "판매중", "STRAW|BRUSH;BRUSH", ""),
    ("STRAW", "빨대", "", "", "", "", "", ""),
)


class Import:
    """Writes files and runs the command on them."""

    def __init__(self, app: Flask, brand: TestBrand, folder: Path) -> None:
        self.app = app
        self.brand = brand
        self.path = folder / "products.csv"

    def run(
        self,
        rows: Sequence[Sequence[str]],
        *options: str,
        header: Sequence[str] = HEADER,
        encoding: str = "utf-8",
        status: int = 0,
    ) -> dict[str, Any]:
        with self.path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows([header, *rows])
        arguments = ["import", "products", str(self.path), "--json"]
        result = self.app.test_cli_runner().invoke(
            args=[*arguments, "--brand", str(self.brand.brand_id), *options]
        )
        assert result.exit_code == status, result.output
        summary: dict[str, Any] = json.loads(result.stdout)
        return summary

    def reasons(self) -> dict[str, str]:
        path = self.path.with_name("products.errors.csv")
        with path.open(encoding="utf-8-sig", newline="") as file:
            return {row["상품코드"]: row["오류"] for row in csv.DictReader(file)}

    def product(self, sku: str) -> Any:
        return self.brand.api.get(f"/v1/products/{sku}")


@pytest.fixture
def importing(app: Flask, brand: TestBrand, tmp_path: Path) -> Import:
    return Import(app, brand, tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_a_catalogue_is_imported_in_the_encoding_it_has(importing: Import, encoding: str) -> None:
    rows = [[cell.replace("₩", "") for cell in row] for row in ROWS]
    summary = importing.run(rows, encoding=encoding)

    assert (summary["rows"], summary["created"], summary["refused"]) == (3, 3, 0)
    first = importing.product("GLASS-1")
    assert (first["name"], first["category"], first["active"]) == ("유리컵 1세대", "주방", False)
    assert (first["price"], first["cost"]) == (12_000, 4_500)
    assert (first["complements"], first["upgrades"]) == (["BRUSH", "STRAW"], ["GLASS-2"])
    second = importing.product("GLASS-2")
    assert (second["active"], second["complements"]) == (True, ["BRUSH", "STRAW"])
    third = importing.product("STRAW")
    assert (third["category"], third["price"], third["active"]) == (None, None, True)
    assert importing.brand.api.get("/v1/products/STRAW/versions")["data"][0]["actor"] == "import"


def test_imported_again_it_changes_nothing(importing: Import) -> None:
    importing.run(ROWS)
    before = importing.brand.api.get("/v1/products")

    summary = importing.run(ROWS)

    assert (summary["created"], summary["changed"], summary["unchanged"]) == (0, 0, 3)
    assert importing.brand.api.get("/v1/products") == before


def test_a_file_of_prices_changes_prices_alone(importing: Import) -> None:
    importing.run(ROWS)
    before = importing.product("GLASS-1")

    summary = importing.run([("GLASS-1", "13,000"), ("STRAW", "")], header=("sku", "price"))

    assert (summary["changed"], summary["unchanged"]) == (1, 1)
    after = importing.product("GLASS-1")
    assert (after["version"], after["price"]) == (2, 13_000)
    kept = ("name", "category", "cost", "active", "complements", "upgrades", "created_at")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


def test_bad_rows_are_named_and_good_ones_kept(importing: Import) -> None:
    bad = (
        ("A B\x07", "이름", "", "", "", "", "", ""),
        ("B", "", "", "1,000", "", "", "", ""),
        ("C", "이름", "", "12.5", "-1", "글쎄요", "", ""),
        ("D", "이름", "", "", "", "", "E|D", ""),
        ("STRAW", "또", "", "", "", "", "", ""),
    )
    summary = importing.run([*ROWS, *bad], status=1)

    assert (summary["created"], summary["refused"]) == (3, 5)
    reasons = importing.reasons()
    assert "1~100자" in reasons["A B\x07"]
    assert "이름이 필요해요" in reasons["B"]
    assert [part.split(":")[0] for part in reasons["C"].split(" / ")] == [
        "판매가", "원가", "판매 여부",
    ]  # fmt: skip
    assert "자기 자신" in reasons["D"]
    assert "앞쪽에도 있어요" in reasons["STRAW"]
    assert len(importing.brand.api.get("/v1/products")["data"]) == 3


def test_a_dry_run_changes_nothing(importing: Import) -> None:
    summary = importing.run(ROWS, "--dry-run")
    assert (summary["dry_run"], summary["created"]) == (True, 3)
    assert importing.brand.api.get("/v1/products")["data"] == []


def test_an_import_is_noted_once_with_its_counts(importing: Import) -> None:
    importing.run(ROWS)
    records = importing.brand.api.get("/v1/audit-log")["data"]
    imported = [each for each in records if each["action"] == "products.imported"]
    assert len(imported) == 1
    assert (imported[0]["after"]["created"], imported[0]["after"]["rows"]) == (3, 3)
    assert not [each for each in records if each["action"] == "product.created"]
