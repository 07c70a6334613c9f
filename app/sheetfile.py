"""Excel files (XLSX) as the CSV files that the imports read: the first sheet, as it shows.

A cell is text: of a formula what it showed when the file was saved, and nothing is
calculated. Numbers that Excel keeps whole are written whole; a date, and a number that Excel
has rounded, are written so that nobody takes them for a serial number.
"""

import csv
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from app.csvfile import Unreadable

UNPACKED_MAX = 128 * 1024 * 1024
COLUMNS_MAX = 100
ROWS_MAX = 200_000
_EXACT = 10**15  # Excel keeps fifteen digits
_MAGIC = b"PK\x03\x04"

NOT_A_SHEET = "열 수 없는 엑셀 파일이에요. 암호를 풀고 'Excel 통합 문서(.xlsx)'로 저장해 주세요."
TOO_LARGE = f"시트가 너무 커요. {ROWS_MAX:,}줄, {COLUMNS_MAX}열까지 돼요. 빈 줄과 열을 지워 주세요."


def is_sheet(path: Path) -> bool:
    """Whether a file is an Excel file, whatever its name says."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def write_csv(path: Path, target: Path) -> None:
    """Write the first sheet of a file as CSV: a line for each row, blank ones too.

    :raises Unreadable: it is no Excel file, is locked, or too large
    """
    _check_size(path)
    try:
        with CalamineWorkbook.from_path(str(path)) as workbook:
            sheet = workbook.get_sheet_by_index(0)
            above, left = sheet.start or (0, 0)
            with target.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerows([] for _ in range(above))
                for row in sheet.iter_rows():
                    writer.writerow([*[""] * left, *(_text(cell) for cell in row)])
    except (CalamineError, PasswordError, OSError) as error:
        raise Unreadable(NOT_A_SHEET) from error


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return " ".join(cell.split("\n"))  # a row stays a line
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        whole = float(cell).is_integer() and abs(cell) < _EXACT
        return str(int(cell)) if whole else f"숫자 {cell}"
    if isinstance(cell, datetime | date | time | timedelta):
        return f"날짜 {cell}"
    return str(cell)


def _check_size(path: Path) -> None:
    """Refuse a file that would take more memory than it is worth, before it is opened.

    The reader makes room for every cell up to the last one, so two cells far apart in a file
    of a few bytes would be enough.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(part.file_size for part in packed.infolist()) > UNPACKED_MAX:
                raise Unreadable(TOO_LARGE)
            for name in packed.namelist():
                if name.lower().startswith("xl/worksheets/") and name.lower().endswith(".xml"):
                    _check_cells(packed, name)
    except (zipfile.BadZipFile, OSError, RuntimeError, expat.ExpatError) as error:
        raise Unreadable(NOT_A_SHEET) from error


def _check_cells(packed: zipfile.ZipFile, name: str) -> None:
    row = column = 0

    def begin(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column
        kind = tag.rpartition(":")[2]
        if kind == "row":
            row, column = int(attributes.get("r", row + 1)), 0
        elif kind == "c":
            column = _column(attributes["r"]) if "r" in attributes else column + 1
        if row > ROWS_MAX or column > COLUMNS_MAX:
            raise Unreadable(TOO_LARGE)

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    with packed.open(name) as part:
        unpacked = 0
        while block := part.read(1 << 20):
            unpacked += len(block)
            if unpacked > UNPACKED_MAX:  # whatever the directory says
                raise Unreadable(TOO_LARGE)
            parser.Parse(block)
        parser.Parse(b"", True)  # noqa: FBT003 - expat takes it so


def _column(reference: str) -> int:
    """Return the number of a cell's column.

    >>> [_column(reference) for reference in ("A1", "Z9", "AA10", "XFD1048576")]
    [1, 26, 27, 16384]
    """
    number = 0
    for character in _letters(reference):
        number = number * 26 + ord(character) - ord("A") + 1
    return number


def _letters(reference: str) -> Iterator[str]:
    for character in reference.upper():
        if not "A" <= character <= "Z":
            return
        yield character
