"""The refusals of warranties."""

from app.errors import Conflict, NotFound, RuleViolation, TooMany


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


class WarrantyTermsMissing(RuleViolation):
    code = "warranty_terms_missing"
    ko = "상품 {sku}에 쓸 보증 조건이 없어요. PUT /v1/warranty-terms로 먼저 정해 주세요."
    en = "No warranty terms fit the product {sku}. Set some with PUT /v1/warranty-terms."


class WarrantyBatchNotFound(NotFound):
    code = "warranty_batch_not_found"
    ko = "그런 라벨 묶음이 없어요. GET /v1/warranty-batches에서 확인해 주세요."
    en = "There is no such batch of units. See GET /v1/warranty-batches."


class WarrantyBatchBusy(Conflict):
    code = "warranty_batch_busy"
    ko = "이 묶음은 아직 작업 중이에요({done}/{total}). 끝난 뒤에 다시 보내 주세요."
    en = "This batch is being worked on ({done} of {total}). Send it again when that is done."


class WarrantyBatchVoid(Conflict):
    code = "warranty_batch_void"
    ko = "무효로 한 묶음이에요. 새 묶음을 만들어 주세요."
    en = "This batch is void. Make a new one."


class WarrantyRangeInvalid(RuleViolation):
    code = "warranty_range_invalid"
    ko = "이 묶음의 번호는 1부터 {quantity}까지예요. first와 last를 확인해 주세요."
    en = "The units of this batch are numbered from 1 to {quantity}. Check first and last."


class UnitNotFound(NotFound):
    code = "unit_not_found"
    ko = "그런 시리얼 번호의 제품이 없어요. 번호를 다시 확인해 주세요."
    en = "There is no unit with this serial. Check it once more."


class UnitStepRefused(Conflict):
    code = "unit_step_refused"
    ko = "지금 상태({state})에서는 할 수 없는 일이에요({step}). 제품의 이력을 확인해 주세요."
    en = "A unit that is {state} cannot {step}. Look at its events."


class UnitReasonRequired(RuleViolation):
    code = "unit_reason_required"
    ko = "이유가 필요해요. reason에 적어 주세요."
    en = "This needs a reason. Send one as reason."


class UnitSerialInvalid(RuleViolation):
    code = "unit_serial_invalid"
    ko = (
        "{line}번째 시리얼 번호 {serial}을(를) 쓸 수 없어요."
        " 40자까지의 영문자, 숫자, -, ., _이고 상품의 시리얼 규칙에 맞아야 해요."
    )
    en = (
        "Serial {line}, {serial}, cannot be used: up to 40 letters, digits, -, . or _, and as the"
        " product's serial rule says."
    )


class UnitSerialTaken(Conflict):
    code = "unit_serial_taken"
    ko = "시리얼 번호 {serial}은(는) 이미 있어요. 영문자 O·I·L은 숫자 0·1·1과 같은 것으로 읽어요."
    en = "The serial {serial} exists already. O, I and L are read as 0, 1 and 1."


class UnitReplacementUnfit(RuleViolation):
    code = "unit_replacement_unfit"
    ko = "대신 줄 제품은 주인이 없고 무효가 아닌 다른 제품이어야 해요({serial}: {state})."
    en = "The replacement must be another unit, without an owner and not void ({serial}: {state})."


class WarrantyHostMissing(RuleViolation):
    code = "warranty_host_missing"
    ko = "라벨의 QR이 열 주소가 없어요. PATCH /v1/brand로 warranty.host를 먼저 정해 주세요."
    en = "Where do the codes lead? Set warranty.host with PATCH /v1/brand first."


class WarrantyDownloadReasonRequired(RuleViolation):
    code = "warranty_download_reason_required"
    ko = "이미 {times}번 받은 라벨이에요. 다시 받으려면 이유를 reason에 적어 주세요."
    en = "These labels were fetched {times} times before. Say why again: reason."


class WarrantyDownloadClosed(Conflict):
    code = "warranty_download_closed"
    ko = "열려 있는 다운로드가 아니에요. POST /v1/warranty-batches/…/downloads로 새로 열어 주세요."
    en = "This download is not open. Open one with POST /v1/warranty-batches/…/downloads."


class WarrantyLabelsForgotten(Conflict):
    code = "warranty_labels_forgotten"
    ko = "라벨을 뽑을 수 있는 기간이 지나 코드를 지웠어요. 무효로 하고 새 묶음을 만들어 주세요."
    en = "The time to print is over and the codes are deleted. Void the batch and make a new one."


class WarrantyNotFound(NotFound):
    code = "warranty_not_found"
    ko = "그런 보증 등록이 없어요. GET /v1/warranties에서 확인해 주세요."
    en = "There is no such registration. See GET /v1/warranties."


class WarrantyOver(Conflict):
    code = "warranty_over"
    ko = "이미 끝난 보증 등록이에요. 제품의 지금 등록을 확인해 주세요."
    en = "This registration has ended. Look at the unit's present one."


