"""The chain: the database adds to it, nobody changes it, and anybody can check it."""

from datetime import datetime
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import ids
from app.consents.rules.records import BEGINNING, record_hash
from tests.consents.asking import answer, audit, history, publish_all, states
from tests.support.members import make_member, member_id
from tests.support.parallel import at_once

PURPOSES = ("marketing_pi", "ad_sms", "ad_kakao", "third_party")
CHOICES = ("granted", "refused", "withdrawn")


def hash_of(brand, record) -> str:
    """Work out the hash of a record from what the API tells of it, without the database."""
    return record_hash(
        bytes.fromhex(record["previous_hash"]),
        (
            brand.brand_id, ids.read("mem", record["member"]), record["seq"], record["purpose"],
            record["action"], record["language"], record["version"], record["text_sha256"],
            record["source"], record["actor"], record["recorded_by"], record["guardian_method"],
            record["evidence_sha256"], datetime.fromisoformat(record["at"]),
        ),
    ).hex()  # fmt: skip


class Model:
    """The rules in a dozen lines: what is in force, and how many records there are."""

    def __init__(self) -> None:
        self.states: dict[str, str] = {}
        self.records: list[tuple[str, str]] = []

    def answer(self, asked, decided) -> None:
        for purpose in {*asked, *decided}:
            choice = decided.get(purpose, "refused")
            before = self.states.get(purpose)
            if choice == before or (before in ("refused", "withdrawn") and choice != "granted"):
                continue
            self.states[purpose] = choice
            self.records.append((purpose, choice))


answers = st.lists(
    st.tuples(
        st.lists(st.sampled_from(PURPOSES), unique=True, max_size=3),
        st.dictionaries(st.sampled_from(PURPOSES), st.sampled_from(CHOICES), max_size=3),
    ).filter(lambda each: each[0] or each[1]),
    max_size=8,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sequence=answers)
def test_any_sequence_of_answers_is_what_the_model_says_in_an_unbroken_chain(
    asking, sequence
) -> None:
    member = make_member(asking, uuid4().hex)
    model = Model()
    for asked, decided in sequence:
        answer(asking, member, asked=tuple(asked), **decided)
        model.answer(asked, decided)
    assert states(asking, member) == model.states
    records = history(asking, member)
    assert sorted((each["purpose"], each["action"]) for each in records) == sorted(model.records)
    previous = BEGINNING.hex()
    for number, record in enumerate(sorted(records, key=lambda each: each["seq"]), 1):
        assert record["seq"] == number
        assert record["previous_hash"] == previous
        assert record["hash"] == hash_of(asking, record)
        previous = record["hash"]
    assert audit(asking) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE consent_records SET action = 'granted'",
        "DELETE FROM consent_records",
        "TRUNCATE consent_records",
        "UPDATE consent_states SET state = 'granted'",
        "DELETE FROM consent_states",
        "UPDATE consent_chains SET seq = 0",
        "DELETE FROM consent_evidence",
    ],
)
def test_the_application_may_add_and_read_and_nothing_more(
    asking, alice, environment, statement
) -> None:
    answer(asking, alice, ad_sms="refused")
    with psycopg.connect(environment["DATABASE_URL"]) as connection:
        connection.execute("SELECT set_config('app.brand_id', %s, true)", (str(asking.brand_id),))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)
    assert states(asking, alice) == {"ad_sms": "refused"}


def test_not_even_the_owner_changes_a_record_by_accident(asking, alice, owner) -> None:
    answer(asking, alice, ad_sms="refused")
    for statement in (
        "UPDATE consent_records SET action = 'granted' WHERE brand_id = %s",
        "DELETE FROM consent_records WHERE brand_id = %s",
    ):
        with pytest.raises(psycopg.Error, match="never changes"):
            owner.execute(statement, (asking.brand_id,))


def test_answers_at_the_same_moment_leave_one_unbroken_chain(busy) -> None:
    publish_all(busy)
    member = make_member(busy, "1")
    choices = [("granted", "withdrawn")[number % 2] for number in range(12)]
    at_once([lambda choice=choice: answer(busy, member, ad_sms=choice) for choice in choices])
    records = history(busy, member)
    assert sorted(each["seq"] for each in records) == list(range(1, len(records) + 1))
    assert audit(busy) == []


def test_the_application_cannot_choose_number_or_hash(asking, alice, environment) -> None:
    answer(asking, alice, ad_sms="refused")
    member: UUID = member_id(asking, alice)
    with psycopg.connect(environment["DATABASE_URL"]) as connection:
        connection.execute("SELECT set_config('app.brand_id', %s, true)", (str(asking.brand_id),))
        row = connection.execute(
            "INSERT INTO consent_records (brand_id, member_id, seq, purpose, action, source,"
            " actor, recorded_by, at, prev_hash, row_hash)"
            " VALUES (%s, %s, 900, 'ad_push', 'refused', 'x', 'x', 'x', now(), 'a', 'b')"
            " RETURNING seq, prev_hash, row_hash",
            (asking.brand_id, member),
        ).fetchone()
        connection.rollback()
    assert row[0] == 2
    assert row[1].hex() == history(asking, alice)[0]["hash"]
    assert len(row[2]) == 32
