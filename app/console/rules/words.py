"""What the console says: refusals to staff instead of developers, and names of what was done."""

REFUSALS: dict[str, tuple[str, str]] = {
    "brand_not_found": ("브랜드를 찾을 수 없어요.", "There is no such brand."),
    "member_not_found": ("고객을 찾을 수 없어요.", "There is no such customer."),
    "api_key_not_found": ("그런 API 키가 없어요.", "There is no such API key."),
    "staff_role_unknown": ("역할을 골라 주세요.", "Choose a role."),
}

ACTIONS: dict[str, tuple[str, str]] = {
    "api_key.created": ("API 키 발급", "API key made"),
    "api_key.rolled": ("API 키 교체", "API key rolled"),
    "api_key.revoked": ("API 키 폐기", "API key revoked"),
    "audit_log.exported": ("감사 기록 내려받기", "audit log taken out"),
    "access_log.exported": ("접속기록 내려받기", "access log taken out"),
    "brand.renamed": ("브랜드 이름 변경", "brand renamed"),
    "settings.changed": ("설정 변경", "settings changed"),
    "staff.invited": ("구성원 초대", "staff invited"),
    "staff.invitation_withdrawn": ("초대 취소", "invitation withdrawn"),
    "staff.joined": ("구성원 합류", "staff joined"),
    "staff.role_changed": ("역할 변경", "role changed"),
    "staff.disabled": ("구성원 중지", "staff disabled"),
    "staff.enabled": ("구성원 다시 켜기", "staff enabled"),
    "test_clock.set": ("시험용 시계 설정", "test clock set"),
}

# What was just done, by the word after ``?done=``; modules of pages add theirs as ``DONE``.
DONE: dict[str, tuple[str, str]] = {
    "saved": ("저장했어요.", "Saved."),
}
