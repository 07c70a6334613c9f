"""Batches at the console: made, printed, given away, shipped, voided; once, by whom it may."""

import re

import pytest

from tests.console.desk import Desk
from tests.shopper.phone import Page
from tests.support.api import TestBrand
from tests.support.members import make_member
from tests.support.parallel import at_once
from tests.warranties.shop import make_batch, open_shop, register, serials_of

HOME = "/console/batches"
XSS = "<script>alert(1)</script>"


def batches(brand: TestBrand) -> list[dict]:
    return brand.api.get("/v1/warranty-batches?limit=100")["data"]


def make(desk: Desk, quantity: str = "3", *, expect: int = 200, **fields: str) -> Page:
    return desk.post(HOME, {"product": "BOOT", "quantity": quantity, **fields}, expect=expect)


def move(desk: Desk, path: str, step: str, *, expect: int = 200, **fields: str) -> Page:
    return desk.post(f"{path}/moves", {"step": step, **fields}, expect=expect)


@pytest.fixture
def operator(brand) -> Desk:
    open_shop(brand)
    brand.api.patch("/v1/brand", {"warranty": {"host": f"{brand.brand_id}.example.kr"}})
    return Desk(brand, "operator")


def test_a_batch_is_made_and_shows_how_far_it_is(brand, operator) -> None:
    assert "배치가 없어요" in operator.open(HOME).text
    page = make(operator, "1,000", channel="coupang", manufactured_on="2026-11-01")
    assert re.fullmatch(rf"{HOME}/wbt_\w+", operator.url)
    assert "1,000 / 1,000 (100%)" in page.text
    assert "만듦 1,000" in page.text
    [made] = batches(brand)
    assert (made["quantity"], made["channel"], made["manufactured_on"]) == (
        1000, "coupang", "2026-11-01",
    )  # fmt: skip
    assert "coupang" in operator.open(f"{HOME}?channel=coupang").text
    assert "배치가 없어요" in operator.open(f"{HOME}?channel=naver").text


def test_a_large_batch_is_left_to_a_worker(brand, operator) -> None:
    page = make(operator, "2001")
    assert "0 / 2,001 (0%)" in page.text
    assert "진행 중" in page.text
    page = move(operator, operator.url, "ship", expect=422)
    assert "끝나면" in page.text or "진행" in page.text


@pytest.mark.parametrize(
    "fields",
    [
        {"quantity": "0"},
        {"quantity": "100001"},
        {"quantity": "많이"},
        {"channel": "x" * 51},
        {"manufactured_on": "2026-11-02", "import_cleared_on": "2026-11-01"},
        {"product": "NOPE"},
    ],
)
def test_what_cannot_be_made_is_said_and_what_was_typed_stays(brand, operator, fields) -> None:
    page = make(operator, **{"quantity": "7", **fields}, expect=422)
    assert 'role="alert"' in page.html
    assert f'value="{fields.get("quantity", "7")}"' in page.html
    assert batches(brand) == []


def test_a_double_click_makes_one_batch(brand, operator) -> None:
    operator.open(HOME)
    given = next(form for form in operator.page.forms if "quantity" in form.names).values
    given = {**given, "product": "BOOT", "quantity": "5"}
    answers = at_once([lambda: operator.ask("POST", HOME, data=given) for _ in range(4)])
    assert {each.status_code for each in answers} == {303}
    assert len(batches(brand)) == 1


def test_units_are_given_to_a_channel_shipped_and_voided_by_range(brand, operator) -> None:
    make(operator, "10")
    path = operator.url
    move(operator, path, "allocate", channel="naver", first="1", last="4")
    move(operator, path, "ship", first="1", last="2")
    page = move(operator, path, "void", first="9", last="10", reason="잘못 인쇄함")
    for chip in ("만듦 4", "배정 2", "출고 2", "폐기 2"):
        assert chip in page.text, chip
    assert "잘못 인쇄함" in page.text
    for wrong in (
        {"step": "allocate"},
        {"step": "void"},
        {"step": "ship", "first": "0"},
        {"step": "ship", "first": "5", "last": "4"},
        {"step": "ship", "first": "1", "last": "11"},
        {"step": "make"},
        {"step": "claim"},
    ):
        operator.post(f"{path}/moves", wrong, expect=422)
    assert "만듦 4" in operator.open(path).text


