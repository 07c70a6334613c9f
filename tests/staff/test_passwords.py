"""Passwords: any long text that is not common will do, and it is kept as argon2id alone."""

from threading import Event, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.staff.rules.passwords import fault_of
from app.staff.services import hashing


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(blacklist_categories=("Cs",)), min_size=12, max_size=64))
def test_any_text_works_as_it_is_and_no_other(password: str) -> None:
    kept = hashing.hash_password(password)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert hashing.is_password(kept, password)
    assert not hashing.is_password(kept, password + " ")
    assert not hashing.is_password(kept, password[:-1])


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("elevenchars", "short"),
        ("x" * 129, "long"),
        ("Password2026", "common"),
        ("qwertyuiop12", "common"),
        ("123456789012", "common"),
        ("qwer1234qwer1234", "common"),
        ("aaaaaaaabbbb", "common"),
        ("dangoldangol", "common"),
        ("kim.operator.1", "personal"),
        ("단골상회2026!!!!!!", "personal"),
        ("correct horse battery staple", None),
        ("우산 세 개와 젖은 양말", None),
        ("839201748392", None),
    ],
)
def test_a_password_is_refused_for_what_anybody_would_try(password: str, fault: str | None) -> None:
    assert fault_of(password, ["kim.operator", "단골상회"]) == fault


def test_there_is_no_password_of_nobody() -> None:
    assert not hashing.is_password(None, "nobody has this password")
    assert not hashing.is_password("no hash at all", "nobody has this password")


def test_only_so_many_are_hashed_at_once() -> None:
    for _ in range(hashing.AT_ONCE):
        hashing._slots.acquire()
    done = Event()
    thread = Thread(target=lambda: (hashing.hash_password("waits for its turn"), done.set()))
    thread.start()
    assert not done.wait(0.3)
    for _ in range(hashing.AT_ONCE):
        hashing._slots.release()
    assert done.wait(10)
    thread.join()
