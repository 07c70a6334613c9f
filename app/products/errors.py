"""The refusals of the catalogue."""

from app.errors import NotFound, RuleViolation


class ProductNotFound(NotFound):
    code = "product_not_found"
    ko = "상품 {sku}은(는) 등록돼 있지 않아요. PUT으로 등록해 주세요."
    en = "There is no product {sku} in the catalogue. Register it with PUT."


class SkuInvalid(RuleViolation):
    code = "sku_invalid"
    ko = "상품코드는 1~100자여야 하고, 줄바꿈이나 양 끝 공백은 쓸 수 없어요."
    en = "A SKU has 1 to 100 printable characters and no space at either end."


class GtinInvalid(RuleViolation):
    code = "gtin_invalid"
    ko = "GTIN이 올바르지 않아요. 바코드 숫자 8, 12, 13, 14자리를 검증 숫자까지 확인해 주세요."
    en = "Not a GTIN. Check its 8, 12, 13 or 14 digits; the last one is a check digit."


class ProductNameRequired(RuleViolation):
    code = "product_name_required"
    ko = "새 상품 {sku}에는 이름이 필요해요. 상품명을 보내 주세요."
    en = "The new product {sku} needs a name. Send one."


class ProductRelatedToItself(RuleViolation):
    code = "product_related_to_itself"
    ko = "상품 {sku}을(를) 자기 자신의 추가상품이나 상위버전으로 둘 수 없어요. 목록에서 빼 주세요."
    en = "Product {sku} cannot be a complement or an upgrade of itself. Take it off the list."
