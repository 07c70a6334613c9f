"""The refusals of brands."""

from app.errors import Conflict, NotFound, RuleViolation


class BrandNotFound(NotFound):
    code = "brand_not_found"
    ko = "브랜드를 찾을 수 없어요."
    en = "There is no such brand."


class ApiKeyNotFound(NotFound):
    code = "api_key_not_found"
    ko = "API 키 {key_id}를 찾을 수 없어요."
    en = "There is no API key {key_id}."


class TestClockTooFar(RuleViolation):
    code = "test_clock_too_far"
    ko = "시험용 시계는 2999년까지만 갈 수 있어요."
    en = "The test clock goes no further than the year 2999."


class NotATestBrand(Conflict):
    code = "not_a_test_brand"
    ko = (
        "시험용 시계는 테스트 모드 브랜드에서만 쓸 수 있어요. 테스트 키(sk_test_…)로 요청해 주세요."
    )
    en = "Only a test-mode brand has a test clock. Call with a test key (sk_test_…)."


class HostTaken(Conflict):
    code = "host_taken"
    ko = "다른 브랜드가 쓰는 주소예요({host}). 이 브랜드만의 주소를 정해 주세요."
    en = "Another brand's codes lead to {host}. Choose one of this brand's own."
