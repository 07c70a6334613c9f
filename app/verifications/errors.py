"""The refusals of verifications."""

from app.errors import NotFound, RuleViolation, TooMany


class VerificationPhoneInvalid(RuleViolation):
    code = "verification_phone_invalid"
    ko = "휴대폰 번호를 확인해 주세요. 010으로 시작하는 국내 번호로만 인증번호를 보낼 수 있어요."
    en = "Check the mobile number. Codes are sent to Korean mobile numbers only."


class VerificationTooMany(TooMany):
    """``retry_after``: after how many seconds it may be asked again."""

    code = "verification_too_many"
    ko = "인증번호를 너무 자주 요청했어요. {retry_after}초 뒤에 다시 받아 주세요."
    en = "Codes were asked for too often. Ask again in {retry_after} seconds."

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(retry_after=retry_after)
        self.headers = {"Retry-After": str(retry_after)}


class VerificationRefused(RuleViolation):
    """One answer for a wrong, old, used, replaced, spent or unknown code."""

    code = "verification_refused"
    ko = "인증번호가 맞지 않거나 시간이 지났어요. 번호를 확인하거나 새 인증번호를 받아 주세요."
    en = "The code is wrong or too old. Check it, or ask for a new one."


class VerificationNotFound(NotFound):
    """There is none, it is another device's, or it was left alone for too long."""

    code = "verification_not_found"
    ko = "시간이 지나 처음부터 다시 해야 해요."
    en = "This took too long. Start again."
