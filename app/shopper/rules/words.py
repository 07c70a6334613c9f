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
    "mine": Said("제가 샀는데 다른 분이 등록했어요", "I bought it, another registered it"),
}


def said_date(year: int, month: int, day: int, language: str) -> str:
    """Return a day as people write it.

    >>> said_date(2026, 11, 30, "ko"), said_date(2026, 11, 30, "en")
    ('2026년 11월 30일', '2026-11-30')
    """
    if language == "ko":
        return f"{year}년 {month}월 {day}일"
    return f"{year}-{month:02}-{day:02}"
