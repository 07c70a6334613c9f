"""On the pages of one brand nothing of another is seen, changed or hinted at."""

import re

import psycopg

from tests.shopper.phone import Shop
from tests.shopper.test_repairs import Repair
from tests.shopper.test_transfers import BUYER, Deal
from tests.test_tenants import digest


def test_a_member_of_another_brand_sees_and_changes_nothing_on_any_page(
    shop: Shop, make_brand, owner: psycopg.Connection
) -> None:
    repair = Repair(shop)
    repair.ask(photos=1)
    repair.quote()
    deal = Deal(shop, repair.phone, repair.certificate)
    link = deal.offer()
    deal.buyer.open(link)
    deal.buyer.send(link, {"name": "이구매", "phone": BUYER, "age": "yes"})
    anothers = {
        "code": shop.codes[0],
        "rest": f"08801234567893/21/{shop.codes[0]}",
        "warranty": deal.path.split("/")[3],
        "number": repair.number,
        "photo": "1",
        "link": link.split("/")[2],
        "challenge": deal.buyer.url.split("/")[2],
    }
    before = digest(owner, shop.brand.brand_id)
    other = Shop(make_brand())
    phone = other.phone(number=BUYER)
    phone.register(other.codes[0])
    token = phone.open("/my").form("/logout").values["token"]
    fields = {
        "token": token, "name": "남", "phone": BUYER, "age": "yes", "channel": "gift",
        "code": deal.buyer.last_code(), "kind": "lost", "from": "my", "ad_sms": "yes",
    }  # fmt: skip
    replayed = 0
    for rule in other.brand.app.url_map.iter_rules():
        if not rule.endpoint.startswith("shopper.") or not rule.arguments:
            continue
        path = re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda match: anothers[match[1]], rule.rule)
        for method in rule.methods & {"GET", "POST"}:
            answer = phone.client.open(
                path,
                method=method,
                data=fields if method == "POST" else None,
                base_url=f"http://{other.host}",
                follow_redirects=True,
            )
            assert answer.status_code == 404, (method, path, answer.status_code)
            text = answer.get_data(as_text=True)
            for value in ("김단골", "1357", shop.serials[0], "레인부츠", "밑창"):
                assert value not in text, (method, path)
            replayed += 1
    assert replayed >= 30
    assert digest(owner, shop.brand.brand_id) == before
