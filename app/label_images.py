"""One label as SVG or PNG, and the logo that may stand in the middle of a code."""

import base64
import io
import struct
from xml.sax.saxutils import escape, quoteattr

from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.units import mm

from app.labels import (
    FONT,
    FONT_FILE,
    QUIET_MODULES,
    Label,
    Sheet,
    code_side,
    lines_of,
    logo_modules,
    matrix_of,
    register_font,
    runs_of,
    text_left,
)

DPI = 300
_DOTS = DPI / 25.4  # to a millimetre
POINT = 1 / mm  # in mm

LOGO_BYTES_MAX = 190_000
LOGO_SIDE_MIN, LOGO_SIDE_MAX = 32, 2_048
LOGO_SIDE = 256  # what is kept of it
_PNG = b"\x89PNG\r\n\x1a\n"


class LogoInvalid(ValueError):
    """The file is no PNG that can be printed."""


def logo_of(file: bytes) -> bytes:
    """Return a PNG as it is printed: square, small, with nothing but its pixels.

    Its size is read before anything is unpacked, so that a small file cannot grow large.

    :raises LogoInvalid: no PNG, too many bytes or dots, or damaged
    """
    if len(file) > LOGO_BYTES_MAX or file[:8] != _PNG or file[12:16] != b"IHDR":
        raise LogoInvalid
    width, height = struct.unpack(">II", file[16:24].ljust(8, b"\0"))
    if not all(LOGO_SIDE_MIN <= side <= LOGO_SIDE_MAX for side in (width, height)):
        raise LogoInvalid
    try:
        with Image.open(io.BytesIO(file), formats=["PNG"]) as opened:
            image = opened.convert("RGBA")
    except (OSError, SyntaxError, ValueError) as error:
        raise LogoInvalid from error
    image.thumbnail((LOGO_SIDE, LOGO_SIDE))
    square = Image.new("RGBA", (LOGO_SIDE, LOGO_SIDE), "white")
    corner = ((LOGO_SIDE - image.width) // 2, (LOGO_SIDE - image.height) // 2)
    square.alpha_composite(image, corner)
    return _png(square.convert("RGB"))


def label_svg(label: Label, sheet: Sheet, *, error: str, logo: bytes | None = None) -> str:
    """Return a label as SVG in millimetres; its text needs a font that has Hangul."""
    register_font()
    rows = matrix_of(label.url, error, logo=logo is not None)
    module = code_side(sheet) / (len(rows) + 2 * QUIET_MODULES)
    corner = 1.0 + QUIET_MODULES * module
    path = "".join(f"M{first} {row}h{length}v1h-{length}z" for row, first, length in runs_of(rows))
    width, height = sheet.width, sheet.height
    placed = f"translate({corner:.5f} {corner:.5f}) scale({module:.6f})"
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg"',
        f' width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<path shape-rendering="crispEdges" d="{path}" transform="{placed}"/>',
    ]
    if logo is not None:
        size = logo_modules(len(rows)) - 1
        at = corner + (len(rows) - size) / 2 * module
        data = base64.b64encode(logo).decode()
        parts.append(
            f'<image x="{at:.4f}" y="{at:.4f}" width="{size * module:.4f}"'
            f' height="{size * module:.4f}" href="data:image/png;base64,{data}"/>'
        )
    family = quoteattr(f"{FONT}, 'Apple SD Gothic Neo', 'Malgun Gothic', sans-serif")
    parts += [
        f'<text x="{text_left(sheet):.3f}" y="{sheet.height / 2 - line.height:.3f}"'
        f' font-family={family} font-size="{line.size * POINT:.4f}">{escape(line.text)}</text>'
        for line in lines_of(label, sheet)
    ]
    return "".join([*parts, "</svg>"])


def label_png(label: Label, sheet: Sheet, *, error: str, logo: bytes | None = None) -> bytes:
    """Return a label as PNG of 300 dpi; each module is a whole number of dots."""
    register_font()
    rows = matrix_of(label.url, error, logo=logo is not None)
    canvas = Image.new("RGB", (_dots(sheet.width), _dots(sheet.height)), "white")
    draw = ImageDraw.Draw(canvas)
    module = int(code_side(sheet) * _DOTS / (len(rows) + 2 * QUIET_MODULES))
    corner = (canvas.height - len(rows) * module) // 2
    for row, first, length in runs_of(rows):
        x, y = corner + first * module, corner + row * module
        draw.rectangle((x, y, x + length * module - 1, y + module - 1), fill="black")
    if logo is not None:
        size = (logo_modules(len(rows)) - 1) * module
        at = corner + (len(rows) * module - size) // 2
        with Image.open(io.BytesIO(logo), formats=["PNG"]) as image:
            canvas.paste(image.resize((size, size)), (at, at))
    for line in lines_of(label, sheet):
        font = ImageFont.truetype(str(FONT_FILE), line.size * DPI / 72)
        foot = (_dots(text_left(sheet)), _dots(sheet.height / 2 - line.height))
        draw.text(foot, line.text, fill="black", font=font, anchor="ls")
    return _png(canvas)


def _dots(length: float) -> int:
    return round(length * _DOTS)


def _png(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "PNG", optimize=True, dpi=(DPI, DPI))
    return target.getvalue()
