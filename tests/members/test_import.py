"""``flask import members`` on files as shops have them."""

import csv
import json
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask

from app import imports
from app.members.cli import iso_date
from app.members.errors import BirthdayInFuture
from tests.support.api import TestBrand

HEADER = ("회원번호", "이름", "휴대폰 번호", "이메일", "생년월일", "양력/음력", "가입일", "등급")
ROWS = (
    ("c1", "김단골", "010-1234-5678", "kim@example.com", "1990.3.5", "양력", "2024-03-01", "VIP"),
    ("c2", "이단골", "1098765432", "", "19900230", "음력", "2024.3.1 10:22:33", ""),
    ("c3", "", "", "", "", "", "", ""),
)


class Import:
    """Writes files and runs the command on them."""

    def __init__(self, app: Flask, brand: TestBrand, folder: Path) -> None:
        self.app = app
        self.brand = brand
        self.path = folder / "members.csv"

    def write(
        self, rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER, encoding: str = "utf-8"
    ) -> Path:
        with self.path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows([header, *rows])
        return self.path

    def run(self, *options: str, path: Path | None = None, status: int = 0) -> dict[str, Any]:
        result = self.invoke(*options, path=path)
        assert result.exit_code == status, result.output
        summary: dict[str, Any] = json.loads(result.stdout)
        return summary

    def invoke(self, *options: str, path: Path | None = None) -> Any:
        arguments = ["import", "members", str(path or self.path), "--json"]
        return self.app.test_cli_runner().invoke(
            args=[*arguments, "--brand", str(self.brand.brand_id), *options]
        )

    def errors(self) -> list[dict[str, str]]:
        path = self.path.with_name("members.errors.csv")
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture
def importing(app: Flask, brand: TestBrand, tmp_path: Path) -> Import:
    return Import(app, brand, tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_a_file_is_imported_in_the_encoding_it_has(importing: Import, encoding: str) -> None:
    importing.write(ROWS, encoding=encoding)

    summary = importing.run()

    assert (summary["rows"], summary["created"], summary["refused"]) == (3, 3, 0)
    assert summary["encoding"] == ("cp949" if encoding == "cp949" else "utf-8-sig")
    assert summary["ignored_columns"] == ["등급"]
    assert summary["errors_file"] is None
    api = importing.brand.api
    first = api.get("/v1/members/ext:c1")
    assert (first["name"], first["phone"]) == ("김단골", "+821012345678")
    assert (first["email"], first["joined_on"]) == ("kim@example.com", "2024-03-01")
    assert first["birthday"] == {"date": "1990-03-05", "calendar": "solar", "leap_month": False}
    second = api.get("/v1/members/ext:c2")
    assert second["phone"] == "+821098765432"  # Excel had taken the zero away
    assert second["birthday"] == {"date": "1990-02-30", "calendar": "lunar", "leap_month": False}
    assert second["joined_on"] == "2024-03-01"
    assert api.get("/v1/members/ext:c3")["name"] is None
    assert api.get("/v1/members/ext:c1/points")["available"] == 0


def test_imported_again_it_changes_nothing(importing: Import) -> None:
    importing.write(ROWS)
    importing.run()
    before = importing.brand.api.get("/v1/members")

    summary = importing.run()

    assert (summary["created"], summary["changed"], summary["unchanged"]) == (0, 0, 3)
    assert importing.brand.api.get("/v1/members") == before


def test_an_empty_cell_keeps_what_is_known(importing: Import) -> None:
    importing.write(ROWS)
    importing.run()
    importing.write([("c1", "김 단골", "", "", "", "", "", "")])

    summary = importing.run()

    assert summary["changed"] == 1
    shown = importing.brand.api.get("/v1/members/ext:c1")
    assert (shown["name"], shown["phone"]) == ("김 단골", "+821012345678")


BAD = (
    ("", "번호없음", "", "", "", "", "", ""),
    ("b1", "", "010-123-4567", "no", "", "", "", ""),
    ("b2", "=HYPERLINK(1)", "+82 10 123", "", "1990-02-30", "양력", "", ""),
    ("b3", "", "", "", "1990-02-01", "율리우스", "어제", ""),
    ("c1", "또 김단골", "", "", "", "", "", ""),
    ("b4", "칸이 모자람"),
)


def test_bad_rows_are_put_aside_with_their_reasons_and_good_ones_kept(importing: Import) -> None:
    importing.write([ROWS[0], *BAD, ROWS[1]])

    summary = importing.run(status=1)

    assert (summary["rows"], summary["created"], summary["refused"]) == (8, 2, 6)
    rows = importing.errors()
    assert [row["회원번호"] for row in rows] == ["", "b1", "b2", "b3", "c1", "b4"]
    assert [list(row) for row in rows] == [[*HEADER, "오류"]] * 6
    reasons = [row["오류"] for row in rows]
    assert reasons[0].startswith("회원번호: ")
    assert "휴대폰 번호: 휴대폰 번호를 확인해 주세요" in reasons[1]
    assert "이메일: " in reasons[1]
    assert "생년월일: 그 달력에 없는 날이에요" in reasons[2]
    assert "양력/음력: " in reasons[3]
    assert "앞쪽에도 있어요" in reasons[4]
    assert "칸이 8개여야 하는데 2개예요" in reasons[5]
    assert (rows[2]["이름"], rows[2]["휴대폰 번호"]) == ("'=HYPERLINK(1)", "'+82 10 123")
    errors = importing.path.with_name("members.errors.csv")
    assert stat.S_IMODE(errors.stat().st_mode) == 0o600


def test_the_error_file_can_be_mended_and_imported_as_it_is(
    importing: Import, tmp_path: Path
) -> None:
    importing.write([("b1", "=단골", "+82 10 123 4567", "", "", "", "", "")])
    importing.run(status=1)
    errors = importing.path.with_name("members.errors.csv")
    mended = errors.read_text("utf-8-sig").replace("123 4567", "1234 5678")
    again = tmp_path / "again.csv"
    again.write_text(mended, "utf-8-sig")

    summary = importing.run(path=again)

    assert (summary["created"], summary["ignored_columns"]) == (1, ["등급"])
    shown = importing.brand.api.get("/v1/members/ext:b1")
    assert (shown["name"], shown["phone"]) == ("=단골", "+821012345678")


def test_a_refusal_of_the_use_case_takes_only_its_row_along(importing: Import) -> None:
    importing.write([ROWS[0], ("f1", "", "", "", "2099-01-01", "", "", ""), ROWS[1]])

    summary = importing.run(status=1)

    assert (summary["created"], summary["refused"]) == (2, 1)
    assert importing.errors()[0]["오류"] == BirthdayInFuture.ko
    importing.brand.api.refused("GET", "/v1/members/ext:f1", code="member_not_found")


def test_a_merged_member_is_put_aside(importing: Import) -> None:
    importing.write(ROWS)
    importing.run()
    importing.brand.api.post("/v1/members/ext:c1/merge", {"into": "ext:c2"}, expect=200)

    summary = importing.run(status=1)

    assert (summary["unchanged"], summary["refused"]) == (2, 1)
    assert "합쳐진 회원" in importing.errors()[0]["오류"]


def test_a_dry_run_writes_nothing_but_the_error_file(
    importing: Import, owner: psycopg.Connection[Any]
) -> None:
    importing.write([*ROWS, *BAD])

    summary = importing.run("--dry-run", status=1)

    assert (summary["dry_run"], summary["rows"], summary["refused"]) == (True, 9, 6)
    assert len(importing.errors()) == 6
    for table in ("members", "point_accounts"):
        count = owner.execute(
            f"SELECT count(*) FROM {table} WHERE brand_id = %s", (importing.brand.brand_id,)
        ).fetchone()
        assert count == (0,)


def test_an_import_that_was_cut_off_is_finished_by_running_it_again(
    importing: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [(f"r{number}", f"단골{number}", "", "", "", "", "", "") for number in range(10)]
    importing.write(rows)
    monkeypatch.setattr(imports, "CHUNK", 4)
    whole = imports._apply
    calls = 0

    def cut_off(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return whole(*arguments)

    monkeypatch.setattr(imports, "_apply", cut_off)
    assert importing.invoke().exit_code != 0
    assert len(importing.brand.api.get("/v1/members")["data"]) == 8

    monkeypatch.setattr(imports, "_apply", whole)
    summary = importing.run()

    assert (summary["created"], summary["unchanged"]) == (2, 8)
    assert len(importing.brand.api.get("/v1/members")["data"]) == 10


def test_a_finished_import_is_on_the_record_without_personal_data(
    importing: Import, owner: psycopg.Connection[Any]
) -> None:
    importing.write(ROWS)
    importing.run()

    record = owner.execute(
        "SELECT actor, subject, after FROM audit_log"
        " WHERE brand_id = %s AND action = 'members.imported'",
        (importing.brand.brand_id,),
    ).fetchone()
    assert record is not None
    actor, subject, after = record
    assert (actor, subject) == ("cli", "members")
    assert set(after) == {"sha256", "rows", "refused", "created", "changed", "unchanged"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("이름,휴대폰\n김,010\n".encode(), "꼭 필요한 열이 없어요: external_id"),
        (b"", "꼭 필요한 열이 없어요"),
        (b'external_id,name\n1,"open\n', "2번째 줄의 따옴표"),
        ("external_id,이름,성명\n".encode(), None),
        (b"external_id,External-ID\n1,2\n", "열이 두 번 있어요"),
        ("external_id\n1\n".encode("utf-16"), "UTF-8도 CP949도 아닌"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "UTF-8도 CP949도 아닌"),
    ],
)
def test_a_file_that_is_none_is_refused_whole(
    importing: Import, content: bytes, reason: str | None
) -> None:
    importing.path.write_bytes(content)
    result = importing.invoke()
    if reason is None:  # two headers for one column: the better one counts
        assert result.exit_code == 0
        return
    assert result.exit_code == 2
    assert reason in result.output


def test_the_original_is_never_overwritten_by_its_errors(importing: Import) -> None:
    importing.write(BAD)
    before = importing.path.read_bytes()
    result = importing.invoke("--errors", str(importing.path))
    assert result.exit_code == 2
    assert importing.path.read_bytes() == before


def test_an_unknown_brand_is_refused(app: Flask, importing: Import) -> None:
    importing.write(ROWS)
    result = app.test_cli_runner().invoke(
        args=[
            "import",
            "members",
            str(importing.path),
            "--brand",
            str(importing.brand.brand_id)[::-1],
        ]
    )
    assert result.exit_code == 2


def test_the_summary_is_told_in_korean(app: Flask, importing: Import) -> None:
    importing.write([*ROWS, BAD[1]])
    result = app.test_cli_runner().invoke(
        args=["import", "members", str(importing.path), "--brand", str(importing.brand.brand_id)]
    )
    assert result.exit_code == 1
    assert "members: 4줄 (utf-8-sig) · 새로 3 · 바뀜 0 · 그대로 0" in result.output
    assert "쓰지 않은 열: 등급" in result.output
    assert "오류 1줄: " in result.output
    assert "010-123-4567" not in result.output


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("1990-03-05", "1990-03-05"),
        ("1990/3/5", "1990-03-05"),
        ("1990. 3. 5.", "1990-03-05"),
        ("19900305", "1990-03-05"),
        ("1990년 3월 5일", "1990-03-05"),
        ("2024-03-01 10:22:33", "2024-03-01"),
        ("2024-03-01T10:22:33+09:00", "2024-03-01"),
        ("900305", "900305"),
        ("3/5/1990", "3/5/1990"),
        ("어제", "어제"),
    ],
)
def test_dates_are_read_as_people_write_them(text: str, date: str) -> None:
    assert iso_date(text) == date
