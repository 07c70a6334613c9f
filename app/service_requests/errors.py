"""The refusals of service requests."""

from app.errors import Conflict, NotFound, RuleViolation


class ServiceRequestNotFound(NotFound):
    code = "service_request_not_found"
    ko = "그런 A/S 접수가 없어요. 접수 번호를 확인해 주세요."
    en = "There is no such service request. Check its number."


class ServicePhotoNotFound(NotFound):
    code = "service_photo_not_found"
    ko = "그런 사진이 없어요. 이미 지웠을 수 있어요."
    en = "There is no such photo. It may have been deleted."


class ServiceSymptomUnknown(RuleViolation):
    code = "service_symptom_unknown"
    ko = "이 제품에서 고를 수 없는 증상이에요({symptom}). 고를 수 있는 것: {known}."
    en = "This product has no symptom {symptom}. Choose one of: {known}."


class ServiceNotOwner(RuleViolation):
    code = "service_not_owner"
    ko = "이 제품의 주인으로 등록된 회원이 아니에요. 시리얼 번호와 회원을 확인해 주세요."
    en = "The unit is not registered to this member. Check the serial and the member."


class ServiceDayImpossible(RuleViolation):
    code = "service_day_impossible"
    ko = "증상이 나타난 날은 오늘까지여야 해요."
    en = "The fault cannot have shown on a day that lies ahead."


class ServiceStepRefused(Conflict):
    code = "service_step_refused"
    ko = "지금 상태({state})에서는 할 수 없는 일이에요({step}). 접수의 이력을 확인해 주세요."
    en = "A request that is {state} cannot take the step {step}. Look at its events."


class ServiceReasonRequired(RuleViolation):
    code = "service_reason_required"
    ko = "이유가 필요해요. reason에 적어 주세요."
    en = "This needs a reason. Send one as reason."


class ServiceQuoteNeeded(Conflict):
    code = "service_quote_needed"
    ko = "고객이 최신 견적을 승인해야 시작할 수 있어요. 견적을 보내고 승인을 받아 주세요."
    en = "Work begins once the customer has accepted the newest quote. Send one and wait for it."


class ServiceQuoteOutdated(Conflict):
    code = "service_quote_outdated"
    ko = "승인받은 견적 뒤에 항목이 바뀌었어요. 새 견적을 보내고 다시 승인을 받아 주세요."
    en = "The lines have changed since the accepted quote. Send a new one."


class ServiceDecisionNeeded(Conflict):
    code = "service_decision_needed"
    ko = "무상인지 유상인지 먼저 정해 주세요: cover, goodwill, charge 중 하나예요."
    en = "Decide first whether it is free or paid: cover, goodwill or charge."


class ServiceReplacementMissing(RuleViolation):
    code = "service_replacement_missing"
    ko = "교환해 줄 제품의 시리얼 번호를 by에 보내 주세요."
    en = "Send the serial of the unit given in exchange as by."


class ServiceReopenTooLate(Conflict):
    code = "service_reopen_too_late"
    ko = "{until}까지만 다시 열 수 있었어요. 새로 접수해 주세요."
    en = "It could be reopened until {until}. Make a new request."


class ServiceReopenRefused(Conflict):
    code = "service_reopen_refused"
    ko = "교환이나 환불로 끝난 접수는 다시 열 수 없어요. 새로 접수해 주세요."
    en = "A request that ended with an exchange or a refund stays closed. Make a new one."


class ServiceLinesMissing(RuleViolation):
    code = "service_lines_missing"
    ko = "견적에 넣을 항목이 없어요. PUT …/lines로 먼저 정해 주세요."
    en = "There are no lines to quote. Set them with PUT …/lines first."


class ServiceLinesFixed(Conflict):
    code = "service_lines_fixed"
    ko = (
        "지금 상태({state})에서는 항목을 바꿀 수 없어요."
        " 견적의 답을 기다리는 중이면 charge나 cover로 돌아가서 바꿔 주세요."
    )
    en = (
        "The lines of a request that is {state} cannot change."
        " Of one that waits for an answer to its quote, decide again first: charge or cover."
    )


class ServiceQuoteNotFound(NotFound):
    code = "service_quote_not_found"
    ko = "그런 견적이 없어요. 견적 번호를 확인해 주세요."
    en = "There is no such quote. Check its version."


class ServiceQuoteStale(Conflict):
    code = "service_quote_stale"
    ko = "더 새로운 견적({newest}판)이 있어요. 새 견적을 확인해 주세요."
    en = "There is a newer quote, version {newest}. Look at that one."


class ServiceQuoteChanged(RuleViolation):
    code = "service_quote_changed"
    ko = "승인하려는 내용이 견적과 달라요. 견적을 다시 열어 확인해 주세요."
    en = "This is not the text of the quote. Open the quote again."


class ServiceQuoteOver(Conflict):
    code = "service_quote_over"
    ko = "답할 수 없는 견적이에요({state}). 새 견적을 요청해 주세요."
    en = "This quote cannot be answered any more: it is {state}. Ask for a new one."


class ServicePhotosTooMany(RuleViolation):
    code = "service_photos_too_many"
    ko = "사진은 {most}장까지 올릴 수 있어요."
    en = "A request has at most {most} photos."


class ServicePhotoInvalid(RuleViolation):
    code = "service_photo_invalid"
    ko = "사진으로 읽을 수 없어요. JPEG, PNG, WebP, HEIC 사진을 올려 주세요."
    en = "This cannot be read as a photo. Send a JPEG, PNG, WebP or HEIC picture."


class ServicePhotoTooLarge(RuleViolation):
    code = "service_photo_too_large"
    ko = "사진이 너무 커요. 15 MB, 1억 화소 이하로 올려 주세요."
    en = "The photo is too large: at most 15 MB and 100 megapixels."


class ServiceRequestChanged(Conflict):
    code = "service_request_changed"
    ko = "페이지를 연 뒤에 다른 일이 있었어요. 이력을 확인하고 다시 해 주세요."
    en = "Something has happened to it since you opened the page. Look at it, then try again."


class ServiceHoldDayPast(RuleViolation):
    code = "service_hold_day_past"
    ko = "내일부터 {most}일 안의 날짜를 골라 주세요."
    en = "Choose a day from tomorrow on, within {most} days."


class ServiceUndoOver(Conflict):
    code = "service_undo_over"
    ko = "되돌릴 수 있는 시간(1분)이 지났거나 이미 되돌렸어요. 담당자를 다시 골라 주세요."
    en = "The minute to undo is over, or it is undone already. Choose who looks after it again."


class ServiceMacroNotFound(NotFound):
    code = "service_macro_not_found"
    ko = "그런 매크로가 없어요. 지워졌을 수 있어요."
    en = "There is no such macro. It may have been deleted."


class ServiceMacroInvalid(RuleViolation):
    code = "service_macro_invalid"
    ko = "다른 매크로에 없는 이름을 40자 안으로, 내용을 1,000자 안으로 적어 주세요."
    en = "Write a name of its own of at most 40 characters, and a text of at most 1,000."


class ServiceMacroPlaceUnknown(RuleViolation):
    code = "service_macro_place_unknown"
    ko = "채울 수 없는 변수예요: {place}. 쓸 수 있는 것: {known}"
    en = "Nothing can fill the place {place}. There are: {known}"


class ServiceMacrosTooMany(RuleViolation):
    code = "service_macros_too_many"
    ko = "매크로는 {most}개까지 둘 수 있어요. 안 쓰는 것을 지우고 다시 저장해 주세요."
    en = "There are {most} macros at most. Delete one that nobody uses."
