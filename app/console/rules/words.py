"""What the console says: refusals to staff instead of developers, and names of what was done."""

REFUSALS: dict[str, tuple[str, str]] = {
    "brand_not_found": ("브랜드를 찾을 수 없어요.", "There is no such brand."),
    "member_not_found": ("고객을 찾을 수 없어요.", "There is no such customer."),
    "api_key_not_found": ("그런 API 키가 없어요.", "There is no such API key."),
    "unit_not_found": ("그런 시리얼의 제품이 없어요.", "There is no product of that serial."),
    "insufficient_points": (
        "빼려는 포인트보다 쓸 수 있는 포인트가 적어요. 고객 페이지에서 잔액을 확인해 주세요.",
        "There are fewer points than are to be taken. See the balance on the customer's page.",
    ),
    "coupon_template_not_found": ("쿠폰을 골라 주세요.", "Choose a coupon."),
    "stamp_programme_not_found": ("프로그램을 골라 주세요.", "Choose a programme."),
    "tier_ladder_not_found": ("이 브랜드에는 등급이 없어요.", "The brand has no tiers."),
    "message_unreachable": (
        "보낼 수 있는 연락처가 없어요. 고객 정보의 전화번호를 확인해 주세요.",
        "There is no address to send to. See the phone number of the customer.",
    ),
    "staff_role_unknown": ("역할을 골라 주세요.", "Choose a role."),
    "product_not_found": (
        "그런 상품이 없어요. 상품 목록에서 골라 주세요.",
        "There is no such product. Choose one of the catalogue.",
    ),
    "service_step_refused": (
        "지금 상태에서는 할 수 없는 일이에요. 이력을 보고 다른 일을 골라 주세요.",
        "It cannot be done from where it is now. Look at what happened, and choose another step.",
    ),
    "service_reason_required": ("이유가 필요해요. 적어 주세요.", "This needs a reason."),
    "service_decision_needed": (
        "무상인지 유상인지 먼저 판정해 주세요.",
        "Decide first whether it is free or paid.",
    ),
    "service_lines_missing": (
        "견적에 넣을 항목이 없어요. 항목을 먼저 적어 주세요.",
        "There are no lines to quote. Write some first.",
    ),
    "service_lines_fixed": (
        "지금 상태에서는 항목을 바꿀 수 없어요. 견적의 답을 기다리는 중이면 판정을 다시 해 주세요.",
        "The lines cannot change now. While a quote waits for its answer, decide again.",
    ),
    "service_replacement_missing": (
        "교환해 줄 제품의 시리얼 번호를 적어 주세요.",
        "Write the serial of the unit given instead.",
    ),
    "warranty_download_reason_required": (
        "이미 받은 라벨이에요. 왜 다시 받는지 적어 주세요.",
        "These labels were fetched before. Say why they are fetched again.",
    ),
}

ACTIONS: dict[str, tuple[str, str]] = {
    "api_key.created": ("API 키 발급", "API key made"),
    "api_key.rolled": ("API 키 교체", "API key rolled"),
    "api_key.revoked": ("API 키 폐기", "API key revoked"),
    "audit_log.exported": ("감사 기록 내려받기", "audit log taken out"),
    "access_log.exported": ("접속기록 내려받기", "access log taken out"),
    "brand.renamed": ("브랜드 이름 변경", "brand renamed"),
    "settings.changed": ("설정 변경", "settings changed"),
    "service_macro.created": ("매크로 작성", "macro written"),
    "service_macro.changed": ("매크로 변경", "macro changed"),
    "service_macro.deleted": ("매크로 삭제", "macro deleted"),
    "staff.invited": ("구성원 초대", "staff invited"),
    "staff.invitation_withdrawn": ("초대 취소", "invitation withdrawn"),
    "staff.joined": ("구성원 합류", "staff joined"),
    "staff.role_changed": ("역할 변경", "role changed"),
    "staff.disabled": ("구성원 중지", "staff disabled"),
    "staff.enabled": ("구성원 다시 켜기", "staff enabled"),
    "warranty_batch.created": ("QR 배치 만들기", "batch made"),
    "warranty_batch.allocate": ("QR 배치 배정", "batch allocated"),
    "warranty_batch.ship": ("QR 배치 출고", "batch shipped"),
    "warranty_batch.void": ("QR 배치 폐기", "batch voided"),
    "warranty_batch.downloaded": ("라벨 받기", "labels fetched"),
    "points.corrected": ("포인트 조정", "points corrected"),
    "approval.asked": ("승인 요청", "approval asked for"),
    "approval.approved": ("승인", "approved"),
    "approval.refused": ("승인 안 함", "not approved"),
    "coupon.issued_by_hand": ("쿠폰 발급", "coupon issued"),
    "coupon.revoked": ("쿠폰 회수", "coupon revoked"),
    "coupon.restored": ("쿠폰 복원", "coupon restored"),
    "stamps.moved_by_hand": ("스탬프 조정", "stamps corrected"),
    "tier.assigned": ("등급 지정", "tier set"),
    "member.noted": ("고객 메모", "customer noted"),
    "member.merged": ("고객 합치기", "customers merged"),
    "member.merged_by_hand": ("고객 합치기(이유)", "customers merged (why)"),
    "member.erased": ("고객 정보 삭제", "customer erased"),
    "member.erased_by_hand": ("고객 정보 삭제(이유)", "customer erased (why)"),
    "certificate.sent_again": ("보증서 링크 다시 보내기", "link of a certificate sent"),
    "warranty_review.cleared": ("복제 의심 해소", "label cleared"),
    "warranty_review.confirmed": ("복제 의심 확정", "label held for a copy"),
    "referral.approved": ("추천 인정", "invitation approved"),
    "referral.refused": ("추천 거절", "invitation refused"),
    "test_clock.set": ("시험용 시계 설정", "test clock set"),
}

# What was just done, by the word after ``?done=``; modules of pages add theirs as ``DONE``.
DONE: dict[str, tuple[str, str]] = {
    "saved": ("저장했어요.", "Saved."),
}
