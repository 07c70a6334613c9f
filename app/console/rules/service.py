"""What staff read of service requests: tabs, statuses, steps, columns, clocks."""

from collections.abc import Sequence

TABS: dict[str, tuple[str, str]] = {
    "mine": ("내 담당", "Mine"),
    "unassigned": ("담당자 없음", "Unassigned"),
    "today": ("오늘 마감", "Due today"),
    "late": ("지연", "Overdue"),
    "waiting": ("고객 답변 대기", "Waiting for customer"),
    "held": ("보류", "On hold"),
    "open": ("전체", "All open"),
    "over": ("끝난 접수", "Done"),
}
# What to do when a tab is empty.
EMPTY: dict[str, tuple[str, str]] = {
    "mine": (
        "‘담당자 없음’에서 접수를 골라 맡아 주세요.",
        "Take some from those that are unassigned.",
    ),
    "unassigned": ("모든 접수에 담당자가 있어요.", "Somebody looks after each request."),
    "today": ("오늘까지인 접수를 모두 처리했어요.", "Nothing is left that is due today."),
    "late": ("늦은 접수가 없어요.", "Nothing is late."),
    "waiting": ("고객의 답을 기다리는 접수가 없어요.", "No customer owes an answer."),
    "held": (
        "접수 화면에서 ‘보류’로 날짜를 정하면 여기에 모여요.",
        "What is put on hold until a day gathers here.",
    ),
    "open": (
        "고객이 접수하거나 창구에서 접수하면 여기에 보여요.",
        "Requests of customers and of the counter show here.",
    ),
    "over": ("아직 끝난 접수가 없어요.", "Nothing is done yet."),
}

STATUSES: dict[str, tuple[str, str]] = {
    "received": ("접수", "received"),
    "reopened": ("재접수", "reopened"),
    "needs_info": ("고객 확인 중", "question asked"),
    "triage": ("검토 중", "triage"),
    "in_warranty": ("무상 판정", "in warranty"),
    "goodwill": ("무상(배려)", "goodwill"),
    "paid": ("유상 판정", "paid"),
    "quoted": ("견적 보냄", "quoted"),
    "quote_declined": ("견적 거절", "quote declined"),
    "quote_expired": ("견적 만료", "quote expired"),
    "quote_accepted": ("견적 승인", "quote accepted"),
    "await_inbound": ("입고 대기", "waiting for goods"),
    "inbound_in_transit": ("입고 중", "on its way here"),
    "arrived": ("입고", "arrived"),
    "inspecting": ("점검 중", "inspecting"),
    "parts_wait": ("부품 대기", "waiting for parts"),
    "at_vendor": ("외주 수리", "at a specialist"),
    "repairing": ("수리 중", "repairing"),
    "qc": ("검수 중", "being checked"),
    "unrepairable": ("수리 불가", "unrepairable"),
    "repaired": ("수리 완료", "repaired"),
    "replaced": ("교환", "replaced"),
    "refunded": ("환불", "refunded"),
    "rejected": ("처리 불가", "rejected"),
    "cancelled": ("취소", "cancelled"),
    "outbound_in_transit": ("출고", "sent out"),
    "delivered": ("전달 완료", "delivered"),
    "closed": ("종료", "closed"),
}

