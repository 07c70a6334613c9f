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

# What speaks for a copied label.
EVIDENCE: dict[str, tuple[str, str]] = {
    "scanned_before_shipment": ("출고 전에 스캔됨", "scanned before it was shipped"),
    "claimed_before_shipment": ("출고 전에 등록됨", "registered before it was shipped"),
    "many_devices_before_claim": (
        "등록 전에 여러 기기에서 봄",
        "many devices before it was registered",
    ),
    "many_devices_after_claim": ("등록 뒤 여러 기기에서 봄", "many devices since"),
    "other_channel": ("출고한 곳과 산 곳이 다름", "bought elsewhere than it was shipped to"),
    "order_reused": ("주문 번호 하나로 여러 개 등록", "many units of one order number"),
    "receipt_reused": ("같은 영수증을 다른 제품에도 씀", "the same receipt for other units"),
    "reported_doubtful": ("가품 의심 신고", "reported as doubtful"),
    "ownership_disputed": ("소유 다툼 신고", "its ownership is disputed"),
    "claimed_again": ("등록된 제품을 또 등록하려 함", "somebody tried to register it again"),
}
# What speaks against an invitation.
DOUBTS: dict[str, tuple[str, str]] = {
    "self_referral": ("자기 코드로 가입", "their own code"),
    "same_phone": ("추천한 회원과 번호가 같음", "same phone as the inviter"),
    "same_email": ("추천한 회원과 이메일이 같음", "same e-mail as the inviter"),
    "same_address": ("배송지가 같음", "same address"),
    "known_contact": ("다른 회원과 연락처가 같음", "contact data of another member"),
    "joined_earlier": ("가입하고 한참 뒤에 코드 입력", "entered long after joining"),
    "existing_customer": ("추천받기 전에 산 적 있음", "had bought before"),
    "ring": ("서로 돌아가며 추천", "a ring of invitations"),
    "inviter_limit": ("추천 횟수를 다 채움", "the inviter's limit is reached"),
}
