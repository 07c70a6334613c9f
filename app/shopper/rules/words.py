"""What things are called on pages, in Korean and English."""

from typing import NamedTuple


class Said(NamedTuple):
    """One thing in both languages."""

    ko: str
    en: str


PLACES = {
    "own_mall": Said("공식몰", "Brand's own shop"),
    "naver": Said("네이버", "Naver"),
    "coupang": Said("쿠팡", "Coupang"),
    "musinsa": Said("무신사", "Musinsa"),
    "offline": Said("오프라인 매장", "A store"),
    "gift": Said("선물받음", "A gift"),
    "other": Said("그 밖의 곳", "Somewhere else"),
}
PURPOSES = {
    "warranty_service": Said("보증·A/S 서비스", "Warranty and repair service"),
    "pi_optional": Said("선택 개인정보", "Optional personal data"),
    "marketing_pi": Said("마케팅 목적 이용", "Use for marketing"),
    "ad_sms": Said("문자 광고", "Advertising by SMS"),
    "ad_kakao": Said("카카오톡 광고", "Advertising by KakaoTalk"),
    "ad_email": Said("이메일 광고", "Advertising by e-mail"),
    "ad_push": Said("앱 푸시 광고", "Advertising by push"),
    "ad_night": Said("밤 시간 광고(21시~8시)", "Advertising at night (21:00 to 08:00)"),
    "third_party": Said("제3자 제공", "Providing to third parties"),
    "overseas": Said("국외 이전", "Transfer overseas"),
    "guardian": Said("법정대리인 동의", "A guardian's consent"),
}
CHANNELS = {
    "sms": Said("문자", "SMS"),
    "kakao": Said("카카오톡", "KakaoTalk"),
    "email": Said("이메일", "e-mail"),
    "push": Said("앱 푸시", "push"),
}
REPORTS = {
    "doubtful": Said("정품이 아닌 것 같아요", "It may not be genuine"),
    "found": Said("잃어버린 제품을 발견했어요", "I found a product that somebody lost"),
    "mine": Said("제가 샀는데 다른 분이 등록했어요", "I bought it, another registered it"),
}


OUTCOMES = {
    "repair": Said("수리", "repaired"),
    "replace": Said("교환", "exchanged"),
    "refund": Said("환불", "refunded"),
    "return": Said("수리 없이 반송", "sent back as it was"),
    "reject": Said("처리 불가", "not taken"),
}
METHODS = {
    "pick_up": Said("기사님이 가지러 와 주세요", "Pick it up from me"),
    "parcel": Said("택배로 보낼게요", "I send it by parcel"),
    "visit": Said("매장에 가져갈게요", "I bring it to a store"),
}
PHASES = {
    "received": Said("접수", "Received"),
    "checking": Said("확인 중", "Checking"),
    "arrived": Said("입고", "Arrived"),
    "working": Said("처리 중", "Working"),
    "done": Said("완료", "Done"),
}
# What refusals say to shoppers, where the API says it to developers. ``{wait}``: how long.
_NOT_YOURS = Said(
    "내 보증서가 아니거나 더 이상 없는 보증서예요.",
    "This is not a certificate of yours, or it is no more.",
)
REFUSALS = {
    "warranty_not_found": _NOT_YOURS,
    "warranty_over": _NOT_YOURS,
    "unit_not_found": Said(
        "찾을 수 없는 제품이에요. 제품의 QR을 다시 찍어 주세요.",
        "This product cannot be found. Scan the code on it again.",
    ),
    "verification_phone_invalid": Said(
        "휴대폰 번호를 확인해 주세요. 예: 010-1234-5678",
        "Check the mobile number. It is a Korean one, such as 010-1234-5678.",
    ),
    "verification_too_many": Said(
        "인증번호를 너무 자주 요청했어요. {wait} 뒤에 다시 받아 주세요.",
        "Codes were asked for too often. Ask again in {wait}.",
    ),
    "warranty_tries_too_many": Said(
        "너무 많이 시도했어요. {wait} 뒤에 다시 해 주세요.",
        "There were too many tries. Try again in {wait}.",
    ),
    "warranty_day_impossible": Said(
        "맞지 않는 날짜예요. 구매일을 다시 확인해 주세요.",
        "This day cannot be right. Check the day of purchase.",
    ),
    "unit_step_refused": Said(
        "지금은 등록할 수 없는 제품이에요. 고객센터에 문의해 주세요.",
        "This product cannot be registered now. Please ask customer service.",
    ),
    "service_step_refused": Said(
        "그사이 진행이 바뀌어서 지금은 할 수 없어요. 진행 상황을 다시 열어 주세요.",
        "It has moved on meanwhile, so this cannot be done now. Open your request again.",
    ),
    "service_not_owner": _NOT_YOURS,
    "guardian_consent_required": Said(
        "만 14세가 안 된 회원이라 보호자의 동의가 필요해요. 고객센터에 문의해 주세요.",
        "This member is under 14, so a guardian has to agree. Please ask customer service.",
    ),
    "consent_text_outdated": Said(
        "그사이 동의문이 바뀌었어요. 다시 열어 읽어 보고 골라 주세요.",
        "The text has changed meanwhile. Open it again, read it, and choose once more.",
    ),
}
