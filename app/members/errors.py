"""The refusals of members. None of them repeats what was sent: it may be personal."""

from app.errors import Conflict, NotFound, RuleViolation


class MemberNotFound(NotFound):
    code = "member_not_found"
    ko = "그런 회원을 찾을 수 없어요. mem_… 또는 ext:<쇼핑몰 회원 번호>로 보내 주세요."
    en = "There is no such member. Name one as mem_… or ext:<your id>."


class ExternalIdInvalid(RuleViolation):
    code = "external_id_invalid"
    ko = "쇼핑몰 회원 번호는 1~128자여야 하고, 줄바꿈이나 양 끝 공백은 쓸 수 없어요."
    en = "An external id has 1 to 128 printable characters and no space at either end."


class MemberIsMerged(Conflict):
    code = "member_merged"
    ko = "이미 다른 회원과 합쳐진 회원이에요. 남은 회원 {merged_into}에 다시 요청해 주세요."
    en = "This member was merged. Address the one that remains, {merged_into}."


class MemberIsErased(Conflict):
    code = "member_erased"
    ko = "개인정보가 지워진 회원이라 바꿀 수 없어요. 다시 가입했다면 새로 등록해 주세요."
    en = "This member was erased and cannot change. Register the person again if they came back."


class MergeIntoItself(RuleViolation):
    code = "merge_into_itself"
    ko = "같은 회원끼리는 합칠 수 없어요. 남길 회원을 into에 보내 주세요."
    en = "A member cannot be merged into itself. Name the one that remains as into."


class ReferralCodeFixed(Conflict):
    code = "referral_code_fixed"
    ko = "추천인 코드는 한 번 정하면 바꿀 수 없어요. 이 항목을 빼고 보내 주세요."
    en = "A referral code cannot be changed once it is given. Leave it out."


class TagInvalid(RuleViolation):
    code = "tag_invalid"
    ko = "태그는 1~50자여야 하고, 줄바꿈이나 양 끝 공백은 쓸 수 없어요."
    en = "A tag has 1 to 50 printable characters and no space at either end."


class TooManyTags(RuleViolation):
    code = "too_many_tags"
    ko = "한 회원에게 태그는 {maximum}개까지 붙일 수 있어요. 쓰지 않는 태그를 먼저 떼어 주세요."
    en = "A member has at most {maximum} tags. Take one off that is not needed."


class BirthdayInFuture(RuleViolation):
    code = "birthday_in_future"
    ko = "생일이 오늘보다 뒤예요. 연도를 확인해 주세요."
    en = "The birthday lies in the future. Check its year."


class ErasureRequestNotFound(NotFound):
    code = "erasure_request_not_found"
    ko = "그런 삭제 요청을 찾을 수 없어요. 목록의 era_…로 보내 주세요."
    en = "There is no such request. Name one as era_… from the list."


class ErasureRequestClosed(Conflict):
    code = "erasure_request_closed"
    ko = "이미 끝난 삭제 요청이에요({state}). 다시 원하면 새로 접수해 주세요."
    en = "This request is over ({state}). Take down a new one if the person asks again."
