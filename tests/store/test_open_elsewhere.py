"""Records that another program has open: nothing is put in their place, and their key stays, until it closes them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.store.profile import Profile
from tests.made_laptop import KEY, FixedClock, enrolled_store

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the other program is made by forking")


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profile:
    with enrolled_store(tmp_path) as store:
        store.write(lambda unit: unit.state.set("word", "backed up"))
        store.back_up()
    monkeypatch.setattr(Profile, "_key", lambda _profile, _passphrase: KEY)
    (tmp_path / "key.json").write_bytes(b"a key")
    return Profile(tmp_path)


@contextmanager
def open_elsewhere(profile: Profile) -> Iterator[Callable[[str], None]]:
    """Another program has the records open, and saves the word it is given."""
    to_child, from_child = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        os.close(to_child[1])
        with profile.unlock("", FixedClock()) as store:
            os.write(from_child[1], b"!")
            while word := os.read(to_child[0], 100).decode():
                store.write(lambda unit, word=word: unit.state.set("word", word))
                os.write(from_child[1], b"!")
        os._exit(0)
    os.close(to_child[0])

    def save(word: str) -> None:
        os.write(to_child[1], word.encode())
        assert os.read(from_child[0], 1) == b"!"

    assert os.read(from_child[0], 1) == b"!"
    try:
        yield save
    finally:
        os.close(to_child[1])
        assert os.waitpid(child, 0)[1] == 0
        os.close(from_child[0])
        os.close(from_child[1])


def word_in(profile: Profile) -> str | None:
    with profile.unlock("", FixedClock()) as store, store.reading() as view:
        return view.state.get("word", str)


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(Actionable) as refused:
        work()
    return refused.value.code


def test_nothing_that_is_saved_meanwhile_is_lost_to_a_restore(profile: Profile) -> None:
    with open_elsewhere(profile) as save:
        assert refusal(lambda: profile.restore_newest("")) == "in_use"
        save("newest")
    assert word_in(profile) == "newest"
    profile.restore_newest("")
    assert word_in(profile) == "backed up"
    profile.restore_newest("")
    assert word_in(profile) == "backed up"


def test_who_has_them_alone_keeps_others_off_until_they_are_closed(profile: Profile) -> None:
    with profile.unlock("", FixedClock()) as store:
        with open_elsewhere(profile) as save:
            assert not store.alone()
            save("newest")
        assert store.alone()
        assert refusal(lambda: profile.unlock("", FixedClock())) == "in_use"
        assert refusal(lambda: profile.restore_newest("")) == "in_use"
    assert word_in(profile) == "newest"
