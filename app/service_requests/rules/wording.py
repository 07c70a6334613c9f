"""What shoppers read of a request: plain words, in Korean and English."""

STATUS_TITLES = {
    "received": ("접수됐어요", "We have your request"),
    "reopened": ("다시 접수됐어요", "Your request is open again"),
    "needs_info": ("확인할 것이 있어요. 답을 기다리고 있어요", "We have a question for you"),
    "triage": ("접수 내용을 확인하고 있어요", "We are looking at your request"),
    "in_warranty": ("무상으로 처리돼요", "It is covered by the warranty"),
    "goodwill": ("무상으로 처리돼요", "It is free of charge"),
    "paid": ("유상으로 처리돼요. 견적을 보내 드릴게요", "It is not covered; a quote follows"),
    "quoted": ("견적을 보냈어요. 승인을 기다리고 있어요", "Please look at our quote"),
    "quote_declined": ("견적을 거절했어요", "The quote was declined"),
    "quote_expired": ("견적의 유효 기간이 지났어요", "The quote has lapsed"),
    "quote_accepted": ("견적을 승인했어요", "The quote was accepted"),
    "await_inbound": ("제품을 기다리고 있어요", "We are waiting for the product"),
    "inbound_in_transit": ("제품을 받으러 갔거나 오는 중이에요", "The product is on its way to us"),
    "arrived": ("제품이 도착했어요", "The product has arrived"),
    "inspecting": ("제품을 점검하고 있어요", "We are inspecting the product"),
    "parts_wait": ("부품을 기다리고 있어요", "We are waiting for parts"),
    "at_vendor": ("전문 수리점에서 수리하고 있어요", "A specialist is repairing it"),
    "repairing": ("수리하고 있어요", "It is being repaired"),
    "qc": ("수리한 제품을 확인하고 있어요", "We are checking the repair"),
    "unrepairable": ("수리할 수 없는 것으로 확인했어요", "It cannot be repaired"),
    "repaired": ("수리가 끝났어요", "It is repaired"),
    "replaced": ("새 제품으로 교환해 드려요", "You get another one for it"),
    "refunded": ("환불해 드려요", "You get your money back"),
    "rejected": ("처리해 드릴 수 없어요", "We cannot take your request"),
    "cancelled": ("취소됐어요", "It is cancelled"),
    "outbound_in_transit": ("제품을 보냈어요", "The product is on its way to you"),
    "delivered": ("전달됐어요", "It has been delivered"),
    "closed": ("마무리됐어요", "It is closed"),
}
# Of these the owner is told by message; quotes have a message of their own.
TOLD = frozenset(
    {
        "needs_info", "rejected", "arrived", "unrepairable", "repaired", "replaced", "refunded",
        "outbound_in_transit", "quote_expired",
    }
)  # fmt: skip
NOTE = ("안내 말씀이 있어요", "We have a note for you")
PHOTOS = ("사진을 더 받았어요", "More photos came in")
ARRIVED = STATUS_TITLES["arrived"]
OTHER_SYMPTOM = ("other", "그 밖의 증상")


def title_of(step: str, status: str) -> tuple[str, str] | None:
    """Return what a step is called for shoppers; None if it is nothing to them.

    >>> title_of("repair", "repairing")[0]
    '수리하고 있어요'
    """
    if step == "note":
        return NOTE
    if step == "photos":
        return PHOTOS
    if step == "arrive":
        return ARRIVED
    if step in ("flag", "lines", "assign", "hold", "erase"):
        return None
    return STATUS_TITLES[status]
