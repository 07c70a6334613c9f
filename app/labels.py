"""Labels with a QR code: A4 sheets as vector PDF, and the geometry that all forms share.

A code holds an upper-case address, which QR writes in its alphanumeric mode: smaller
squares for the same size of label. Every code has the same mask: trying all eight takes
five times as long, and each is as readable. Text is set in Pretendard (OFL, ``app/fonts``),
of which the file holds only the characters used.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import segno
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

FONT = "Pretendard"
FONT_FILE = Path(__file__).parent / "fonts" / "Pretendard-1.3.9-Regular.ttf"
A4_WIDTH, A4_HEIGHT = 210.0, 297.0  # mm
QUIET_MODULES = 4
MASK = 3
# With a logo a code needs more error correction; Q reads with 35 % of its side covered
# (measured, see the reference), so a quarter leaves room for dirt.
WITH_LOGO = {"L": "Q", "M": "Q", "Q": "Q", "H": "H"}
_LOGO_SHARE = 0.24
_MARK = 3.0  # mm across a corner
_LOGO = "logo"


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


@dataclass(frozen=True)
class Line:
    """A line of text: size in points, distance of its foot from the label's middle in mm."""

    text: str
    size: float
    height: float


def sheet_pdf(
    labels: Iterable[Label],
    sheet: Sheet,
    *,
    error: str,
    crop: bool,
    logo: bytes | None = None,
) -> bytes:
    """Return the labels on as many A4 pages as they need; ``logo`` is a square PNG."""
    register_font()
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(A4_WIDTH * mm, A4_HEIGHT * mm), pageCompression=1)
    canvas.setTitle("Labels")
    if logo is not None:
        canvas.beginForm(_LOGO, 0, 0, 1, 1)
        canvas.drawImage(ImageReader(io.BytesIO(logo)), 0, 0, 1, 1, mask="auto")
        canvas.endForm()
    for place, label in enumerate(labels):
        position = place % sheet.labels
        if place and position == 0:
            canvas.showPage()
        row, column = divmod(position, sheet.columns)
        x = sheet.left + column * sheet.pitch_x
        y = A4_HEIGHT - sheet.top - row * sheet.pitch_y - sheet.height
        if crop:
            _draw_crop(canvas, x, y, sheet)
        _draw(canvas, label, x, y, sheet, error, logo=logo is not None)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def matrix_of(url: str, error: str, *, logo: bool) -> list[bytes]:
    """Return the rows of a code, 1 for black; with ``logo`` its middle is left free."""
    code = segno.make_qr(
        url, error=WITH_LOGO[error] if logo else error, mask=MASK, boost_error=False
    )
    rows = [bytearray(row) for row in code.matrix]
    if logo:
        free = logo_modules(len(rows))
        first = (len(rows) - free) // 2
        for row in rows[first : first + free]:
            row[first : first + free] = bytes(free)
    return [bytes(row) for row in rows]


def logo_modules(modules: int) -> int:
    """Return how many modules of a code's side its logo takes: an odd number.

    >>> [logo_modules(modules) for modules in (25, 29, 33)]
    [5, 7, 7]
    """
    wanted = int(modules * _LOGO_SHARE + 0.5)
    return wanted if wanted % 2 else wanted - 1


def runs_of(rows: list[bytes]) -> Iterator[tuple[int, int, int]]:
    """Yield (row, first, length) of every run of black modules."""
    for number, row in enumerate(rows):
        start = 0
        while (start := row.find(1, start)) >= 0:
            end = row.find(0, start)
            end = len(row) if end < 0 else end
            yield number, start, end - start
            start = end


def lines_of(label: Label, sheet: Sheet) -> list[Line]:
    """Return the lines beside a code, each cut to what fits; the serial only gets smaller.

    Needs :func:`register_font`.
    """
    width = (sheet.width - 1.5 - text_left(sheet)) * mm
    serial = min(7.5, 7.5 * width / pdfmetrics.stringWidth(label.serial, FONT, 7.5))
    return [
        Line(_fitted(label.name, 7.0, width), 7.0, 4.0),
        Line(label.serial, serial, 0.2),  # never cut: it is read out
        Line(_fitted(label.text, 5.5, width), 5.5, -3.6),
    ]


def code_side(sheet: Sheet) -> float:
    """Return the side of a code with its quiet zone, in mm."""
    return sheet.height - 2.0


def text_left(sheet: Sheet) -> float:
    """Return how far from a label's left edge its text begins, in mm."""
    return 1.0 + code_side(sheet) + 0.5


@lru_cache
def register_font() -> None:
    pdfmetrics.registerFont(TTFont(FONT, str(FONT_FILE)))


def _draw(
    canvas: Canvas, label: Label, x: float, y: float, sheet: Sheet, error: str, *, logo: bool
) -> None:
    rows = matrix_of(label.url, error, logo=logo)
    module = code_side(sheet) / (len(rows) + 2 * QUIET_MODULES) * mm
    left = (x + 1.0) * mm + QUIET_MODULES * module
    bottom = (y + 1.0) * mm + QUIET_MODULES * module
    # One path in units of a module: whole numbers, far fewer calls than a rectangle each.
    runs = " ".join(
        f"{first} {len(rows) - 1 - row} {length} 1 re" for row, first, length in runs_of(rows)
    )
    canvas.addLiteral(f"q {module:.5f} 0 0 {module:.5f} {left:.4f} {bottom:.4f} cm {runs} f Q")
    if logo:
        size = logo_modules(len(rows)) - 1  # half a module stays white around it
        inset = (len(rows) - size) / 2 * module
        canvas.saveState()
        canvas.translate(left + inset, bottom + inset)
        canvas.scale(size * module, size * module)
        canvas.doForm(_LOGO)
        canvas.restoreState()
    text_x = (x + text_left(sheet)) * mm
    middle = y + sheet.height / 2
    for line in lines_of(label, sheet):
        canvas.setFont(FONT, line.size)
        canvas.drawString(text_x, (middle + line.height) * mm, line.text)


@lru_cache(maxsize=64)  # a sheet says nearly the same on every label
def _fitted(text: str, size: float, width: float) -> str:
    """Return as much of a line as fits, with an ellipsis if it is not all."""
    if pdfmetrics.stringWidth(text, FONT, size) <= width + 0.01:
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