# A step as the button that takes it.
STEPS: dict[str, tuple[str, str]] = {
    "ask": ("고객에게 묻기", "Ask the customer"),
    "answer": ("답을 받음", "Answer came in"),
    "triage": ("검토 시작", "Begin triage"),
    "cover": ("무상으로 판정", "Cover by warranty"),
    "goodwill": ("배려로 무상", "Free as goodwill"),
    "charge": ("유상으로 판정", "Charge"),
    "reject": ("처리 불가로 끝내기", "Reject"),
    "await_inbound": ("입고 기다리기", "Wait for the goods"),
    "collect": ("회수 보내기", "Collect"),
    "arrive": ("입고 확인", "Goods arrived"),
    "inspect": ("점검 시작", "Inspect"),
    "wait_for_parts": ("부품 기다리기", "Wait for parts"),
    "to_vendor": ("외주 보내기", "Send to a specialist"),
    "repair": ("수리 시작", "Repair"),
    "check": ("검수하기", "Check the repair"),
    "finish": ("수리 완료", "Repaired"),
    "give_up": ("수리 불가로 판정", "Cannot be repaired"),
    "replace": ("교환해 주기", "Replace"),
    "refund": ("환불하기", "Refund"),
    "send": ("보내기", "Send out"),
    "send_back": ("수리 없이 돌려보내기", "Send back as it is"),
    "deliver": ("전달 완료", "Delivered"),
    "close": ("종료", "Close"),
    "cancel": ("접수 취소", "Cancel"),
    "reopen": ("다시 접수", "Reopen"),
    "back": ("상태 바로잡기", "Correct the status"),
}
# Other things in a timeline.
EVENTS: dict[str, tuple[str, str]] = {
    "open": ("접수", "asked for"),
    "note": ("메모", "note"),
    "lines": ("비용 항목 변경", "lines set"),
    "photos": ("사진 추가", "photos added"),
    "assign": ("담당자 변경", "given to"),
    "hold": ("보류", "on hold"),
    "flag": ("주의 표시", "flag raised"),
    "erase": ("개인정보 삭제", "personal data erased"),
    "quote": ("견적 보냄", "quote sent"),
    "accept_quote": ("견적 승인", "quote accepted"),
    "decline_quote": ("견적 거절", "quote declined"),
    "expire_quote": ("견적 만료", "quote expired"),
}
# What a step asks for besides a reason.
FIELDS: dict[str, tuple[str, str, str]] = {
    "collect": ("tracking", "택배사와 운송장 번호", "Courier and tracking number"),
    "send": ("tracking", "택배사와 운송장 번호", "Courier and tracking number"),
    "send_back": ("tracking", "택배사와 운송장 번호", "Courier and tracking number"),
    "to_vendor": ("vendor", "수리를 맡길 곳", "Who repairs it"),
    "replace": ("by", "교환해 줄 제품의 시리얼 번호", "Serial of the unit given instead"),
}
FLAGS: dict[str, tuple[str, str]] = {
    "overdue_month": ("한 달 넘음", "over a month"),
    "same_fault": ("같은 증상 재발", "same fault again"),
    "third_recurrence": ("세 번째 같은 고장", "third recurrence"),
    "fifth_fault": ("다섯 번째 고장", "fifth fault"),
}
METHODS: dict[str, tuple[str, str]] = {
    "parcel": ("택배로 보냄", "by parcel"),
    "pick_up": ("방문 회수", "picked up"),
    "visit": ("매장 방문", "brought to a store"),
}
LINES: dict[str, tuple[str, str]] = {
    "part": ("부품", "part"),
    "labour": ("공임", "labour"),
    "shipping": ("배송", "shipping"),
    "fee": ("기타 비용", "fee"),
}
QUOTES: dict[str, tuple[str, str]] = {
    "open": ("답을 기다려요", "waiting for an answer"),
    "accepted": ("승인", "accepted"),
    "declined": ("거절", "declined"),
    "expired": ("만료", "expired"),
    "withdrawn": ("거둠", "withdrawn"),
}

# Columns of the queue; the first ones are those of who has chosen none.
COLUMNS: dict[str, tuple[str, str]] = {
    "clock": ("마감", "Due"),
    "product": ("제품", "Product"),
    "symptom": ("증상", "Symptom"),
    "status": ("상태", "Status"),
    "assignee": ("담당", "Assignee"),
    "flags": ("주의", "Flags"),
    "asked": ("접수일", "Asked on"),
    "serial": ("시리얼", "Serial"),
    "method": ("받는 방법", "Method"),
    "changed": ("마지막 변경", "Changed"),
}
USUAL_COLUMNS = ("clock", "product", "symptom", "status", "assignee", "flags", "asked")


def columns_in(chosen: Sequence[str] | None) -> list[str]:
    """Return the columns to show; what is no column is left out, none are the usual ones.

    >>> columns_in(["serial", "password"]), columns_in([])[0]
    (['serial'], 'clock')
    """
    known = [name for name in chosen or () if name in COLUMNS]
    return known or list(USUAL_COLUMNS)
