"""What docs/service-requests.md says is so."""

import re
from pathlib import Path

from app.service_requests.rules.states import BACK, STEPS
from app.service_requests.rules.statute import FLAGS
from app.service_requests.services.photos import PHOTOS_MAX
from app.service_requests.services.upkeep import CLOSE_AFTER
from tests.service_requests.shop import (
    LABOUR,
    SOLE,
    accept,
    ask,
    open_service,
    quote,
    set_clock,
    set_lines,
    step,
    steps,
)
from tests.support.api import TestBrand

GUIDE = (Path(__file__).parents[2] / "docs" / "service-requests.md").read_text()


def test_the_picture_shows_steps_that_there_are() -> None:
    drawn = re.findall(r"^    (\w+) --> (\w+): (\w+)$", GUIDE, re.MULTILINE)
    for before, after, name in drawn:
        assert before in STEPS[name].before, (before, name)
        assert after == STEPS[name].after, (name, after)
    assert {name for _, _, name in drawn} == set(STEPS)


def test_the_table_names_every_step_where_it_leads_and_who_may() -> None:
    told = {
        row[0]: row[1:]
        for row in re.findall(r"^\| `(\w+)` \| `?([\w ]+)`? \| ([^|]+) \| [^|]+ \|", GUIDE, re.M)
    }
    assert set(STEPS) | {BACK} == set(told)
    for name, known in STEPS.items():
        after, who = told[name]
        assert after == known.after
        for role, word in (("staff", "staff"), ("member", "member")):
            assert (role in known.by) == (word in who), name
        assert ("system" in known.by and name != "cancel") == ("job" in who), name
        assert known.reasoned == ("with a reason" in who), name
        assert known.works == ("once it is agreed" in who), name


def test_the_example_of_the_guide_comes_out_as_it_says(brand: TestBrand) -> None:
    example = GUIDE.partition("## Example")[2].partition("## Free or paid")[0]
    told = re.findall(r"^\| [^|]+ \| (\w+) \| (\w+) \| (\d+) \|", example, re.MULTILINE)
    (serial, _) = open_service(brand)
    asked = ask(brand, serial)
    seen = [asked]
    seen.append(set_lines(brand, asked, SOLE, LABOUR))
    seen.append(step(brand, asked, "charge"))
    seen.append(quote(brand, asked))
    seen.append(accept(brand, seen[-1]))
    seen.append(steps(brand, asked, "arrive", "repair", "finish"))
    seen.append(steps(brand, asked, "send", "deliver"))
    set_clock(brand, "2027-01-22T10:00:00+09:00")
    seen.append(steps(brand, asked, "reopen", "cover"))
    shown = [(each["phase"], each["status"], str(each["to_pay"])) for each in seen]
    assert shown == told
    assert asked["number"] == "AS-261122-0001"


def test_flags_and_limits_of_the_guide_are_those_of_the_code() -> None:
    for name in FLAGS:
        assert f"| `{name}` |" in GUIDE
    assert f"up to {PHOTOS_MAX} photos" in GUIDE
    assert f"job ({CLOSE_AFTER.days} days after)" in GUIDE
