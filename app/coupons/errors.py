"""The refusals of coupons. Why a coupon does not apply to an order is no refusal: see
``rules.wording``."""

from app.errors import Conflict, NotFound, RuleViolation


class CouponTemplateNotFound(NotFound):
    code = "coupon_template_not_found"
    ko = "쿠폰 {template}을(를) 찾을 수 없어요. 쿠폰 코드를 확인해 주세요."
    en = "There is no coupon template {template}. Check its code."


class CouponNotFound(NotFound):
    code = "coupon_not_found"
    ko = "그런 쿠폰을 찾을 수 없어요. cpn_…나 쿠폰 번호를 확인해 주세요."
    en = "There is no such coupon. Name one as cpn_… or by its code."


class CouponKindFixed(Conflict):
    code = "coupon_kind_fixed"
    ko = "쿠폰 종류({kind})는 바꿀 수 없어요. 새 쿠폰을 만들어 주세요."
    en = "The kind of a coupon ({kind}) cannot change. Make another template."


class CouponTemplateEnded(Conflict):
    code = "coupon_template_ended"
    ko = "끝난 쿠폰은 바꾸거나 다시 켤 수 없어요. 새 쿠폰을 만들어 주세요."
    en = "A template that has ended cannot change or resume. Make another one."


class CouponCodeTaken(Conflict):
    code = "coupon_code_taken"
    ko = (
        "{generic_code}은(는) 쿠폰 {template}의 코드예요. 다른 코드를 쓰거나 그 쿠폰을 끝내 주세요."
    )
    en = "{generic_code} is the code of {template}. Use another code, or end that template."


class CouponNotIssuable(RuleViolation):
    code = "coupon_not_issuable"
    ko = "지금은 줄 수 없는 쿠폰이에요(상태: {state}). 쿠폰의 상태와 기간을 확인해 주세요."
    en = "This coupon cannot be given now ({state}). Check the template's status and dates."


class CouponLimitReached(RuleViolation):
    code = "coupon_limit_reached"
    ko = "준비한 {total_limit}장 가운데 {left}장만 남아 있어요. 한도를 늘리거나 수량을 줄여 주세요."
    en = "Of {total_limit} coupons {left} are left. Raise the limit or ask for fewer."


class CouponMemberLimitReached(RuleViolation):
    code = "coupon_member_limit_reached"
    ko = "한 회원이 {limit}장까지 받을 수 있는 쿠폰이고, 이미 다 받았어요."
    en = "A member can have {limit} of these coupons, and this one has them."


class CouponOfAnotherMember(Conflict):
    code = "coupon_of_another_member"
    ko = "이미 다른 회원이 등록한 쿠폰이에요."
    en = "Another member has registered this coupon."


class CouponUsed(Conflict):
    code = "coupon_used"
    ko = "이미 주문에 쓴 쿠폰이에요. 그 주문을 환불하면 돌아와요."
    en = "The coupon was used in an order. It comes back when that order is refunded."


class CouponNotRevoked(Conflict):
    code = "coupon_not_revoked"
    ko = "회수된 쿠폰만 되살릴 수 있어요(상태: {state})."
    en = "Only a revoked coupon can be restored (status: {state})."


class CouponAlreadyIssued(Conflict):
    code = "coupon_already_issued"
    ko = "이 요청의 쿠폰은 이미 줬어요. 회원의 쿠폰에서 확인해 주세요."
    en = "The coupon of this request was issued before. Look it up among the member's coupons."


class CouponBatchNotFound(NotFound):
    code = "coupon_batch_not_found"
    ko = "그런 쿠폰 묶음을 찾을 수 없어요. cpb_…를 확인해 주세요."
    en = "There is no such batch of codes. Name one as cpb_…"
