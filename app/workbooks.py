"""Figures as Excel files. Text is written as text: nothing in it can become a formula."""

import io
from collections.abc import Sequence

import xlsxwriter

FORMATS = {"percent": "0.0%", "won": '#,##0"원"', "point": '#,##0"P"', "day": '0.0"일"'}


def workbook(
    name: str,
    note: str,
    columns: Sequence[str],
    units: Sequence[str],
    rows: Sequence[Sequence[str | int | float | None]],
) -> bytes:
    """Return one sheet: a head, the rows, and under them what they count."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        # Excel takes at most 31 characters, and none of these.
        title = "".join(each for each in name if each not in "[]:*?/\\")[:31]
        sheet = book.add_worksheet(title or "Sheet1")
        bold = book.add_format({"bold": True, "bottom": 1})
        styles = {unit: book.add_format({"num_format": FORMATS.get(unit, "#,##0.##")})
                  for unit in set(units)}  # fmt: skip
        for at, head in enumerate(columns):
            sheet.write_string(0, at, head, bold)
        for line, row in enumerate(rows, start=1):
            for at, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(line, at, value)
                elif value is not None:
                    sheet.write_number(line, at, value, styles[units[at]])
        sheet.write_string(len(rows) + 2, 0, note)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, max(len(columns) - 1, 1), 14)
        sheet.freeze_panes(1, 1)
    return target.getvalue()
