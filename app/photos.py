"""Photos that strangers send: read by what they are, and written anew.

Whatever comes in is decoded, made at most 2048 pixels long, turned upright and encoded
as a plain JPEG. What goes out shares nothing with what came in but the picture: no EXIF,
no place, no colour profile, no comment, nothing that phones hang on behind it.
"""

import io
import threading
import zipfile
from dataclasses import dataclass

from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

BYTES_MAX = 15 * 1024 * 1024
PIXELS_MAX = 100_000_000
SIDE_MAX = 2048
QUALITY = 85

register_heif_opener(thumbnails=False)
# Where Pillow begins to warn; it refuses at twice as many.
Image.MAX_IMAGE_PIXELS = PIXELS_MAX

_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
# Too long to turn up by chance where they are looked for.
_SCRIPTS = (b"<?php", b"<script", b"<html", b"<svg ", b"rar!\x1a\x07")
_EDGE = 65_536

# The largest picture takes some 400 MB to decode: one at a time in each process.
_room = threading.Lock()


class PhotoRefused(Exception):
    """It is none of the pictures that are taken, or more than a picture."""


class PhotoTooLarge(PhotoRefused):
    """It has too many bytes or pixels."""


@dataclass(frozen=True)
class Picture:
    """A harmless JPEG."""

    content: bytes
    width: int
    height: int


def clean(content: bytes) -> Picture:
    """Return a picture as a JPEG that holds nothing but its pixels.

    :raises PhotoTooLarge: more than 15 MB or 100 megapixels
    :raises PhotoRefused: it is not a whole JPEG, PNG, WebP or HEIC picture, or more than that
    """
    if len(content) > BYTES_MAX:
        raise PhotoTooLarge(f"{len(content)} bytes")
    kind = kind_of(content)
    if kind is None:
        raise PhotoRefused("of no known kind")
    if is_something_else_too(content):
        raise PhotoRefused("more than a picture")
    try:
        with _room, _opened(content, kind) as image:
            return _written_anew(image)
    except PhotoRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PhotoTooLarge(str(error)) from error
    except Exception as error:  # decoders fail in many ways, all of them the sender's
        raise PhotoRefused(type(error).__name__) from error


def look_of(picture: Picture) -> int | None:
    """Return 64 bits that pictures share which look alike, however they were made smaller.

    Each bit says whether a point is brighter than the one to its right (difference hash). None
    for a picture so plain that it looks like many others.
    """
    with Image.open(io.BytesIO(picture.content), formats=["JPEG"]) as image:
        pixels = image.convert("L").resize((9, 8), Image.Resampling.BOX).tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            left, right = pixels[row * 9 + column : row * 9 + column + 2]
            bits = bits << 1 | (left > right)
    if not 8 <= bits.bit_count() <= 56:
        return None
    return bits - (1 << 64) if bits >> 63 else bits  # as a signed number of the database


def kind_of(content: bytes) -> str | None:
    """Return the format that a file begins as, None if it is none that is taken.

    >>> kind_of(b"\\x89PNG\\r\\n\\x1a\\n"), kind_of(b"GIF89a")
    ('PNG', None)
    """
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        return "HEIF"
    return None


def is_something_else_too(content: bytes) -> bool:
    """Whether a file would also do as a document, an archive or a script.

    Phones hang films and depth maps on behind the picture; those are left off, not refused.
    """
    if b"%PDF-" in content[:1024] or zipfile.is_zipfile(io.BytesIO(content)):
        return True
    edges = content[:_EDGE].lower() + content[-_EDGE:].lower()
    return any(mark in edges for mark in _SCRIPTS)


def _opened(content: bytes, kind: str) -> Image.Image:
    """Open as one format alone, whatever else the bytes might be taken for."""
    return Image.open(io.BytesIO(content), formats=[kind])


def _written_anew(image: Image.Image) -> Picture:
    if image.width * image.height > PIXELS_MAX:
        raise PhotoTooLarge(f"{image.width} x {image.height}")
    # Decodes a JPEG at a fraction of its size, which is all that is wanted.
    image.draft("RGB", (SIDE_MAX, SIDE_MAX))
    image.load()
    if image.mode == "P":
        image = image.convert("RGBA")
    image.thumbnail((SIDE_MAX, SIDE_MAX))
    upright = ImageOps.exif_transpose(image)
    # A new picture has no other properties that could be written along.
    plain = Image.new("RGB", upright.size, "white")
    if upright.has_transparency_data:
        seen = upright.convert("RGBA")
        plain.paste(seen, mask=seen.getchannel("A"))
    else:
        plain.paste(upright.convert("RGB"))
    target = io.BytesIO()
    plain.save(target, "JPEG", quality=QUALITY, optimize=True)
    return Picture(target.getvalue(), plain.width, plain.height)
