"""The example of docs/consent.md does what the guide says."""

import json
import re
from pathlib import Path

from tests.consents.asking import states
from tests.support.members import make_member

GUIDE = Path(__file__).parents[2] / "docs" / "consent.md"


def test_the_answer_of_the_guide_refuses_what_was_not_answered(asking) -> None:
    member = make_member(asking, "17850")
    example = re.search(r"```json\nPOST (\S+)\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    asking.api.post(example[1], json.loads(example[2]), expect=200)
    assert states(asking, member) == {
        "marketing_pi": "granted", "ad_sms": "granted", "ad_email": "refused",
    }  # fmt: skip
