"""The refusals of stamps."""

from app.errors import Conflict, NotFound, RuleViolation


class StampProgrammeNotFound(NotFound):
    code = "stamp_programme_not_found"
    ko = "그런 스탬프({programme})가 없어요. 코드를 확인해 주세요."
    en = "There is no stamp programme {programme}. Check its code."


class StampProgrammeEnded(Conflict):
    code = "stamp_programme_ended"
    ko = "끝난 스탬프예요. 새 코드로 만들어 주세요."
    en = "This stamp programme has ended. Make a new one under another code."


class StampProgrammeNotActive(Conflict):
    code = "stamp_programme_not_active"
    ko = "지금 쓰고 있는 스탬프가 아니에요(상태: {state}). 다시 시작한 뒤에 더해 주세요."
    en = "This stamp programme is not active (status: {state}). Resume it before adding stamps."


class InsufficientStamps(RuleViolation):
    code = "insufficient_stamps"
    ko = (
        "{required}개를 뺄 수 없어요. 모으는 중인 카드에서 보상을 아직 주지 않은 스탬프는"
        " {available}개예요."
    )
    en = (
        "{required} stamps cannot be taken: on the cards being filled, {available} have"
        " earned no reward yet."
    )


class StampsAlreadyMoved(Conflict):
    code = "stamps_already_moved"
    ko = "이 요청의 스탬프는 이미 반영됐어요. 회원의 스탬프 내역에서 확인해 주세요."
    en = "The stamps of this request were added or taken before. Look them up in the history."


class StampRewardUnknown(RuleViolation):
    code = "stamp_reward_unknown"
    ko = "{name}을(를) 찾을 수 없어요({kind}). 먼저 만들거나 코드를 확인해 주세요."
    en = "There is no {kind} {name}. Create it first, or check its code."
