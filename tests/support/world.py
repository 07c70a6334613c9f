"""A brand with one of everything, and what a stranger may ask of it."""

import base64

from app import clock, ids
from app.db import transaction
from app.warranties import services as warranties
from tests.consents.asking import PLAIN, publish
from tests.coupons.shop import GIFT, define
from tests.exchanges.shop import MUG
from tests.messages.post import tell
from tests.shopper.pictures import photo
from tests.support import world_desk, world_requests
from tests.support.pictures import png_of

ORDER = {
    "member": "ext:alice",
    "lines": [{"sku": "A", "quantity": 2, "unit_price": 10_000}],
    "redeem_points": 100,
}
COUPON = {"name": "10%", "kind": "percent", "percent_basis_points": 1000}

RULE = {"name": "R", "trigger": {"on": "member_joined"}, "effects": [{"points": 1}]}
TERMS = {"name": "보증", "months": 12}
CARD = {"name": "커피", "earn": {"per": "order"}, "goal": 10}

WORDING = {"channels": ["sms"], "sms": {"text": "남의 문구 #{link}"}}
OTHER_LOGO = base64.b64encode(png_of(64, 64, "navy")).decode()
OTHER_WORDING = {"channels": ["sms"], "sms": {"text": "보증서 #{link}"}}


