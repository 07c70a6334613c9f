"""Pictures as phones send them."""

import io
from typing import Any

from PIL import Image

PLACE = {1: "N", 2: (37.0, 33.0, 0.0), 3: "E", 4: (126.0, 58.0, 0.0)}
ORIENTATION, GPS, MAKE = 0x0112, 0x8825, 0x010F


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (64, 48), *, exif: bool = True, **options: Any
) -> bytes:
    """Return a picture, red on its left half, that was taken with the phone turned."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    if exif:
        told = Image.Exif()
        told[MAKE] = "canary phone"
        told[ORIENTATION] = 6
        told.get_ifd(GPS).update(PLACE)
        options["exif"] = told.tobytes()
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()
