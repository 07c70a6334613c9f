"""What docs/products.md says is so."""

import json
import re
from pathlib import Path

from app.products import services as products
from tests.support.api import TestBrand
from tests.support.members import unit_of_work

GUIDE = (Path(__file__).parents[2] / "docs" / "products.md").read_text()


def test_the_example_is_sent_and_its_lines_are_what_the_table_says(brand: TestBrand) -> None:
    method, path, body, status, answer = re.search(
        r"```json\n(PUT) (\S+)\n(\{.*?\})\n→ (\d+) (\{.*?)\n```", GUIDE, re.DOTALL
    ).groups()
    response = brand.api.send(method, path, json.loads(body))
    assert response.status_code == int(status)
    shown = response.get_json()
    for name, value in re.findall(r'"(\w+)": ("[^"]+"|\d+|true)', answer):
        assert shown[name] == json.loads(value)

    table = re.findall(r"^\| `([A-Z0-9-]+)` \| (.+?) \|", GUIDE, re.MULTILINE)
    bought = "GLASS-1"
    with unit_of_work(brand):
        facts = products.facts_of(brand.brand_id, [sku for sku, _ in table])
    kinds = {}
    for sku, _ in table:
        known = facts.get(sku, products.ProductFacts())
        kinds[sku] = (
            "the same product (본품)" if sku == bought
            else "an add-on (추가상품)" if bought in known.complements
            else "an upgrade (상위버전)" if bought in known.upgrades
            else "none of them"
        )  # fmt: skip
    assert dict(table) == kinds
    assert len(set(kinds.values())) == 4
    assert f"{shown['price']:,} − {shown['cost']:,} = {shown['price'] - shown['cost']:,}" in GUIDE
    assert f"gives at most {(shown['price'] - shown['cost']) * 20 // 100:,} points" in GUIDE
