"""What every brand can send before it has written a template of its own."""

from typing import Any


def _text(sms: str, *, subject: str | None = None) -> dict[str, Any]:
    """Say the same by SMS and, with a subject, by e-mail."""
    if subject is None:
        return {"channels": ["sms"], "sms": {"text": sms}}
    return {
        "channels": ["sms", "email"],
        "sms": {"text": sms},
        "email": {"subject": subject, "text": sms},
    }


BUILTIN: dict[str, dict[str, Any]] = {
    "staff_invited": {
        "channels": ["email"],
        "email": {
            "subject": "[#{brand}] 콘솔에 초대했어요",
            "text": "[#{brand}] 콘솔에 초대했어요. 아래에서 계정을 만들어 주세요."
            " 링크는 72시간 동안 한 번만 쓸 수 있어요.\n#{link}",
        },
    },
    "verification_code": _text(
        "[#{brand}] 인증번호 #{code}. 다른 사람에게 알려 주지 마세요.",
    ),
    "consent_result": _text(
        "[#{brand}] 광고성 정보 수신 설정을 이렇게 처리했어요.\n#{results}\n#{ending}",
        subject="[#{brand}] 수신 동의 처리 결과",
    ),
    "consent_reconfirmation": _text(
        "[#{brand}] 광고성 정보 수신에 동의하고 계세요.\n#{results}\n그대로 두시면 동의가"
        " 유지되고, 언제든 철회할 수 있어요.\n#{ending}",
        subject="[#{brand}] 광고성 정보 수신 동의 확인",
    ),
    "points_expiring": _text(
        "[#{brand}] #{points}P가 #{last_day}까지만 쓸 수 있어요. 그 뒤에는 사라져요.",
        subject="[#{brand}] #{points}P가 곧 사라져요",
    ),
    "warranty_registered": _text(
        "[#{brand}] #{product} 보증이 등록됐어요.\n보증서 번호 #{certificate}\n보증서 보기 #{link}",
        subject="[#{brand}] #{product} 보증서",
    ),
    "certificate_link": _text(
        "[#{brand}] #{product} 보증서예요.\n#{link}",
        subject="[#{brand}] #{product} 보증서",
    ),
    "transfer_offered": _text(
        "[#{brand}] #{product}을(를) 넘겨받으려면 아래에서 확인해 주세요."
        " 링크는 #{until}까지 한 번만 쓸 수 있어요.\n#{link}",
    ),
    "transfer_completed": _text(
        "[#{brand}] #{product}의 보증이 새 주인에게 넘어갔어요."
        " 직접 하신 일이 아니면 #{contact}(으)로 알려 주세요.",
    ),
    "service_request_received": _text(
        "[#{brand}] A/S 접수가 됐어요. 접수 번호 #{number}\n진행 상황 보기 #{link}",
        subject="[#{brand}] A/S 접수 #{number}",
    ),
    "service_request_status": _text(
        "[#{brand}] A/S #{number}: #{status}\n자세히 보기 #{link}",
        subject="[#{brand}] A/S #{number}: #{status}",
    ),
    "service_request_quote": _text(
        "[#{brand}] A/S #{number} 견적은 #{amount}이에요. 수리하기 전에 확인해 주세요.\n#{link}",
        subject="[#{brand}] A/S #{number} 견적",
    ),
}
