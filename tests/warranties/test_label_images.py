"""Labels one by one, and with a logo: every code is still read back."""

import base64
import io
import re
import struct
import zlib
from xml.etree import ElementTree

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from app.labels import SHEETS, WITH_LOGO, matrix_of
from tests.support.api import TestBrand
from tests.support.pictures import png_of
from tests.warranties.shop import codes_of, make_batch, serials_of
from tests.warranties.test_labels import maker, read_back

__all__ = ["maker"]  # a fixture
SVG = "{http://www.w3.org/2000/svg}"


def put_logo(brand: TestBrand, file: bytes) -> dict[str, str]:
    shown: dict[str, str] = brand.api.put(
        "/v1/label-logo", {"png": base64.b64encode(file).decode()}
    )
    return shown


def opened(brand: TestBrand, quantity: int = 2) -> tuple[dict[str, str], str, str]:
    """Return a batch whose labels may be fetched, its first serial, and what its code says."""
    batch = make_batch(brand, quantity)
    (serial, *_), (code, *_) = serials_of(brand, batch), codes_of(brand, batch)
    brand.api.post(f"/v1/warranty-batches/{batch['id']}/downloads")
    return batch, serial, f"HTTPS://W.EXAMPLE.KR/Q/{code}"


def codes_in(image: Image.Image) -> list[str]:
    found = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    return [each.text for each in found]


def drawn(svg: str) -> Image.Image:
    """Draw the code of a label's SVG, a module as 8 dots."""
    path = ElementTree.fromstring(svg).find(f"{SVG}path")
    assert path is not None
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", path.attrib["d"])
    side = 8 * (max(int(y) for _, y, *_ in runs) + 9)
    image = Image.new("L", (side, side), 255)
    draw = ImageDraw.Draw(image)
    for x, y, length, back in runs:
        assert length == back
        corner = (8 * (int(x) + 4), 8 * (int(y) + 4))
        draw.rectangle((*corner, corner[0] + 8 * int(length) - 1, corner[1] + 7), fill=0)
    return image


