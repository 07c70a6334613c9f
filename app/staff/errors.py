"""The refusals of staff accounts."""

from app.errors import Conflict, Forbidden, NotFound, RuleViolation, TooMany


class StaffSignInRefused(RuleViolation):
    """One answer for an unknown address, a wrong password, and an account of no brand."""

    code = "staff_sign_in_refused"
    ko = "이메일이나 비밀번호가 맞지 않아요. 다시 확인해 주세요."
    en = "The e-mail address or the password is wrong. Check both."


class StaffLocked(TooMany):
    """``minutes``: after how many it may be tried again."""

    code = "staff_locked"
    ko = "여러 번 틀려서 잠시 막았어요. {minutes}분 뒤에 다시 해 주세요."
    en = "There were too many tries. Come back in {minutes} minutes."


class StaffCodeRefused(RuleViolation):
    code = "staff_code_refused"
    ko = "코드가 맞지 않아요. 인증 앱에 지금 보이는 6자리를 입력해 주세요. 한 번씩만 쓸 수 있어요."
    en = "That is not the code. Type the six digits your app shows now; each works once."


class StaffPasswordUnfit(RuleViolation):
    """``fault``: ``short``, ``long``, ``common`` or ``personal``."""

    code = "staff_password_unfit"
    ko = "이 비밀번호는 쓸 수 없어요. 12~128자로, 흔하지 않고 이름이나 브랜드와 다르게 정해 주세요."
    en = "This password will not do: 12 to 128 characters, not a common one, not your own name."


class StaffPasswordWrong(RuleViolation):
    code = "staff_password_wrong"
    ko = "지금 비밀번호가 맞지 않아요."
    en = "That is not your present password."


class StaffEmailInvalid(RuleViolation):
    code = "staff_email_invalid"
    ko = "이메일 주소를 확인해 주세요."
    en = "Check the e-mail address."


class StaffNameInvalid(RuleViolation):
    code = "staff_name_invalid"
    ko = "이름을 40자 안으로 적어 주세요."
    en = "Write a name of at most 40 characters."


class StaffRoleUnknown(RuleViolation):
    code = "staff_role_unknown"
    ko = "역할을 골라 주세요: viewer, cs, operator, admin."
    en = "Choose a role: viewer, cs, operator, admin."


class StaffNotFound(NotFound):
    code = "staff_not_found"
    ko = "이 브랜드에 그런 구성원이 없어요."
    en = "Nobody like that works for this brand."


class StaffAlreadyMember(Conflict):
    code = "staff_already_member"
    ko = "이미 이 브랜드의 구성원이에요. 팀 목록에서 역할을 바꿀 수 있어요."
    en = "This person works for the brand already. Change the role in the list of the team."


class StaffLastAdmin(Conflict):
    code = "staff_last_admin"
    ko = "마지막 관리자예요. 다른 사람을 먼저 관리자로 정해 주세요."
    en = "This is the last administrator. Make somebody else one first."


class StaffNotYourself(Forbidden):
    code = "staff_not_yourself"
    ko = "내 역할은 내가 바꿀 수 없어요. 다른 관리자에게 부탁해 주세요."
    en = "You cannot change your own role. Ask another administrator."


class StaffInvitationUnusable(NotFound):
    """One answer for an unknown, used, withdrawn and old invitation."""

    code = "staff_invitation_unusable"
    ko = "쓸 수 없는 초대예요. 이미 썼거나 72시간이 지났어요. 초대를 다시 보내 달라고 해 주세요."
    en = "This invitation cannot be used: it was used, or is older than 72 hours. Ask for another."


class StaffInvitationForOther(Forbidden):
    code = "staff_invitation_for_other"
    ko = "다른 주소로 보낸 초대예요. 로그아웃하고 초대받은 계정으로 로그인해 주세요."
    en = "This invitation is somebody else's. Sign out, and sign in with the invited account."


class StaffFactorNeeded(Forbidden):
    code = "staff_factor_needed"
    ko = "이 브랜드에는 2단계 인증이 있어야 들어가요. 내 계정에서 인증 앱을 먼저 연결해 주세요."
    en = "This brand needs a second factor. Connect an authenticator app in your account first."


class StaffWaiverOfLive(Forbidden):
    code = "staff_waiver_of_live"
    ko = "2단계 인증 없이 들어갈 수 있는 곳은 테스트 브랜드뿐이에요."
    en = "Only test brands may be entered without a second factor."


class StaffReasonRequired(RuleViolation):
    code = "staff_reason_required"
    ko = "왜 보는지 골라 주세요. 기록에 남아요."
    en = "Say what for. It is written down."


class StaffViewNotFound(NotFound):
    code = "staff_view_not_found"
    ko = "저장한 보기를 찾을 수 없어요. 다른 사람의 보기는 만든 사람만 지울 수 있어요."
    en = "You have no such view. Those of others are theirs to delete."


class StaffViewNameInvalid(RuleViolation):
    code = "staff_view_name_invalid"
    ko = "보기의 이름을 {most}자 안으로 적어 주세요."
    en = "Give the view a name of at most {most} characters."


class StaffViewsTooMany(RuleViolation):
    code = "staff_views_too_many"
    ko = "보기는 {most}개까지 저장할 수 있어요. 안 쓰는 보기를 지우고 다시 저장해 주세요."
    en = "At most {most} views can be kept. Delete one that you do not need."
