"""What the console says: refusals to staff instead of developers, and names of what was done."""

REFUSALS: dict[str, tuple[str, str]] = {
    "brand_not_found": ("브랜드를 찾을 수 없어요.", "There is no such brand."),
    "member_not_found": ("고객을 찾을 수 없어요.", "There is no such customer."),
    "api_key_not_found": ("그런 API 키가 없어요.", "There is no such API key."),
    "staff_role_unknown": ("역할을 골라 주세요.", "Choose a role."),
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
    "test_clock.set": ("시험용 시계 설정", "test clock set"),
}

# What was just done, by the word after ``?done=``; modules of pages add theirs as ``DONE``.
DONE: dict[str, tuple[str, str]] = {
    "saved": ("저장했어요.", "Saved."),
}
