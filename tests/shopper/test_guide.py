"""The guide of the pages says what the code does."""

import re
from pathlib import Path

from app.verifications.services import Window
from app.warranties.rules import evidence
from app.warranties.rules.evidence import Facts
from app.warranties.rules.scanning import LOOKS
from app.warranties.rules.units import STEPS
from app.warranties.services.scanning import UNKNOWN_CODES
from app.warranties.services.transfers import OPEN_FOR

GUIDE = (Path(__file__).parents[2] / "docs" / "shopper-pages.md").read_text()
ARROW = re.compile(r"^    (\w+) --> (\w+): (\w+)$", re.MULTILINE)
CODES = 32**16


def picture(heading: str) -> str:
    return GUIDE.split(f"## {heading}\n")[1].split("```")[1]


def test_the_picture_of_a_unit_shows_every_step() -> None:
    drawn = set(ARROW.findall(picture("The life of a unit")))
    told = {(before, step.after, name) for name, step in STEPS.items() for before in step.before}
    assert drawn == told


def test_the_states_of_the_first_page_are_all_told() -> None:
    table = GUIDE.split("## What a code shows")[1].split("## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(LOOKS)


def test_the_arithmetic_of_trying_codes_comes_out() -> None:
    minutes, hour = UNKNOWN_CODES
    assert isinstance(hour, Window)
    assert f"try {hour.most} codes in an hour" in GUIDE
    assert f"({minutes.most} in ten minutes)" in GUIDE
    rows = re.findall(r"^\| [^|]* \| ([\d,]+) \| ([\d,]+) \| (\S+) \|$", GUIDE, re.MULTILINE)
    assert len(rows) == 3
    for tries, units, hits in rows:
        a_day, live = (int(each.replace(",", "")) for each in (tries, units))
        assert a_day % (hour.most * 24) == 0
        assert f"{a_day * 365 * live / CODES:.1e}" == hits


def test_the_weights_of_evidence_are_those_of_the_code() -> None:
    assert f"from a score of {evidence.ASKS_FROM} on" in GUIDE
    everything = evidence.weigh(
        Facts(
            devices_unshipped=1,
            devices_before=evidence.DEVICES_BEFORE,
            devices_after=evidence.DEVICES_AFTER,
            claimed_unshipped=True,
            other_channel=True,
            units_of_order=evidence.ORDER_UNITS,
            units_of_receipt=1,
            doubtful_reports=1,
            owner_disputes=1,
            claims_refused=1,
        )
    )
    told = re.findall(r"^\| `(\w+)`: .* \| (\d) \|$", GUIDE, re.MULTILINE)
    assert {name: int(weight) for name, weight in told} == everything


def test_the_picture_of_handing_on_tells_how_long_an_offer_stands() -> None:
    assert f"{OPEN_FOR.total_seconds() / 3600:.0f} hours are over" in picture("Handing on")


def test_every_page_is_in_the_table(app) -> None:
    table = GUIDE.split("| page | who | what |")[1].split("## ")[0]
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("shopper."):
            first = rule.rule.strip("/").split("/")[0]
            assert f"/{first.lower()}" in table or first == "logout", rule


def test_the_fingerprint_is_printed_as_readers_of_pdf_show_it(app) -> None:
    done = app.test_cli_runner().invoke(args=["certificate-fingerprint"])
    assert re.fullmatch(r"([0-9A-F]{2}:){31}[0-9A-F]{2}\n", done.output)
