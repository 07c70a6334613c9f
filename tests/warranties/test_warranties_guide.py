"""What docs/warranties.md says is so."""

import re
from pathlib import Path

from app.warranties.rules.claims import UNITS_OF_ORDER_MAX
from app.warranties.schemas.claims import MONTHS_MAX
from tests.support.api import TestBrand
from tests.support.members import make_member
from tests.warranties.shop import make_batch, open_shop, register, serials_of

GUIDE = (Path(__file__).parents[2] / "docs" / "warranties.md").read_text()


def test_the_example_of_the_guide_comes_out_as_it_says(brand: TestBrand) -> None:
    told = re.findall(r"^\| [^|]+ \| (\d{4}-\d\d-\d\d) \|", GUIDE, re.MULTILINE)
    brand.api.post("/v1/test-clock", {"now": "2026-11-22T10:00:00+09:00"}, expect=200)
    open_shop(brand)
    for name in ("mina", "jun"):
        make_member(brand, name)
    (serial,) = serials_of(brand, make_batch(brand, 1, manufactured_on="2026-01-15"))

    def until(shown: object) -> str:
        assert isinstance(shown, dict)
        return str(shown["coverage"]["ends_on"])

    seen = [until(brand.api.get(f"/v1/units/{serial}"))]
    made = register(brand, serial, "mina", channel="coupang", delivered_on="2026-11-20")
    seen.append(until(made))
    path = f"/v1/warranties/{made['id']}"
    for action, body in (
        ("proof", {"proof": "proven", "reason": "주문 확인"}),
        ("extensions", {"months": 6, "reason": "오래 기다림"}),
        ("transfer", {"to": "ext:jun", "reason": "중고 거래"}),
    ):
        seen.append(until(brand.api.post(f"{path}/{action}", body, expect=200)))
    assert seen == told


def test_limits_of_the_guide_are_those_of_the_code() -> None:
    assert f"at most {UNITS_OF_ORDER_MAX} units" in GUIDE
    assert f"1 to {MONTHS_MAX} months" in GUIDE
