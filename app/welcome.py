"""What the launcher says when everything answers: what to open, what to try."""

import json
import shlex
from datetime import datetime
from pathlib import Path

from app.demo.brand import Demo

_TEXT = """
  Dangol(단골)이 켜졌어요 — 로열티·보증 백엔드 ({database} · 데모 데이터 · 테스트 모드)
  Dangol is running: loyalty and warranty backend ({database_en}, demo data, test mode)

    API 문서  docs     {base_url}/docs          명세 {base_url}/openapi.json
    테스트 키 API key  {api_key}
    쇼핑객    shopper  {base_url}{scan}    라벨의 QR이 여는 페이지
    콘솔      console  {base_url}/console    브랜드에서 일하는 사람들이 여기서 일해요
{staff}
    메시지함  outbox   {base_url}/dev/outbox    인증번호와 문자를 여기서 봐요
    데모 회원 member   {member} (ext:{external_id}) 사용 가능 {available:,}P
    데이터    data     {var}  (demo.json, log/)
    끄기      stop     Ctrl-C — 데이터는 남아 있어요 · the data are kept

  1. 결제 미리보기: 얼마를 내고 몇 포인트를 쓰고 쌓는지, 아무것도 바꾸지 않고 알려 줘요.
     Preview a checkout; nothing changes.

{preview}

  2. 주문: 포인트를 쓰고 쌓아요. 같은 명령을 다시 보내도 한 번만 처리돼요.
     Place the order; sending it again has no second effect.

{order}

  3. 마이페이지: 포인트, 등급, 스탬프, 쿠폰, 곧 사라질 것까지 한 번에 알려 줘요.
     A member's own page: points, tier, stamps, coupons and what lapses soon, in one call.

{summary}

"""


def text(demo: Demo, var: Path, *, embedded: bool, now: datetime) -> str:
    """Return the welcome with commands that work as they are printed."""
    member = demo.members[0]
    cart = {
        "member": f"ext:{member.external_id}",
        "channel": "own_mall",
        "lines": [
            {
                "sku": "85123A",
                "name": "머그컵",
                "category": "kitchen",
                "quantity": 6,
                "unit_price": 2550,
            }
        ],
        "shipping_fee": 3000,
        "redeem_points": min(member.available, 1000),
    }
    # A new number at each start, so that the order is a new one, too.
    number = f"DEMO-{now:%Y%m%d-%H%M%S}"
    return _TEXT.format(
        base_url=demo.base_url,
        scan=demo.scan,
        staff="\n".join(
            f"                       {each.email:<20} {each.password}" for each in demo.staff
        ),
        api_key=demo.api_key,
        member=member.id,
        external_id=member.external_id,
        available=member.available,
        var=var,
        database="내장 PostgreSQL" if embedded else "PostgreSQL",
        database_en="embedded PostgreSQL" if embedded else "PostgreSQL",
        preview=_curl(demo, "/v1/checkout/preview", cart),
        order=_curl(demo, "/v1/orders", {"external_id": number, **cart}, idempotency_key=number),
        summary=_curl(demo, f"/v1/members/ext:{member.external_id}/summary"),
    )


def _curl(
    demo: Demo, path: str, body: object | None = None, *, idempotency_key: str | None = None
) -> str:
    headers = [f"Authorization: Bearer {demo.api_key}"]
    if body is not None:
        headers.append("Content-Type: application/json")
    if idempotency_key is not None:
        headers.append(f"Idempotency-Key: {idempotency_key}")
    parts = [f"curl -sS {demo.base_url}{path}"]
    parts += [f"-H {shlex.quote(header)}" for header in headers]
    if body is not None:
        parts.append(f"-d {shlex.quote(json.dumps(body, ensure_ascii=False))}")
    return "     " + " \\\n       ".join(parts)
