"""Pictures as phones take them, each with something in it that must not get out."""

import io
from random import Random

from PIL import Image

CANARY = "카나리아 카메라"


def photo(
    side: int = 60, kind: str = "JPEG", *, seed: int | None = None, quality: int = 80
) -> bytes:
    """Return a picture of one colour, or of blots that ``seed`` tells from others."""
    picture = Image.new("RGB", (side, side), "#a05030")
    if seed is not None:
        blots = Random(seed).randbytes(64)
        picture = Image.frombytes("L", (8, 8), blots).resize((side, side)).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = CANARY
    target = io.BytesIO()
    picture.save(target, kind, exif=exif, quality=quality)
    return target.getvalue()
