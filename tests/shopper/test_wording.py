"""What pages say is said to shoppers: no addresses of the API, no names of fields."""

import re

import pytest

from app.shopper.rules.words import REFUSALS
from app.web.docs import list_failures

# Features whose refusals a page can meet.
MET = (
    "consent_",
    "erasure_",
    "guardian_",
    "member_",
    "unit_",
    "verification_",
    "warranty_",
    "form_",
)
# Refusals of these features that no page can meet: they are about staff and developers.
STAFFS = (
    "warranty_terms_", "warranty_batch_", "warranty_range_", "warranty_host_", "warranty_download_",
    "warranty_labels_", "warranty_review_", "unit_serial_", "unit_reason_", "unit_replacement_",
    "consent_purpose_", "consent_text_", "consent_not_", "consent_asked_", "member_",
    "erasure_request_", "guardian_must_", "verification_refused", "consent_stats_",
)  # fmt: skip


@pytest.mark.parametrize("code", sorted(list_failures()))
def test_a_refusal_that_a_page_can_meet_speaks_to_shoppers(code: str) -> None:
    if not code.startswith(MET) or (code.startswith(STAFFS) and code not in REFUSALS):
        return
    failure = list_failures()[code]
    for said in REFUSALS.get(code, (failure.ko, failure.en)):
        said = re.sub(r"\{\w+\}", "", said)  # what is filled in
        assert "/v1/" not in said, said
        assert not re.search(r"\b[a-z]+_[a-z_]+\b|[A-Z]{3,4} /", said), said