class WarrantyTaken(Conflict):
    code = "warranty_taken"
    ko = "이미 등록된 제품이에요. 중고로 구매했다면 판매자에게 양도를 요청해 주세요."
    en = "This unit is registered already. If it was bought second-hand, ask the seller for it."


class WarrantyUnitReported(Conflict):
    code = "warranty_unit_reported"
    ko = "분실이나 도난으로 신고된 제품이에요. 고객센터에서 확인한 뒤에 등록할 수 있어요."
    en = "This unit is reported lost or stolen. Customer service has to look at it first."


class WarrantyDayImpossible(RuleViolation):
    code = "warranty_day_impossible"
    ko = (
        "{day}은(는) 맞지 않는 날짜예요."
        " 구매일과 수령일은 오늘까지, 수령일은 구매일부터 1년 안이에요."
    )
    en = (
        "{day} cannot be: neither day lies ahead, and delivery is within a year of purchase and not"
        " before the unit was made."
    )


class WarrantyOrderOverused(RuleViolation):
    code = "warranty_order_overused"
    ko = "이 주문 번호로 이미 {most}개가 등록됐어요. 주문 번호를 확인하거나 빼고 보내 주세요."
    en = "{most} units are registered under this order already. Check its number, or leave it out."


class WarrantyNotTransferable(Conflict):
    code = "warranty_not_transferable"
    ko = "보증 조건에서 양도를 허용하지 않는 제품이에요."
    en = "The terms of this unit do not allow a transfer."


class LabelLogoInvalid(RuleViolation):
    code = "label_logo_invalid"
    ko = "로고는 190 kB, 가로세로 32~2048픽셀인 PNG여야 해요. 다른 파일을 base64로 보내 주세요."
    en = "A logo is a PNG of up to 190 kB and 32 to 2048 dots each way, in base64."


class LabelLogoMissing(NotFound):
    code = "label_logo_missing"
    ko = "라벨 로고가 없어요. PUT /v1/label-logo로 먼저 올려 주세요."
    en = "There is no logo for labels. Upload one with PUT /v1/label-logo first."


class WarrantyReviewNotFound(NotFound):
    code = "warranty_review_not_found"
    ko = "그런 검토 건이 없어요. GET /v1/warranty-reviews에서 확인해 주세요."
    en = "There is no such review. See GET /v1/warranty-reviews."


class WarrantyReviewDecided(Conflict):
    code = "warranty_review_decided"
    ko = "이미 결정한 건이에요({state}). 새 근거가 생기면 다시 올라와요."
    en = "It is decided already ({state}). It comes back if there is more to speak for it."


class WarrantyTransferNotFound(NotFound):
    """Unknown, used, cancelled and expired links are answered alike."""

    code = "warranty_transfer_not_found"
    ko = "없거나, 이미 썼거나, 시간이 지난 링크예요. 보낸 분에게 다시 요청해 주세요."
    en = "This link is unknown, used or too old. Ask who sent it for another one."


class WarrantyTransferToOwner(RuleViolation):
    code = "warranty_transfer_to_owner"
    ko = "내 번호로는 양도할 수 없어요. 받을 분의 번호를 입력해 주세요."
    en = "That is your own number. Type the number of who gets it."


class WarrantyTransferOtherPhone(RuleViolation):
    code = "warranty_transfer_other_phone"
    ko = "양도받기로 한 번호가 아니에요. 링크를 받은 번호로 인증해 주세요."
    en = "The link was sent to another number. Use the number that got it."


class WarrantyOrderNumberOdd(RuleViolation):
    code = "warranty_order_number_odd"
    ko = "주문 번호를 확인해 주세요. 주문 상세에 보이는 숫자예요. 모르면 비워 두세요."
    en = "Check the order number: the digits shown with the order. Leave it out if unknown."


class WarrantyReceiptNotFound(NotFound):
    code = "warranty_receipt_not_found"
    ko = "그런 영수증 사진이 없어요. 이미 지웠을 수 있어요."
    en = "There is no such photo of a receipt. It may have been deleted."


class WarrantyReceiptInvalid(RuleViolation):
    code = "warranty_receipt_invalid"
    ko = "사진으로 읽을 수 없어요. 15 MB 이하의 JPEG, PNG, WebP, HEIC 사진을 올려 주세요."
    en = "This cannot be read as a photo. Send a JPEG, PNG, WebP or HEIC of up to 15 MB."


class WarrantyReceiptsTooMany(RuleViolation):
    code = "warranty_receipts_too_many"
    ko = "영수증 사진은 {most}장까지 올릴 수 있어요."
    en = "A registration has at most {most} photos of receipts."


class WarrantyTriesTooMany(TooMany):
    """``retry_after``: after how many seconds it may be tried again."""

    code = "warranty_tries_too_many"
    ko = "너무 많이 시도했어요. {retry_after}초 뒤에 다시 해 주세요."
    en = "There were too many tries. Try again in {retry_after} seconds."

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(retry_after=retry_after)
        self.headers = {"Retry-After": str(retry_after)}
