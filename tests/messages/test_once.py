"""Whatever providers and workers do, nobody is told the same thing twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.db import transaction
from app.messages import services
from app.messages.jobs import carry, carry_due
from app.queue import run_worker
from tests.messages.test_delivering import NOW, SENDER, send, state
from tests.support import api, solapi

MOODS = ("lost", "down", "busy", "vanish", "refuse", "well")


@pytest.fixture
def provider(app, busy_app, monkeypatch):
    with solapi.running() as server:
        for each in (app, busy_app):
            monkeypatch.setitem(each.config, "SOLAPI_URL", server.url)
            monkeypatch.setitem(each.config, "SOLAPI_KEY", solapi.KEY)
            monkeypatch.setitem(each.config, "SOLAPI_SECRET", solapi.SECRET)
        yield server


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(moods=st.lists(st.sampled_from(MOODS), max_size=8), seconds=st.integers(1, 400))
def test_no_sequence_of_moods_sends_twice_and_every_message_comes_to_an_end(
    app, provider, make_brand, moods, seconds
) -> None:
    live = make_brand(test=False, messages=SENDER)
    provider.messages.clear()
    provider.moods.clear()
    provider.moods.extend(moods)
    with app.app_context():
        send(live)
        moment = NOW
        while moment < NOW + timedelta(hours=2):
            carry_due(live.brand_id, moment)
            moment += timedelta(seconds=seconds * 5)
        assert len(provider.messages) <= 1
        provider.report("4000")
        carry_due(live.brand_id, NOW + timedelta(hours=25))
        said = state(live)
    assert said[0] == ("delivered" if provider.messages else "failed"), said


def test_of_ten_workers_one_sends(busy_app, provider) -> None:
    live = api.make_brand(busy_app, test=False, messages=SENDER)
    with busy_app.app_context():
        message = send(live)

    def work(_):
        with busy_app.app_context():
            carry(live.brand_id, message.id, NOW)

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(work, range(10)))
    assert len(provider.messages) == 1


def test_a_worker_takes_the_job_that_asking_for_a_message_left(app, brand) -> None:
    with app.app_context():
        send(brand)
    run_worker(app, wait=False)
    with app.app_context(), transaction(brand.brand_id):
        assert services.list_outbox(brand.brand_id, 1)[0].message.state == "delivered"
