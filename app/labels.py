"""Labels with a QR code on A4 sheets, as vector PDF.

A code holds an upper-case address, which QR writes in its alphanumeric mode: smaller
squares for the same size of label. Text is set in Pretendard (OFL, ``app/fonts``), of
which the file holds only the characters used.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import segno
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

FONT = "Pretendard"
FONT_FILE = Path(__file__).parent / "fonts" / "Pretendard-1.3.9-Regular.ttf"
A4_WIDTH, A4_HEIGHT = 210.0, 297.0  # mm
QUIET_MODULES = 4
_MARK = 3.0  # mm across a corner


@dataclass(frozen=True)
class Sheet:
    """Equal labels on A4, in mm: columns, rows, size, first corner, distance of corners."""

    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    pitch_x: float
    pitch_y: float

    @property
    def labels(self) -> int:
        return self.columns * self.rows


# By the number of labels on a sheet; the makers' sheets of that number fit.
SHEETS = {
    "24": Sheet(3, 8, 64.0, 33.9, 6.6, 12.9, 66.4, 33.9),
    "40": Sheet(4, 10, 48.5, 25.4, 8.0, 21.5, 48.5, 25.4),
    "65": Sheet(5, 13, 38.1, 21.2, 4.75, 10.7, 40.6, 21.2),
}


@dataclass(frozen=True)
class Label:
    """What one label shows: the address in its code, and three lines of text."""

    url: str
    name: str
    serial: str
    text: str


def sheet_pdf(labels: Iterable[Label], sheet: Sheet, *, error: str, crop: bool) -> bytes:
    """Return the labels on as many A4 pages as they need."""
    _register_font()
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(A4_WIDTH * mm, A4_HEIGHT * mm), pageCompression=1)
    canvas.setTitle("Labels")
    place = 0
    for place, label in enumerate(labels):
        position = place % sheet.labels
        if place and position == 0:
            canvas.showPage()
        row, column = divmod(position, sheet.columns)
        x = sheet.left + column * sheet.pitch_x
        y = A4_HEIGHT - sheet.top - row * sheet.pitch_y - sheet.height
        if crop:
            _draw_crop(canvas, x, y, sheet)
        _draw(canvas, label, x, y, sheet, error)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def _qr(url: str, error: str) -> segno.QRCode:
    return segno.make_qr(url, error=error, boost_error=False)


def _draw(canvas: Canvas, label: Label, x: float, y: float, sheet: Sheet, error: str) -> None:
    qr = _qr(label.url, error)
    rows = [bytes(row) for row in qr.matrix]
    side = sheet.height - 2.0
    module = side / (len(rows) + 2 * QUIET_MODULES)
    left = x + 1.0 + QUIET_MODULES * module
    top = y + 1.0 + side - QUIET_MODULES * module
    path = canvas.beginPath()
    for number, row in enumerate(rows):
        start = 0
        while (start := row.find(1, start)) >= 0:
            end = row.find(0, start)
            end = len(row) if end < 0 else end
            path.rect(
                (left + start * module) * mm,
                (top - (number + 1) * module) * mm,
                (end - start) * module * mm,
                module * mm,
            )
            start = end
    canvas.drawPath(path, stroke=0, fill=1)
    text_x = x + 1.0 + side + 0.5
    width = (x + sheet.width - 1.5 - text_x) * mm
    middle = y + sheet.height / 2
    for line, largest, height in (
        (label.name, 7.0, 4.0),
        (label.serial, 7.5, 0.2),
        (label.text, 5.5, -3.6),
    ):
        size = largest
        if line is label.serial:  # never cut: it is read out
            size = min(size, size * width / pdfmetrics.stringWidth(line, FONT, size))
        canvas.setFont(FONT, size)
        canvas.drawString(text_x * mm, (middle + height) * mm, _fitted(line, size, width + 0.01))


def _fitted(text: str, size: float, width: float) -> str:
    """Return as much of a line as fits, with an ellipsis if it is not all."""
    if pdfmetrics.stringWidth(text, FONT, size) <= width:
        return text
    while text and pdfmetrics.stringWidth(text + "…", FONT, size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def _draw_crop(canvas: Canvas, x: float, y: float, sheet: Sheet) -> None:
    canvas.setLineWidth(0.2)
    for corner_x in (x, x + sheet.width):
        for corner_y in (y, y + sheet.height):
            inwards_x = _MARK / 2 if corner_x == x else -_MARK / 2
            inwards_y = _MARK / 2 if corner_y == y else -_MARK / 2
            for to_x, to_y in ((inwards_x / 3, 0.0), (0.0, inwards_y / 3)):
                canvas.line(
                    corner_x * mm, corner_y * mm, (corner_x + to_x) * mm, (corner_y + to_y) * mm
                )


@lru_cache
def _register_font() -> None:
    pdfmetrics.registerFont(TTFont(FONT, str(FONT_FILE)))
