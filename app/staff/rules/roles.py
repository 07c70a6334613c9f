"""What each role may do. A view names the permission it needs; tests read both."""

# name → what it lets somebody do, in Korean and English
PERMISSIONS: dict[str, tuple[str, str]] = {
    "members:read": ("고객 찾기와 보기", "find and see customers"),
    "members:edit": ("고객 정보 고치기, 메모, 병합", "change, note and merge customers"),
    "members:erase": ("고객 정보 지우기", "erase customers"),
    "contacts:reveal": ("가린 연락처 보기", "see masked contact data"),
    "consents:edit": ("동의 기록하기", "record consents"),
    "messages:read": ("보낸 메시지 보기", "see messages"),
    "points:adjust": ("포인트 조정", "correct points"),
    "points:approve": ("큰 포인트 조정 승인", "approve large corrections"),
    "coupons:give": ("쿠폰 발급과 복원", "give and restore coupons"),
    "stamps:adjust": ("스탬프 조정", "correct stamps"),
    "tiers:set": ("등급 지정", "set tiers"),
    "orders:read": ("주문 보기", "see orders"),
    "service:read": ("A/S 보기", "see service requests"),
    "service:work": ("A/S 처리", "work on service requests"),
    "reviews:read": ("검토 보기", "see what waits for review"),
    "reviews:decide": ("검토 결정", "decide reviews"),
    "products:edit": ("상품 편집", "change products"),
    "programme:read": ("프로그램 보기", "see the programme"),
    "programme:edit": ("프로그램 편집과 게시", "change and publish the programme"),
    "labels:read": ("라벨 보기", "see labels"),
    "labels:make": ("라벨 만들기와 출고", "make, print and ship labels"),
    "dashboards:read": ("대시보드 보기", "see the dashboards"),
    "imports:make": ("파일 가져오기", "import files"),
    "exports:make": ("파일 내려받기", "take out files"),
    "audit:read": ("감사 기록과 접속기록 보기", "read the audit and access logs"),
    "staff:manage": ("팀 관리", "manage the team"),
    "keys:manage": ("API 키 관리", "manage API keys"),
    "settings:read": ("설정 보기", "see the settings"),
    "settings:edit": ("설정 편집", "change the settings"),
}

ROLE_NAMES: dict[str, tuple[str, str]] = {
    "viewer": ("보기 전용", "viewer"),
    "cs": ("CS 상담", "customer service"),
    "operator": ("운영", "operator"),
    "admin": ("관리자", "administrator"),
}

_VIEWER = frozenset(
    {
        "members:read",
        "messages:read",
        "orders:read",
        "service:read",
        "reviews:read",
        "programme:read",
        "labels:read",
        "dashboards:read",
        "settings:read",
    }
)
_CS = _VIEWER | {
    "members:edit",
    "contacts:reveal",
    "consents:edit",
    "points:adjust",
    "coupons:give",
    "stamps:adjust",
    "tiers:set",
    "service:work",
    "reviews:decide",
}
_OPERATOR = _CS | {
    "members:erase",
    "points:approve",
    "products:edit",
    "programme:edit",
    "labels:make",
    "imports:make",
    "exports:make",
    "audit:read",
}

ROLES: dict[str, frozenset[str]] = {
    "viewer": _VIEWER,
    "cs": _CS,
    "operator": _OPERATOR,
    "admin": frozenset(PERMISSIONS),
}


def permissions_of(role: str) -> frozenset[str]:
    """Return what a role may do.

    >>> "points:adjust" in permissions_of("cs"), "points:approve" in permissions_of("cs")
    (True, False)
    """
    return ROLES[role]