class World:
    """A brand with one of everything, and a request for each route that names them."""

    def __init__(self, brand) -> None:
        api = brand.api
        self.brand = brand
        self.alice = api.put("/v1/members/ext:alice", {"name": "앨리스"}, expect=201)["id"]
        self.bob = api.put("/v1/members/ext:bob", {"phone": "010-1234-5678"}, expect=201)["id"]
        api.post("/v1/members/ext:alice/points/accruals", {"points": 5000})
        api.put("/v1/members/ext:alice/tags/vip")
        code = api.get(f"/v1/members/{self.bob}/referral-code")["code"]
        api.patch("/v1/members/ext:alice", {"referred_by_code": code})
        self.referral = api.get("/v1/referrals")["data"][0]["id"]
        api.post("/v1/events", {"type": "survey", "member": self.alice, "external_id": "1"})
        api.put("/v1/reward-rules/R", RULE, expect=201)
        self.hold = api.post("/v1/members/ext:alice/points/holds", {"points": 10})["id"]
        self.order = api.post("/v1/orders", {**ORDER, "external_id": "M-1"})["id"]
        api.put("/v1/coupon-templates/TEN", COUPON, expect=201)
        api.post("/v1/coupon-templates/TEN/codes", {"quantity": 1})
        coupon = api.post("/v1/members/ext:alice/coupons", {"template": "TEN"})
        self.coupon = coupon["id"]
        api.put("/v1/products/MUG", {"name": "머그컵"}, expect=201)
        define(brand, "MUG-GIFT", **GIFT)
        api.put("/v1/exchange-items/MUG", MUG, expect=201)
        self.exchange = api.post("/v1/members/ext:alice/exchanges", {"item": "MUG"})["id"]
        logo = base64.b64encode(png_of(64, 64, "red")).decode()
        api.put("/v1/label-logo", {"png": logo})
        self.erasure = api.post("/v1/members/ext:bob/erasure-requests", {"source": "mail"})["id"]
        publish(brand, "ad_sms")
        api.post(
            "/v1/members/ext:alice/consents",
            {"decisions": [{"purpose": "ad_sms", "choice": "granted"}], "source": "my_page"},
            expect=200,
        )
        api.put("/v1/tier-ladder", {})
        api.put("/v1/stamp-programmes/COFFEE", CARD, expect=201)
        api.put("/v1/warranty-terms/BASE", TERMS, expect=201)
        boot = {"product": "MUG", "quantity": 1, "serials": ["MUG-1"]}
        self.batch = api.post("/v1/warranty-batches", boot)["id"]
        owned = {"unit": "MUG-1", "member": self.alice, "channel": "gift"}
        self.warranty = api.post("/v1/warranties", owned)["id"]
        self.review, self.receipt = self._doubted(), self._proved()
        self.asked = world_requests.ask(api)
        stamped = {"programme": "COFFEE", "stamps": 1, "reason": "사과"}
        api.post("/v1/members/ext:alice/stamps/adjustments", stamped)
        self.message = tell(brand)
        self.approval = world_desk.note_and_ask(brand, self.alice)
        api.put("/v1/message-templates/certificate_link", WORDING)
        api.post("/v1/message-templates/certificate_link/publish", expect=200)

    def _doubted(self) -> str:
        """Let staff be asked about the unit, as pages do, and return the review."""
        brand_id = self.brand.brand_id
        visitor = warranties.Visitor(b"device", b"address")
        with self.brand.app.app_context(), transaction(brand_id):
            unit = warranties.get_unit(brand_id, "MUG-1").unit
            warranties.report(brand_id, unit, "mine", visitor, note="내 것", now=clock.now())
        review: str = self.brand.api.get("/v1/warranty-reviews")["data"][0]["id"]
        return review

    def _proved(self) -> str:
        """Let the owner send a receipt, as pages do, and return it."""
        brand_id = self.brand.brand_id
        picture = warranties.read_receipt(photo())
        with self.brand.app.app_context(), transaction(brand_id):
            found = warranties.list_warranties(brand_id, serial="MUG-1", limit=1)[0]
            receipt_id = warranties.keep_receipt(found.unit, picture, now=clock.now())
            warranties.attach_receipt(found.unit, found.warranty, receipt_id, now=clock.now())
        return ids.show("wrc", receipt_id)

    def requests(self) -> dict[tuple[str, str], tuple[str, object, str]]:
        """(method, rule) → (path, body, what another brand must get)."""
        alice, bob, order, hold = self.alice, self.bob, self.order, self.hold
        member = "/v1/members/<string:member>"
        orders = "/v1/orders/<string:order>"
        rule, rules = "/v1/reward-rules/R", "/v1/reward-rules/<string:rule>"
        version = f"{rules}/versions/<int(max=1000000):version>"
        coupon, template = f"/v1/coupons/{self.coupon}", "/v1/coupon-templates/TEN"
        templates = "/v1/coupon-templates/<string:template>"
        coupons = "/v1/coupons/<string:coupon>"
        stamps, card = "/v1/stamp-programmes/<string:programme>", "/v1/stamp-programmes/COFFEE"
        texts, text = "/v1/consent-texts/<string:purpose>/<string:language>", "ad_sms/ko"
        batch, units = f"/v1/warranty-batches/{self.batch}", "/v1/units/<string:serial>"
        batches = "/v1/warranty-batches/<string:batch>"
        warranties, owned = "/v1/warranties/<string:warranty>", f"/v1/warranties/{self.warranty}"
        terms, base = "/v1/warranty-terms/<string:terms>", "/v1/warranty-terms/BASE"
        wordings, wording = "/v1/message-templates", "/v1/message-templates/certificate_link"
        a_wording = f"{wordings}/<string:template>"
        wishes, wished = "/v1/erasure-requests", f"/v1/erasure-requests/{self.erasure}"
        wish = f"{wishes}/<string:erasure>"
        return {
            **world_requests.requests(self.asked),
            ("GET", "/v1/messages"): ("/v1/messages", None, "empty"),
            ("GET", "/v1/messages/<string:message>"): (
                f"/v1/messages/{self.message}", None, "404",
            ),
            ("GET", wordings): (wordings, None, "own"),
            ("GET", f"{a_wording}/versions"): (f"{wording}/versions", None, "empty"),
            ("GET", a_wording): (wording, None, "own"),
            ("PUT", a_wording): (wording, OTHER_WORDING, "own"),
            ("POST", f"{a_wording}/publish"): (f"{wording}/publish", {}, "own"),
            ("GET", "/v1/consent-texts"): ("/v1/consent-texts", None, "empty"),
            ("PUT", texts): (f"/v1/consent-texts/{text}", PLAIN, "own"),
            ("GET", texts): (f"/v1/consent-texts/{text}", None, "own"),
            ("GET", f"{texts}/versions"): (f"/v1/consent-texts/{text}/versions", None, "own"),
            ("POST", f"{texts}/publish"): (f"/v1/consent-texts/{text}/publish", {}, "own"),
            ("GET", "/v1/warranty-batches"): ("/v1/warranty-batches", None, "empty"),
            ("POST", "/v1/warranty-batches"): (
                "/v1/warranty-batches", {"product": "MUG", "quantity": 1}, "404",
            ),
            ("GET", batches): (batch, None, "404"),
            ("POST", f"{batches}/downloads"): (f"{batch}/downloads", {}, "404"),
            ("GET", f"{batches}/labels.pdf"): (f"{batch}/labels.pdf?download=1", None, "404"),
            ("GET", f"{batches}/labels.csv"): (f"{batch}/labels.csv?download=1", None, "404"),
            ("POST", f"{batches}/allocate"): (f"{batch}/allocate", {"channel": "x"}, "404"),
            ("POST", f"{batches}/ship"): (f"{batch}/ship", {}, "404"),
            ("POST", f"{batches}/void"): (f"{batch}/void", {"reason": "theft"}, "404"),
            ("GET", "/v1/units"): ("/v1/units", None, "empty"),
            ("GET", units): ("/v1/units/MUG-1", None, "404"),
            ("GET", f"{units}/events"): ("/v1/units/MUG-1/events", None, "404"),
            ("GET", f"{units}/label.png"): ("/v1/units/MUG-1/label.png?download=1", None, "404"),
            ("GET", f"{units}/label.svg"): ("/v1/units/MUG-1/label.svg?download=1", None, "404"),
            ("PUT", "/v1/label-logo"): ("/v1/label-logo", {"png": OTHER_LOGO}, "own"),
            ("GET", "/v1/label-logo"): ("/v1/label-logo", None, "own"),
            ("DELETE", "/v1/label-logo"): ("/v1/label-logo", None, "own"),
            ("GET", "/v1/warranties/<string:warranty>/receipts"): (
                f"/v1/warranties/{self.warranty}/receipts", None, "404",
            ),
            ("GET", "/v1/warranties/<string:warranty>/receipts/<string:receipt>"): (
                f"/v1/warranties/{self.warranty}/receipts/{self.receipt}", None, "404",
            ),
            ("GET", "/v1/insights/purchases"): ("/v1/insights/purchases", None, "own"),
            ("GET", "/v1/insights/points"): ("/v1/insights/points", None, "own"),
            ("GET", f"{units}/reports"): ("/v1/units/MUG-1/reports", None, "404"),
            ("GET", "/v1/warranty-reviews"): ("/v1/warranty-reviews", None, "empty"),
            ("POST", "/v1/warranty-reviews/<string:review>/decision"): (
                f"/v1/warranty-reviews/{self.review}/decision",
                {"decision": "confirmed", "reason": "theft"}, "404",
            ),
            ("POST", f"{units}/steps"): ("/v1/units/MUG-1/steps", {"step": "ship"}, "404"),
            ("POST", f"{units}/flags"): (
                "/v1/units/MUG-1/flags", {"flag": "stolen", "reason": "theft"}, "404",
            ),
            ("GET", "/v1/warranties"): ("/v1/warranties", None, "empty"),
            ("GET", "/v1/warranties/stats"): ("/v1/warranties/stats?by=batch", None, "empty"),
            ("POST", "/v1/warranties"): (
                "/v1/warranties", {"unit": "MUG-1", "member": alice, "channel": "gift"}, "404",
            ),
            ("GET", warranties): (owned, None, "404"),
            ("POST", f"{warranties}/proof"): (
                f"{owned}/proof", {"proof": "proven", "reason": "theft"}, "404",
            ),
            ("POST", f"{warranties}/extensions"): (
                f"{owned}/extensions", {"months": 1, "reason": "theft"}, "404",
            ),
            ("POST", f"{warranties}/transfer"): (
                f"{owned}/transfer", {"to": bob, "reason": "theft"}, "404",
            ),
            ("GET", "/v1/warranty-terms"): ("/v1/warranty-terms", None, "empty"),
            ("PUT", terms): ("/v1/warranty-terms/OWN", TERMS, "own"),
            ("GET", terms): (base, None, "404"),
            ("GET", f"{terms}/versions"): (f"{base}/versions", None, "404"),
            ("GET", f"{terms}/coverage"): (f"{base}/coverage", None, "404"),
            ("POST", f"{terms}/end"): (f"{base}/end", None, "404"),
            ("POST", f"{member}/consents"): (
                f"/v1/members/{alice}/consents", {"asked": ["ad_sms"], "source": "import"}, "404",
            ),
            ("GET", f"{member}/consents/may-send"): (
                f"/v1/members/{alice}/consents/may-send?purpose=campaign&channel=sms", None, "404",
            ),
            ("GET", "/v1/consents/stats"): ("/v1/consents/stats", None, "own"),
            ("GET", f"{member}/consents"): (f"/v1/members/{alice}/consents", None, "404"),
            ("GET", f"{member}/consents/history"): (
                f"/v1/members/{alice}/consents/history", None, "404",
            ),
            ("GET", "/v1/stamp-programmes"): ("/v1/stamp-programmes", None, "empty"),
            ("PUT", stamps): ("/v1/stamp-programmes/TEA", CARD, "own"),
            ("GET", stamps): (card, None, "404"),
            ("GET", f"{stamps}/versions"): (f"{card}/versions", None, "404"),
            ("POST", f"{stamps}/activate"): (f"{card}/activate", None, "404"),
            ("POST", f"{stamps}/pause"): (f"{card}/pause", None, "404"),
            ("POST", f"{stamps}/end"): (f"{card}/end", None, "404"),
            ("GET", f"{member}/stamps"): (f"/v1/members/{alice}/stamps", None, "404"),
            ("GET", f"{member}/stamps/history"): (
                f"/v1/members/{alice}/stamps/history", None, "404",
            ),
            ("POST", f"{member}/stamps/adjustments"): (
                f"/v1/members/{alice}/stamps/adjustments",
                {"programme": "COFFEE", "stamps": 1, "reason": "theft"}, "404",
            ),
            ("GET", "/v1/reward-rules"): ("/v1/reward-rules", None, "empty"),
            ("PUT", rules): (f"{rule}2", RULE, "own"),
            ("GET", rules): (rule, None, "404"),
            ("GET", f"{rules}/versions"): (f"{rule}/versions", None, "404"),
            ("GET", version): (f"{rule}/versions/1", None, "404"),
            ("GET", f"{version}/diff"): (f"{rule}/versions/1/diff", None, "404"),
            ("GET", f"{rules}/stats"): (f"{rule}/stats", None, "404"),
            ("POST", f"{rules}/backtest"): (
                f"{rule}/backtest", {"from": "2026-01-01", "to": "2026-01-31"}, "404",
            ),
            ("POST", f"{rules}/activate"): (f"{rule}/activate", None, "404"),
            ("POST", f"{rules}/schedule"): (f"{rule}/schedule", {}, "404"),
            ("POST", f"{rules}/pause"): (f"{rule}/pause", None, "404"),
            ("POST", f"{rules}/end"): (f"{rule}/end", None, "404"),
            ("POST", f"{rules}/rollback"): (f"{rule}/rollback", {"version": 1}, "404"),
            ("GET", "/v1/coupon-templates"): ("/v1/coupon-templates", None, "empty"),
            ("GET", templates): (template, None, "404"),
            ("GET", f"{templates}/versions"): (f"{template}/versions", None, "404"),
            ("POST", f"{templates}/pause"): (f"{template}/pause", None, "404"),
            ("POST", f"{templates}/resume"): (f"{template}/resume", None, "404"),
            ("POST", f"{templates}/end"): (f"{template}/end", None, "404"),
            ("POST", f"{templates}/codes"): (f"{template}/codes", {"quantity": 1}, "404"),
            ("GET", f"{templates}/codes.csv"): (f"{template}/codes.csv", None, "404"),
            ("PUT", templates): (
                "/v1/coupon-templates/OWN", {**COUPON, "name": "다른 쿠폰"}, "own",
            ),
            ("GET", f"{member}/coupons"): (f"/v1/members/{alice}/coupons", None, "404"),
            ("POST", f"{member}/coupons"): (
                f"/v1/members/{alice}/coupons", {"template": "TEN"}, "404",
            ),
            ("GET", coupons): (coupon, None, "404"),
            ("POST", f"{coupons}/revoke"): (f"{coupon}/revoke", {"reason": "훔침"}, "404"),
            ("POST", f"{coupons}/restore"): (f"{coupon}/restore", {"reason": "훔침"}, "404"),
            ("GET", member): (f"/v1/members/{alice}", None, "404"),
            ("PATCH", member): (f"/v1/members/{alice}", {"name": "훔침"}, "404"),
            ("POST", f"{member}/merge"): (f"/v1/members/{bob}/merge", {"into": alice}, "404"),
            ("GET", f"{member}/export"): (
                f"/v1/members/{alice}/export?reason=legal", None, "404",
            ),
            ("POST", f"{member}/erasure-requests"): (
                f"/v1/members/{alice}/erasure-requests", {"source": "mail"}, "404",
            ),
            ("GET", wishes): (wishes, None, "empty"),
            ("GET", wish): (wished, None, "404"),
            ("POST", f"{wish}/complete"): (f"{wished}/complete", {}, "404"),
            ("POST", f"{wish}/refuse"): (f"{wished}/refuse", {"reason": "theft"}, "404"),
            ("POST", f"{member}/erase"): (f"/v1/members/{alice}/erase", {}, "404"),
            ("GET", f"{member}/summary"): (f"/v1/members/{alice}/summary", None, "404"),
            ("GET", f"{member}/tier"): (f"/v1/members/{alice}/tier", None, "404"),
            ("PUT", f"{member}/tier"): (
                f"/v1/members/{alice}/tier", {"tier": "LV1", "reason": "theft"}, "404",
            ),
            ("GET", f"{member}/tier/history"): (
                f"/v1/members/{alice}/tier/history", None, "404",
            ),
            ("GET", f"{member}/tier/postings"): (
                f"/v1/members/{alice}/tier/postings", None, "404",
            ),
            ("POST", f"{member}/spend-adjustments"): (
                f"/v1/members/{alice}/spend-adjustments",
                {"external_id": "S", "amount": 1, "reason": "theft"}, "404",
            ),
            ("GET", "/v1/tier-ladder"): ("/v1/tier-ladder", None, "404"),
            ("PUT", "/v1/tier-ladder"): ("/v1/tier-ladder", {"dry_run": True}, "own"),
            ("GET", "/v1/tier-ladder/versions"): ("/v1/tier-ladder/versions", None, "empty"),
            ("GET", "/v1/tier-ladder/distribution"): (
                "/v1/tier-ladder/distribution", None, "404",
            ),
            ("GET", f"{member}/tags"): (f"/v1/members/{alice}/tags", None, "404"),
            ("PUT", f"{member}/tags/<string:tag>"): (
                f"/v1/members/{alice}/tags/stolen", None, "404",
            ),
            ("DELETE", f"{member}/tags/<string:tag>"): (
                f"/v1/members/{alice}/tags/vip", None, "404",
            ),
            ("GET", f"{member}/referral-code"): (
                f"/v1/members/{alice}/referral-code", None, "404",
            ),
            ("GET", "/v1/referrals"): ("/v1/referrals", None, "empty"),
            ("GET", "/v1/referrals/<string:referral>"): (
                f"/v1/referrals/{self.referral}", None, "404",
            ),
            ("POST", "/v1/referrals/<string:referral>/approve"): (
                f"/v1/referrals/{self.referral}/approve", {}, "404",
            ),
            ("POST", "/v1/referrals/<string:referral>/refuse"): (
                f"/v1/referrals/{self.referral}/refuse", {}, "404",
            ),
            ("POST", "/v1/events"): (
                "/v1/events", {"type": "theft", "member": alice, "external_id": "1"}, "404",
            ),
            ("GET", f"{member}/events"): (f"/v1/members/{alice}/events", None, "404"),
            ("GET", f"{member}/points"): (f"/v1/members/{alice}/points", None, "404"),
            ("GET", f"{member}/points/notices"): (
                f"/v1/members/{alice}/points/notices", None, "404",
            ),
            ("GET", f"{member}/points/entries"): (
                f"/v1/members/{alice}/points/entries", None, "404",
            ),
            ("GET", f"{member}/points/entries/<int(max=9007199254740991):seq>"): (
                f"/v1/members/{alice}/points/entries/1", None, "404",
            ),
            ("POST", f"{member}/points/accruals"): (
                f"/v1/members/{alice}/points/accruals", {"points": 1}, "404",
            ),
            ("POST", f"{member}/points/redemptions"): (
                f"/v1/members/{alice}/points/redemptions", {"points": 1}, "404",
            ),
            ("POST", f"{member}/points/adjustments"): (
                f"/v1/members/{alice}/points/adjustments",
                {"points": 1, "reason_code": "theft"}, "404",
            ),
            ("POST", f"{member}/points/transfers"): (
                f"/v1/members/{alice}/points/transfers", {"points": 1, "to": bob}, "404",
            ),
            ("POST", f"{member}/points/holds"): (
                f"/v1/members/{alice}/points/holds", {"points": 1}, "404",
            ),
            ("GET", "/v1/holds/<string:hold>"): (f"/v1/holds/{hold}", None, "404"),
            ("POST", "/v1/holds/<string:hold>/capture"): (f"/v1/holds/{hold}/capture", {}, "404"),
            ("POST", "/v1/holds/<string:hold>/void"): (f"/v1/holds/{hold}/void", {}, "404"),
            ("GET", orders): (f"/v1/orders/{order}", None, "404"),
            ("POST", f"{orders}/confirm"): (f"/v1/orders/{order}/confirm", {}, "404"),
            ("POST", f"{orders}/cancel"): (f"/v1/orders/{order}/cancel", {}, "404"),
            ("POST", f"{orders}/refunds"): (
                f"/v1/orders/{order}/refunds", {"external_id": "R", "all": True}, "404",
            ),
            ("POST", "/v1/checkout/preview"): (
                "/v1/checkout/preview", {**ORDER, "member": alice}, "404",
            ),
            ("POST", "/v1/orders"): (
                "/v1/orders", {**ORDER, "member": alice, "external_id": "M-9"}, "404",
            ),
            ("POST", "/v1/checkout/holds"): (
                "/v1/checkout/holds", {**ORDER, "member": alice}, "404",
            ),
            ("POST", "/v1/checkout/holds/<string:hold>/release"): (
                f"/v1/checkout/holds/{hold}/release", None, "404",
            ),
            ("GET", "/v1/orders"): ("/v1/orders", None, "empty"),
            ("GET", "/v1/members"): ("/v1/members", None, "empty"),
            ("POST", "/v1/members/search"): (
                "/v1/members/search", {"phone": "01012345678"}, "empty",
            ),
            ("GET", "/v1/products"): ("/v1/products", None, "empty"),
            ("GET", "/v1/products/<path:sku>"): ("/v1/products/MUG", None, "404"),
            ("GET", "/v1/products/<path:sku>/versions"): (
                "/v1/products/MUG/versions", None, "404",
            ),
            ("PUT", "/v1/products/<path:sku>"): ("/v1/products/MUG", {"name": "컵"}, "own"),
            ("GET", "/v1/exchange-items"): ("/v1/exchange-items", None, "empty"),
            ("GET", "/v1/exchange-items/<string:code>"): (
                "/v1/exchange-items/MUG", None, "404",
            ),
            ("GET", "/v1/exchange-items/<string:code>/versions"): (
                "/v1/exchange-items/MUG/versions", None, "404",
            ),
            ("PUT", "/v1/exchange-items/<string:code>"): (
                "/v1/exchange-items/CUP", MUG, "422",
            ),
            ("GET", f"{member}/exchanges"): (f"/v1/members/{alice}/exchanges", None, "404"),
            ("POST", f"{member}/exchanges"): (
                f"/v1/members/{alice}/exchanges", {"item": "MUG"}, "404",
            ),
            ("GET", "/v1/exchanges/<string:exchange>"): (
                f"/v1/exchanges/{self.exchange}", None, "404",
            ),
            ("POST", "/v1/exchanges/<string:exchange>/cancel"): (
                f"/v1/exchanges/{self.exchange}/cancel", {"reason": "도난"}, "404",
            ),
            ("GET", "/v1/audit-log"): ("/v1/audit-log", None, "own"),
            ("GET", "/v1/brand"): ("/v1/brand", None, "own"),
            ("PATCH", "/v1/brand"): ("/v1/brand", {"name": "다른 이름"}, "own"),
            ("POST", "/v1/test-clock"): ("/v1/test-clock", {"now": None}, "own"),
            ("PUT", "/v1/members/ext:<string:external_id>"): (
                "/v1/members/ext:alice", {"name": "다른 앨리스"}, "own",
            ),
        }  # fmt: skip
