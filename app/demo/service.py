"""Who asks the demo brand for service of their boots: requests in every state there is."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw

from app.demo.warranties import BATCHES, serial_of
from app.service_requests import services as requests
from app.service_requests.services import Case, Line, Told

ACTOR = "demo"
SEOUL = ZoneInfo("Asia/Seoul")
BETWEEN = timedelta(hours=7)  # from one step to the next

SYMPTOMS = {
    "SOLE": ("밑창이 떨어지거나 닳음", ["boots", "shoes"]),
    "SEAM": ("실밥이 풀림", ["boots", "shoes"]),
    "LEAK": ("물이 샘", ["boots"]),
    "ZIP": ("지퍼 고장", ["boots"]),
}
LINES = (
    Line("part", "밑창", 2, 28_000),
    Line("labour", "밑창 교체 공임", 1, 25_000),
    Line("shipping", "왕복 배송", 1, 6_000),
)
WORDS = (
    "오른쪽 밑창 앞쪽이 벌어졌어요.",
    "비 오는 날 신으면 안쪽이 젖어요.",
    "지퍼가 중간에서 걸려요.",
    "뒤꿈치 실밥이 풀렸어요.",
)

# What leads to each status from the first word on; see ``_act`` for what is no step.
_COVERED = ("triage", "cover", "lines")
_QUOTED = ("triage", "charge", "lines", "quote")
_HERE = (*_COVERED, "await_inbound", "collect", "arrive", "inspect")
_REPAIRED = (*_HERE, "repair", "check", "finish")
_DELIVERED = (*_REPAIRED, "send", "deliver")
_PAID = (*_QUOTED, "accept", "arrive", "repair", "finish", "send", "deliver")
STORIES: dict[str, tuple[str, ...]] = {
    "received": ("photos",),
    "needs_info": ("ask",),
    "triage": ("triage", "note"),
    "in_warranty": _COVERED,
    "goodwill": ("triage", "goodwill", "lines"),
    "paid": ("triage", "charge", "lines"),
    "quoted": (*_QUOTED, "photos"),
    "quote_accepted": (*_QUOTED, "accept"),
    "quote_declined": (*_QUOTED, "decline"),
    "quote_expired": (*_QUOTED, "expire"),
    "await_inbound": _HERE[:4],
    "inbound_in_transit": _HERE[:5],
    "arrived": _HERE[:6],
    "inspecting": _HERE,
    "parts_wait": (*_HERE, "wait_for_parts"),
    "at_vendor": (*_HERE, "to_vendor"),
    "repairing": (*_HERE, "repair"),
    "qc": _REPAIRED[:-1],
    "repaired": _REPAIRED,
    "unrepairable": (*_HERE, "give_up"),
    "replaced": (*_HERE, "give_up", "replace"),
    "refunded": (*_HERE, "give_up", "refund"),
    "rejected": ("triage", "reject"),
    "cancelled": ("cancel",),
    "outbound_in_transit": (*_REPAIRED, "send"),
    "delivered": _DELIVERED,
    "closed": (*_DELIVERED, "close"),
    "reopened": (*_PAID, "close", "reopen"),
}
FIRST, SPARE = 4, 58  # numbers of units; the spare one is given in exchange

Happening = Callable[[datetime], None]


@dataclass(frozen=True)
class Story:
    """A unit, which of its requests this is, and what happens to it."""

    serial: str
    nth: int
    symptom: str
    path: tuple[str, ...]


def happenings(brand_id: UUID, *, now: datetime) -> Iterator[tuple[datetime, Happening]]:
    """Yield when somebody asks, and what becomes of it: a use case for one transaction.

    Those on their way asked in the last days, those that are done before.
    """
    yield now - timedelta(days=150), partial(_define, brand_id)
    sku = BATCHES[0][0]
    symptoms = list(SYMPTOMS)
    for number, path in enumerate(STORIES.values(), FIRST):
        took = BETWEEN * (len(path) + 1)
        at = now - took - timedelta(days=number % 3)
        story = Story(serial_of(sku, number), 0, symptoms[number % 4], path)
        yield at, partial(_tell, brand_id, story)
    for which, (other, _) in enumerate(BATCHES[1:]):
        for number in range(FIRST, 38, 5 + which):
            path = (*(_PAID if number % 2 else _DELIVERED), "close")
            at = now - timedelta(days=19 - number % 4)
            yield at, partial(_tell, brand_id, Story(serial_of(other, number), 0, "SOLE", path))
    # The same fault for the third time.
    for nth, path in enumerate((_DELIVERED, _DELIVERED, ("triage",))):
        at = now - timedelta(days=18 - 6 * nth)
        yield at, partial(_tell, brand_id, Story(serial_of(sku, 36), nth, "LEAK", path))


def _define(brand_id: UUID, at: datetime) -> None:
    for code, (name, categories) in SYMPTOMS.items():
        requests.put_symptom(
            brand_id, code, name=name, categories=categories, active=True, actor=ACTOR, now=at
        )


def _tell(brand_id: UUID, story: Story, at: datetime) -> None:
    told = requests.list_requests(brand_id, serial=story.serial, limit=story.nth + 1)
    if len(told) > story.nth:
        return  # before the interruption
    symptoms = dict(requests.symptoms_of(brand_id, story.serial.rpartition("-")[0]))
    case = requests.open_request(
        brand_id,
        serial=story.serial,
        symptom=story.symptom if story.symptom in symptoms else "other",
        told=Told(WORDS[len(story.path) % 4], "서울시 마포구 단골로 1", "010-0000-0000"),
        method=("pick_up", "parcel", "visit")[len(story.path) % 3],
        actor=ACTOR,
        today=at.astimezone(SEOUL).date(),
        now=at,
    )
    for step in story.path:
        at += BETWEEN
        case = _act(brand_id, case, step, at)


def _act(brand_id: UUID, case: Case, step: str, at: datetime) -> Case:
    """Do what comes next in a story: a step of the request, or what goes along with one."""
    request_id = case.request.id
    if step == "lines":
        return requests.set_lines(brand_id, request_id, LINES, actor=ACTOR, now=at)
    if step == "quote":
        return requests.make_quote(brand_id, request_id, actor=ACTOR, now=at)
    if step == "note":
        text = "고객과 통화함. 사진을 더 보내 주시기로 함."
        return requests.add_note(
            brand_id, request_id, text, visibility="internal", actor=ACTOR, now=at
        )
    if step == "photos":
        pictures = requests.clean_photos([_picture("saddlebrown"), _picture("black")])
        return requests.add_photos(brand_id, request_id, pictures, actor="member", now=at)
    if step == "accept" and case.quote is not None:
        return requests.accept_quote(
            brand_id,
            request_id,
            case.quote.version,
            text_sha256=case.quote.text_sha256,
            actor="member",
            now=at,
        )
    if step == "decline":
        return requests.decline_quote(brand_id, request_id, 1, actor="member", now=at)
    if step == "expire":
        return requests.expire_quote(brand_id, request_id, 1, actor="job", now=at)
    return requests.move(
        brand_id,
        request_id,
        step,
        reason=_REASONS.get(step),
        visibility="customer",
        by=serial_of(BATCHES[0][0], SPARE) if step == "replace" else None,
        tracking="한진택배 5012-3456-7890" if step in ("collect", "send") else None,
        vendor="성수 구두 수선" if step == "to_vendor" else None,
        actor="member" if step in ("cancel", "reopen") else ACTOR,
        now=at,
    )


_REASONS = {
    "ask": "어느 쪽 신발인지, 언제부터 그랬는지 알려 주세요.",
    "goodwill": "보증 기간이 조금 지났지만 무상으로 해 드려요.",
    "charge": "다른 곳에서 수선한 흔적이 있어요.",
    "reject": "자연스러운 마모라서 수리할 곳이 없어요.",
    "give_up": "갑피가 찢어져 수리할 수 없어요.",
    "replace": "같은 제품으로 교환해 드려요.",
    "refund": "재고가 없어 환불해 드려요.",
    "reopen": "같은 곳이 또 벌어졌어요.",
}


def _picture(colour: str) -> bytes:
    """Return a photo of a boot, as far as a few strokes are one."""
    image = Image.new("RGB", (800, 600), "whitesmoke")
    draw = ImageDraw.Draw(image)
    draw.polygon([(260, 80), (430, 80), (440, 340), (640, 420), (640, 500), (260, 500)], colour)
    draw.rectangle((250, 500, 650, 535), "dimgray")
    target = io.BytesIO()
    image.save(target, "JPEG")
    return target.getvalue()
