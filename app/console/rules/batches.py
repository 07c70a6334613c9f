"""What staff read of batches of units, and reading the forms about them."""

STATES: dict[str, tuple[str, str]] = {
    "generated": ("만듦", "made"),
    "printed": ("인쇄", "printed"),
    "allocated": ("배정", "allocated"),
    "shipped": ("출고", "shipped"),
    "claimed": ("등록", "registered"),
    "released": ("등록 해제", "released"),
    "replaced": ("교환됨", "replaced"),
    "void": ("폐기", "void"),
}
TASKS: dict[str, tuple[str, str]] = {
    "make": ("만들기", "make"),
    "print": ("인쇄", "print"),
    "allocate": ("배정", "allocate"),
    "ship": ("출고", "ship"),
    "void": ("폐기", "void"),
}
STATUSES: dict[str, tuple[str, str]] = {
    "working": ("진행 중", "working"),
    "ready": ("준비됨", "ready"),
    "void": ("폐기", "void"),
}
FLAGS: dict[str, tuple[str, str]] = {
    "suspect": ("복제 의심", "suspected copy"),
    "lost": ("분실", "lost"),
    "stolen": ("도난", "stolen"),
    "recalled": ("리콜", "recalled"),
}
# What happened to one unit.
EVENTS: dict[str, tuple[str, str]] = {
    **TASKS,
    "claim": ("등록", "registered"),
    "release": ("등록 해제", "released"),
    "replace": ("교환", "replaced"),
    "replacement": ("교환해 줌", "given instead"),
    "flag": ("주의 표시", "flagged"),
    "unflag": ("주의 표시 뗌", "flag taken off"),
    "transfer": ("양도", "handed on"),
    "extend": ("보증 연장", "warranty extended"),
    "erased": ("주인 정보 삭제", "owner erased"),
}
QUANTITY_MAX = 100_000


def read_count(text: str, most: int = QUANTITY_MAX) -> int | None:
    """Return a number from 1 to ``most``; None if it is none.

    >>> read_count("1,000"), read_count("0"), read_count("천")
    (1000, None, None)
    """
    plain = text.replace(",", "").strip()
    if not (plain.isascii() and plain.isdecimal() and len(plain) < 10):
        return None
    return int(plain) if 0 < int(plain) <= most else None


def status_of(*, void: bool, working: bool) -> str:
    """
    >>> status_of(void=False, working=True)
    'working'
    """
    return "void" if void else "working" if working else "ready"
