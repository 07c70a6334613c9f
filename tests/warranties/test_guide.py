"""What docs/warranty-labels.md says is so."""

import re
from pathlib import Path

from app.labels import SHEETS
from app.warranties.schemas.labels import PRINTED_MAX
from app.warranties.schemas.units import SERIALS_MAX
from app.warranties.services.batches import AT_ONCE
from app.warranties.services.labels import KEPT, OPEN

GUIDE = (Path(__file__).parents[2] / "docs" / "warranty-labels.md").read_text()


def test_sizes_and_limits_of_the_guide_are_those_of_the_code() -> None:
    rows = re.findall(
        r"^\| `(\d+)` \| (\d+) × (\d+) \| ([\d.]+) × ([\d.]+) \|", GUIDE, re.MULTILINE
    )
    assert {row[0] for row in rows} == set(SHEETS)
    for name, columns, count, width, height in rows:
        sheet = SHEETS[name]
        assert (sheet.columns, sheet.rows) == (int(columns), int(count))
        assert (sheet.width, sheet.height) == (float(width), float(height))
        assert sheet.labels == int(name)
    assert f"Up to {AT_ONCE:,}" in GUIDE
    assert f"(up to {SERIALS_MAX:,})" in GUIDE
    assert f"up to {PRINTED_MAX:,} labels" in GUIDE
    assert (KEPT.days, OPEN.total_seconds()) == (30, 3600)
