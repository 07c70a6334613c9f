"""Photos of strangers: read by content, refused if more than a picture, written anew."""

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image
from pillow_heif import register_heif_opener

from app import photos
from app.photos import PhotoRefused, PhotoTooLarge, clean
from tests.service_requests.pictures import picture

register_heif_opener()


def seen(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_what_phones_send_becomes_an_upright_jpeg_of_pixels_alone(kind: str) -> None:
    sent = picture(kind, (80, 60))
    assert b"canary" in sent
    cleaned = clean(sent)
    image = seen(cleaned.content)
    assert (image.format, image.size) == ("JPEG", (60, 80))
    assert (cleaned.width, cleaned.height) == (60, 80)
    # Red was on the left of a picture taken with the phone turned: it is at the top.
    top, bottom = image.getpixel((30, 10)), image.getpixel((30, 70))
    assert top[0] > 200 > 60 > top[2]
    assert bottom[2] > 200 > 60 > bottom[0]
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not image.getexif()
    for mark in (b"canary", b"Exif", b"ICC_PROFILE", b"http"):
        assert mark not in cleaned.content


def test_comments_profiles_and_transparency_are_left_behind() -> None:
    image = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    target = io.BytesIO()
    image.save(target, "PNG", icc_profile=b"canary profile", dpi=(72, 72))
    cleaned = clean(target.getvalue())
    assert b"canary" not in cleaned.content
    assert seen(cleaned.content).getpixel((10, 10)) == (255, 255, 255)
    told = picture(exif=False, comment=b"canary comment", icc_profile=b"canary profile")
    assert b"canary" in told
    assert b"canary" not in clean(told).content


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "CMYK", "I;16"])
def test_pictures_of_any_colours_are_taken(mode: str) -> None:
    image = Image.new(mode, (30, 20))
    target = io.BytesIO()
    image.save(target, "JPEG" if mode == "CMYK" else "PNG")
    assert seen(clean(target.getvalue()).content).size == (30, 20)


def test_long_pictures_are_made_smaller_and_small_ones_are_left() -> None:
    assert seen(clean(picture(size=(4100, 2000), exif=False)).content).size == (2048, 999)
    assert seen(clean(picture(size=(10, 7), exif=False)).content).size == (10, 7)


def test_what_phones_hang_on_behind_a_picture_is_left_off() -> None:
    film = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 400
    cleaned = clean(picture() + film)
    assert b"ftypmp42" not in cleaned.content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8\xff",
        b"GIF89a" + bytes(100),
        b"BM" + bytes(100),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"MZ" + bytes(100),
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"RIFF\x10\x00\x00\x00WEBPVP8 ",
        b"\x00\x00\x00\x18ftypavif" + bytes(100),
        b"\x00\x00\x00\x18ftypheic" + bytes(100),
    ],
)
def test_what_is_no_picture_that_is_taken_is_refused(content: bytes) -> None:
    with pytest.raises(PhotoRefused):
        clean(content)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_half_a_picture_is_refused(kind: str) -> None:
    noise = Image.effect_noise((400, 300), 80).convert("RGB")
    target = io.BytesIO()
    noise.save(target, kind)
    whole = target.getvalue()
    assert clean(whole)
    with pytest.raises(PhotoRefused):
        clean(whole[: len(whole) // 2])


def archive() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as zipped:
        zipped.writestr("evil.txt", "canary")
    return target.getvalue()


@pytest.mark.parametrize(
    "polyglot",
    [
        picture() + archive(),
        picture("PNG") + archive(),
        picture() + b"<?php system($_GET[0]); ?>",
        picture(exif=False, comment=b"<?PHP system($_GET[0]); ?>"),
        picture(exif=False, comment=b"<script>alert(1)</script>"),
        picture(exif=False, comment=b"%PDF-1.4\n1 0 obj"),
        picture() + b"<html><body onload=alert(1)>",
        picture() + b"Rar!\x1a\x07\x01\x00",
        picture("WEBP") + b"<svg onload=alert(1)>",
    ],
)
def test_a_picture_that_is_something_else_too_is_refused(polyglot: bytes) -> None:
    assert photos.kind_of(polyglot)
    with pytest.raises(PhotoRefused):
        clean(polyglot)


def png_of(width: int, height: int) -> bytes:
    """Return a valid PNG of so many black pixels, which takes next to nothing."""

    def chunk(name: bytes, body: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + checksum

    rows = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    packed = b"".join(rows.compress(row) for _ in range(height)) + rows.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )


# Outside of tests a warning stops nothing.
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_hundred_megapixels_are_taken_and_more_are_not() -> None:
    assert clean(png_of(10_000, 10_000)).width == 2048
    for width, height in ((10_000, 10_001), (20_000, 10_001), (60_000, 60_000)):
        bomb = png_of(width, height) if width < 60_000 else forged(width, height)
        assert len(bomb) < 100_000
        with pytest.raises(PhotoTooLarge):
            clean(bomb)


def forged(width: int, height: int) -> bytes:
    """Return a PNG that says it has far more pixels than it brings."""
    small = bytearray(png_of(8, 8))
    small[16:24] = struct.pack(">II", width, height)
    small[29:33] = struct.pack(">I", zlib.crc32(bytes(small[12:29])))
    return bytes(small)


def test_a_text_that_unpacks_to_a_gigabyte_is_refused() -> None:
    bomb = zlib.compress(bytes(200_000_000), 9)
    body = b"Comment\x00\x00" + bomb
    chunk = (
        struct.pack(">I", len(body))
        + b"zTXt"
        + body
        + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    )
    whole = png_of(8, 8)
    with pytest.raises(PhotoRefused):
        clean(whole[:33] + chunk + whole[33:])


def test_more_than_fifteen_megabytes_are_refused_before_they_are_looked_at() -> None:
    with pytest.raises(PhotoTooLarge):
        clean(b"\xff\xd8\xff" + bytes(photos.BYTES_MAX))
