"""Labels: every code of a printed sheet is read back; fetched once, again with a reason."""

import csv
import io
from collections.abc import Iterator

import psycopg
import pytest

from app.labels import SHEETS
from tests.support.api import TestBrand
from tests.support.printed import read_back
from tests.warranties.shop import codes_of, make_batch, open_shop, serials_of

HOST = "w.example.kr"


@pytest.fixture
def maker(brand: TestBrand) -> Iterator[TestBrand]:
    open_shop(brand)
    brand.api.patch("/v1/brand", {"warranty": {"host": HOST}})
    yield brand
    brand.api.patch("/v1/brand", {"warranty": {"host": None}})  # a host leads to one brand


@pytest.mark.parametrize("sheet", sorted(SHEETS))
@pytest.mark.parametrize("error", ["M", "Q"])
def test_every_code_of_a_sheet_is_read_back_from_300_dpi(
    maker: TestBrand, sheet: str, error: str
) -> None:
    quantity = SHEETS[sheet].labels + 3  # on to a second page
    batch = make_batch(maker, quantity)
    serials, codes = serials_of(maker, batch), codes_of(maker, batch)
    links = maker.api.post(f"/v1/warranty-batches/{batch['id']}/downloads")
    response = maker.api.send(
        "GET", f"{links['pdf']}&sheet={sheet}&error_correction={error}&crop=true"
    )
    assert (response.status_code, response.mimetype) == (200, "application/pdf")
    found, text = read_back(response.data)
    assert sorted(found) == sorted(f"HTTPS://W.EXAMPLE.KR/Q/{code}" for code in codes)
    assert all(serial in text for serial in serials)
    assert "레인부츠" in text


def test_the_labels_are_fetched_once_and_again_only_with_a_reason(maker: TestBrand) -> None:
    batch = make_batch(maker, 2)
    path = f"/v1/warranty-batches/{batch['id']}"
    maker.api.refused("GET", f"{path}/labels.pdf?download=1", code="warranty_download_closed")
    first = maker.api.post(f"{path}/downloads")
    shown = maker.api.get(path)
    assert (first["download"], shown["units"]) == (1, {"printed": 2})
    problem = maker.api.refused(
        "POST", f"{path}/downloads", {}, code="warranty_download_reason_required"
    )
    assert problem["times"] == 1
    second = maker.api.post(f"{path}/downloads", {"reason": "프린터 걸림"})
    log = maker.api.get("/v1/audit-log?limit=100")["data"]
    told = [each["after"] for each in log if each["action"] == "warranty_batch.downloaded"]
    assert told == [{"download": 2, "reason": "프린터 걸림"}, {"download": 1, "reason": None}]
    assert maker.api.send("GET", second["csv"]).status_code == 200
    maker.api.post("/v1/test-clock", {"advance": "P2D"}, expect=200)
    maker.api.refused("GET", second["csv"], code="warranty_download_closed")


def test_after_thirty_days_the_codes_are_gone_for_good(
    maker: TestBrand, owner: psycopg.Connection
) -> None:
    from app import jobs

    batch = make_batch(maker, 2)
    path = f"/v1/warranty-batches/{batch['id']}"
    maker.api.post(f"{path}/downloads")
    sealed = "SELECT count(code_sealed) FROM warranty_units WHERE brand_id = %s"
    for advance, left in (("P29D", 2), ("P2D", 0)):
        maker.api.post("/v1/test-clock", {"advance": advance}, expect=200)
        with maker.app.app_context():
            jobs.run("warranties.forget_codes", maker.brand_id)
        assert owner.execute(sealed, (maker.brand_id,)).fetchone() == (left,)
    maker.api.refused(
        "POST", f"{path}/downloads", {"reason": "다시"}, code="warranty_labels_forgotten"
    )


def test_the_csv_names_every_label_and_holds_no_formula(maker: TestBrand) -> None:
    maker.api.put("/v1/products/BOOT", {"name": '=HYPERLINK("http://evil")'})
    batch = make_batch(maker, 3)
    codes = codes_of(maker, batch)
    links = maker.api.post(f"/v1/warranty-batches/{batch['id']}/downloads")
    text = maker.api.send("GET", links["csv"]).data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["url"][-16:] for row in rows] == codes
    assert [row["number"] for row in rows] == ["1", "2", "3"]
    assert not [cell for row in rows for cell in row.values() if cell[:1] in "=+-@\t"]


def test_without_a_host_nothing_is_printed(brand: TestBrand) -> None:
    open_shop(brand)
    batch = make_batch(brand, 1)
    brand.api.refused(
        "POST", f"/v1/warranty-batches/{batch['id']}/downloads", {}, code="warranty_host_missing"
    )
    for host in ("W.example.kr", "example", "https://a.kr", "a.kr/x", "a..kr", "-a.kr"):
        brand.api.refused("PATCH", "/v1/brand", {"warranty": {"host": host}},
                          code="invalid_request")  # fmt: skip
