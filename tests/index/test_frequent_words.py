"""A word that many texts have gives the same tickets as one that few have."""

import pytest

from tix.desk import Desk
from tix.index import index


@pytest.mark.parametrize("words", [["parcel"], ["parcel", "lost"], ["parcel", "-lost"], ["zebra"]])
@pytest.mark.parametrize("sort", ["-updated", "created", "id", "subject"])
def test_the_first_of_many_are_the_same_either_way(worked, monkeypatch, words, sort):
    rarely = worked.select(words, sort, 3)
    monkeypatch.setattr(index, "FREQUENT", 1)
    assert worked.select(words, sort, 3) == rarely
    assert bool(rarely) == (words != ["zebra"])


@pytest.fixture
def worked(desk):
    for number in range(6):
        desk.new(f"Parcel {number}" if number % 3 else "Letter", "--tag", "x")
    names = desk.ok("list", "--format", "ids").split()
    desk.ok("note", names[0], "-m", "lost parcel")
    with Desk.open(desk.folder) as opened:
        yield opened