def test_units_with_an_owner_are_left_alone(brand, operator) -> None:
    batch = make_batch(brand, 3)
    make_member(brand, "mina")
    register(brand, serials_of(brand, batch)[0], "mina", delivered_on="2026-11-01")
    page = move(operator, f"{HOME}/{batch['id']}", "void", reason="두루마리를 잃어버림")
    assert "등록 1" in page.text
    assert "폐기 2" in page.text
    page = move(operator, f"{HOME}/{batch['id']}", "ship", expect=422)
    assert 'role="alert"' in page.html


def test_labels_are_fetched_once_and_again_only_with_a_reason(brand, operator) -> None:
    make(operator, "30")
    path = operator.url
    operator.post(f"{path}/downloads")
    assert "라벨 받기" in operator.page.text
    pdf = next(link for link in operator.page.links if "labels.pdf" in link)
    sheet = operator.ask("GET", pdf)
    assert (sheet.status_code, sheet.data[:4]) == (200, b"%PDF")
    listed = operator.ask("GET", f"{path}/labels.csv?download=1").get_data(as_text=True)
    assert listed.count(".EXAMPLE.KR/Q/") == 30
    page = operator.post(f"{path}/downloads", expect=422)
    assert "왜 다시 받는지" in page.text
    operator.post(f"{path}/downloads", {"reason": "종이가 찢어짐"})
    actions = [each["action"] for each in brand.api.get("/v1/audit-log?limit=50")["data"]]
    assert actions.count("warranty_batch.downloaded") == 2
    for number in ("3", "", "x", "99999999999"):
        operator.open(f"{path}/labels.pdf?download={number}", expect=409)


def test_who_only_looks_sees_batches_and_makes_none(brand, operator) -> None:
    make(operator)
    path = operator.url
    operator.post(f"{path}/downloads")
    for role in ("viewer", "cs"):
        desk = Desk(brand, role)
        assert "레인부츠" in desk.open(HOME).text
        assert "라벨 인쇄" not in desk.open(f"{path}?download=1").text
        assert "새 배치" not in desk.open(HOME).text
        desk.post(HOME, {"product": "BOOT", "quantity": "1"}, expect=403)
        for what in ("moves", "downloads"):
            desk.post(f"{path}/{what}", {"step": "ship"}, expect=403)
        desk.open(f"{path}/labels.pdf?download=1", expect=403)
        desk.open(f"{path}/labels.csv?download=1", expect=403)
    assert len(batches(brand)) == 1


def test_another_brand_finds_no_batch(brand, make_brand, operator) -> None:
    make(operator)
    path = operator.url
    operator.post(f"{path}/downloads")
    stranger = Desk(make_brand(), "admin")
    assert "배치가 없어요" in stranger.open(HOME).text
    for what in ("", "/labels.pdf?download=1", "/labels.csv?download=1"):
        stranger.open(f"{path}{what}", expect=404)
    stranger.post(f"{path}/moves", {"step": "void", "reason": "x"}, expect=404)
    stranger.post(f"{path}/downloads", expect=404)
    assert "만듦" in operator.open(path).text or "인쇄 3" in operator.page.text


def test_texts_of_batches_run_nowhere(brand, operator) -> None:
    make(operator, channel=XSS)
    path = operator.url
    move(operator, path, "void", reason=XSS)
    for page in (operator.open(path), operator.open(HOME)):
        assert "<script>" not in page.html
        assert "&lt;script&gt;" in page.html