@pytest.mark.parametrize("sheet", sorted(SHEETS))
@pytest.mark.parametrize("logo", ["false", "true"])
def test_a_single_label_is_read_back_and_says_its_serial(
    maker: TestBrand, sheet: str, logo: str
) -> None:
    put_logo(maker, png_of(300, 200, "crimson"))
    _, serial, url = opened(maker)
    query = f"download=1&sheet={sheet}&logo={logo}"
    response = maker.api.send("GET", f"/v1/units/{serial}/label.png?{query}")
    assert (response.status_code, response.mimetype) == (200, "image/png")
    image = Image.open(io.BytesIO(response.data))
    assert round(image.info["dpi"][0]) == 300
    assert image.width == round(SHEETS[sheet].width * 300 / 25.4)
    assert codes_in(image) == [url]
    middle = image.getpixel((image.height // 2, image.height // 2))
    assert (middle == (220, 20, 60)) == (logo == "true")
    response = maker.api.send("GET", f"/v1/units/{serial}/label.svg?{query}")
    assert (response.status_code, response.mimetype) == (200, "image/svg+xml")
    svg = response.get_data(as_text=True)
    assert codes_in(drawn(svg)) == [url]
    texts = [each.text for each in ElementTree.fromstring(svg).iter(f"{SVG}text")]
    assert texts[:2] == ["레인부츠", serial]
    assert ("<image" in svg) == (logo == "true")


@pytest.mark.parametrize("sheet", sorted(SHEETS))
@pytest.mark.parametrize("error", ["M", "H"])
def test_every_code_of_a_sheet_with_a_logo_is_read_back(
    maker: TestBrand, sheet: str, error: str
) -> None:
    put_logo(maker, png_of(512, 512, "black"))  # the worst: as dark as the modules
    batch = make_batch(maker, 30)
    links = maker.api.post(f"/v1/warranty-batches/{batch['id']}/downloads")
    response = maker.api.send(
        "GET", f"{links['pdf']}&sheet={sheet}&error_correction={error}&logo=true"
    )
    found, _ = read_back(response.data)
    assert sorted(found) == sorted(
        f"HTTPS://W.EXAMPLE.KR/Q/{code}" for code in codes_of(maker, batch)
    )


def test_with_a_logo_the_error_correction_is_at_least_q() -> None:
    url = "HTTPS://W.EXAMPLE.KR/Q/0123456789ABCDEF"
    assert {level: WITH_LOGO[level] for level in "LMQH"} == {
        "L": "Q", "M": "Q", "Q": "Q", "H": "H",
    }  # fmt: skip
    for level in "LMQ":
        with_logo = matrix_of(url, level, logo=True)
        assert len(with_logo) == len(matrix_of(url, "Q", logo=False))
    middle = len(with_logo) // 2
    assert with_logo[middle][middle - 3 : middle + 4] == bytes(7)


def test_a_single_label_needs_an_open_download_and_a_code_that_is_kept(maker: TestBrand) -> None:
    batch = make_batch(maker, 2)
    first, second = serials_of(maker, batch)
    path = f"/v1/units/{first}/label.png?download=1"
    maker.api.refused("GET", path, code="warranty_download_closed")
    maker.api.post(f"/v1/warranty-batches/{batch['id']}/downloads")
    assert maker.api.send("GET", path).status_code == 200
    maker.api.post(f"/v1/units/{second}/steps", {"step": "void", "reason": "오인쇄"}, expect=200)
    gone = f"/v1/units/{second}/label.svg?download=1"
    maker.api.refused("GET", gone, code="warranty_labels_forgotten")
    maker.api.refused("GET", f"{path}&logo=true", code="label_logo_missing")
    maker.api.post("/v1/test-clock", {"advance": "PT2H"}, expect=200)
    maker.api.refused("GET", path, code="warranty_download_closed")
    maker.api.refused("GET", "/v1/units/NOPE/label.png?download=1", code="unit_not_found")


def test_a_logo_is_kept_small_and_square_and_can_be_taken_off(maker: TestBrand) -> None:
    maker.api.refused("GET", "/v1/label-logo", code="label_logo_missing")
    target = io.BytesIO()
    picture = Image.new("RGBA", (1000, 500), (255, 0, 0, 0))
    picture.save(target, "PNG", exif=b"Exif\0\0secret place")
    shown = put_logo(maker, target.getvalue())
    kept = Image.open(io.BytesIO(base64.b64decode(shown["png"])))
    assert (kept.size, kept.mode) == ((256, 256), "RGB")
    assert kept.getpixel((128, 128)) == (255, 255, 255)  # what is transparent is paper
    assert b"secret" not in base64.b64decode(shown["png"])
    assert maker.api.get("/v1/label-logo") == shown
    for _ in range(2):
        maker.api.delete("/v1/label-logo", expect=204)
    maker.api.refused("GET", "/v1/label-logo", code="label_logo_missing")
    log = maker.api.get("/v1/audit-log?subject=label_logo")["data"]
    assert [each["action"] for each in log] == ["label_logo.removed", "label_logo.changed"]


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_that_says(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that says it is so large."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(3 * 64))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_what_is_no_small_png_is_refused(maker: TestBrand) -> None:
    jpeg = io.BytesIO()
    Image.new("RGB", (64, 64)).save(jpeg, "JPEG")
    good = png_of(64, 64, "red")
    for file in (
        b"x", jpeg.getvalue(), good[:60], png_that_says(60_000, 60_000), png_that_says(64, 64),
        png_of(16, 64, "red"), png_of(3000, 64, "red"), good[:8] + b"<svg onload=alert(1)>",
        good[:24], good.replace(b"IDAT", b"IDAX"), good.ljust(190_001, b"\0"),
    ):  # fmt: skip
        body = {"png": base64.b64encode(file).decode()}
        maker.api.refused("PUT", "/v1/label-logo", body, code="label_logo_invalid")
    for text in ("***", "가나다", "a"):
        maker.api.refused("PUT", "/v1/label-logo", {"png": text}, code="label_logo_invalid")
