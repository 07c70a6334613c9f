"""Pictures made for a test."""

import io

from PIL import Image


def png_of(width: int, height: int, colour: str) -> bytes:
    """Return a PNG of one colour."""
    target = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(target, "PNG")
    return target.getvalue()
