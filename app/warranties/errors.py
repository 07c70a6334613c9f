"""The refusals of warranties."""

from app.errors import Conflict, NotFound


class WarrantyTermsNotFound(NotFound):
    code = "warranty_terms_not_found"
    ko = "그런 보증 조건({terms})이 없어요. 코드를 확인해 주세요."
    en = "There are no warranty terms {terms}. Check their code."


class WarrantyTermsEnded(Conflict):
    code = "warranty_terms_ended"
    ko = "끝난 보증 조건이에요. 새 코드로 만들어 주세요."
    en = "These warranty terms have ended. Make new ones under another code."


class WarrantyTermsOverlap(Conflict):
    code = "warranty_terms_overlap"
    ko = (
        "보증 조건 {terms}이(가) 이미 {what[ko]}에 쓰이고 있어요."
        " 한쪽에서 빼거나, 그 조건을 먼저 끝내 주세요."
    )
    en = "The terms {terms} cover {what[en]} already. Take it off one of them, or end those first."
