"""What staff read for the words that other features keep."""

PURPOSES: dict[str, tuple[str, str]] = {
    "warranty_service": ("보증·A/S 서비스", "warranty and repair service"),
    "pi_optional": ("선택 개인정보", "optional personal data"),
    "marketing_pi": ("마케팅 목적 이용", "use for marketing"),
    "ad_sms": ("문자 광고", "advertising by SMS"),
    "ad_kakao": ("카카오톡 광고", "advertising by KakaoTalk"),
    "ad_email": ("이메일 광고", "advertising by e-mail"),
    "ad_push": ("앱 푸시 광고", "advertising by push"),
    "ad_night": ("밤 시간 광고", "advertising at night"),
    "third_party": ("제3자 제공", "providing to third parties"),
    "overseas": ("국외 이전", "transfer overseas"),
    "guardian": ("법정대리인 동의", "a guardian's consent"),
}
