"""What is kept of tickets and added up gives the same reports as replaying them all."""

from __future__ import annotations

import random
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.driver import Driver
from tests.reports.desk import SETTINGS, at
from tests.reports.test_invariants import CASE, MOMENT, UNTIL
from tix.desk import Desk
from tix.ids import ticket_path
from tix.index import database, figures
from tix.model import Ticket
from tix.reports import BY, REPORTS, Case, Kept, Report, filling, keeping

EVERY = [(name, by) for name in BY for by in ("", *BY[name])]
BASIS = keeping.basis(SETTINGS)


def _named(cases: list[Case]) -> dict[str, Case]:
    found = {}
    for number, one in enumerate(cases):
        fields = {name: getattr(one.ticket, name) for name in Ticket.__slots__}
        day = one.ticket.id[:6] or "x"
        fields["id"] = f"{day}-{number:08}"
        fields["tags"] = tuple(dict.fromkeys(fields["tags"]))
        found[fields["id"]] = Case(Ticket(**fields), one.messages)
    return found


def _kept(cases: dict[str, Case]) -> Kept:
    held = database.create(None)
    rows = [(name, "tag", tag) for name, one in cases.items() for tag in one.ticket.tags]
    held.executemany("INSERT INTO sets VALUES (?, ?, ?)", rows)
    held.executemany("INSERT INTO tickets (id) VALUES (?)", ((name,) for name in cases))
    figures.keep(held, BASIS, [keeping.figured(one, SETTINGS) for one in cases.values()])
    return Kept(
        lambda asked: figures.answer(held, BASIS, asked),
        lambda names: [cases[name] for name in names],
    )


@given(
    st.lists(CASE, max_size=5),
    st.sampled_from(EVERY),
    MOMENT.map(lambda one: max(one, at(0))),
    UNTIL,
    UNTIL,
)
def test_what_is_kept_adds_up_to_what_replaying_counts(
    cases: list[Case], asked: tuple[str, str], now: datetime, since: datetime, until: datetime
) -> None:
    (name, by), named = asked, _named(cases)

    def report(source: list[Case] | Kept) -> Report:
        return REPORTS[name](source, SETTINGS, now, since=since, until=until, by=by)

    assert report(list(named.values())).data() == report(_kept(named)).data()


def whole(desk: Driver) -> list[dict[str, Any]]:
    """All reports, of replayed tickets."""
    with Desk.open(desk.folder) as opened:
        return [
            REPORTS[name](filling.cases(opened), opened.settings, NOW_OF_DESK, by=by).data()
            for name, by in EVERY
        ]


def kept(desk: Driver) -> list[dict[str, Any]]:
    """All reports, of what is kept."""
    with Desk.open(desk.folder) as opened:
        found = filling.kept(opened)
        return [
            REPORTS[name](found, opened.settings, NOW_OF_DESK, by=by).data() for name, by in EVERY
        ]


# Later than all that the tests do, and not by so many days that rows a day take long.
NOW_OF_DESK = datetime.now(UTC).replace(microsecond=0) + timedelta(days=60)


def _by_hand(desk: Driver, name: str, old: str, new: str) -> None:
    path = desk.folder / ticket_path(name)
    path.write_text(path.read_text().replace(old, new, 1))
    desk.git("add", "-A")
    desk.git("commit", "-qnm", "by hand")


def _drop_an_entry(desk: Driver, name: str) -> None:
    entries = sorted((desk.folder / ticket_path(name)).parent.glob("*.md"))
    desk.git("rm", "-q", str(entries[-1]))
    desk.git("commit", "-qnm", "gone")


CHANGES = {
    "reply": lambda desk, name: desk.ok("reply", name, "-m", "Soon", "--anyway"),
    "note": lambda desk, name: desk.ok("note", name, "-m", "Lost"),
    "solve": lambda desk, name: desk.run("status", name, "solved"),
    "open": lambda desk, name: desk.run("status", name, "open"),
    "assign": lambda desk, name: desk.run("assign", name, "ann"),
    "tag": lambda desk, name: desk.ok("tag", name, "+late"),
    "new": lambda desk, _: desk.new("Another", "--channel", "phone"),
    "undo": lambda desk, _: desk.run("undo"),
    "status by hand": lambda desk, name: _by_hand(desk, name, "status: ", "status: gone-"),
    "line by hand": lambda desk, name: _by_hand(
        desk, name, "timeline:", "satisfaction: 5\ntimeline:"
    ),
    "entry gone": _drop_an_entry,
    "back": lambda desk, _: desk.git("reset", "-q", "--hard", "HEAD~2"),
}


@pytest.mark.parametrize("seed", range(2))
def test_reports_follow_whatever_changes_a_desk(desk: Driver, seed: int) -> None:
    drawn = random.Random(seed)
    names = [desk.new(f"Parcel {number}", "--channel", "phone") for number in range(3)]
    assert kept(desk) == whole(desk)
    for _ in range(5):
        change = drawn.choice(list(CHANGES))
        there = [one for one in names if (desk.folder / ticket_path(one)).exists()]
        CHANGES[change](desk, drawn.choice(there))
        assert kept(desk) == whole(desk), change


def test_what_is_kept_is_of_the_statuses_it_was_worked_out_with(desk: Driver) -> None:
    name = desk.new("Parcel")
    desk.ok("status", name, "pending")
    before = kept(desk)
    path = desk.folder / "desk.yaml"
    path.write_text(f"{path.read_text()}statuses:\n  pending: solved\n")
    desk.git("commit", "-qanm", "waiting is solved")
    assert kept(desk) == whole(desk) != before


def test_only_what_has_changed_is_worked_out_again(desk: Driver, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    names = [desk.new(f"Parcel {number}") for number in range(3)]
    kept(desk)
    desk.ok("note", names[1], "-m", "Lost")
    seen: list[str] = []
    work = keeping.figured
    monkeypatch.setattr(
        keeping, "figured", lambda case, held: seen.append(case.ticket.id) or work(case, held)
    )
    kept(desk)
    assert seen == [names[1]]


def test_processes_beside_this_one_work_out_the_same(desk: Driver, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    for number in range(6):
        desk.new(f"Parcel {number}")
    monkeypatch.setattr(filling, "PIECE", 1)
    with Desk.open(desk.folder) as opened:
        filling.kept(opened)
        assert opened.index.unfigured(keeping.basis(opened.settings)) == []
    assert kept(desk) == whole(desk)


def _for_reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def test_an_index_that_cannot_be_written_has_figures_all_the_same(
    desk: Driver,
    monkeypatch,  # type: ignore[no-untyped-def]
) -> None:
    name = desk.new("Parcel", "--channel", "phone")
    kept(desk)
    desk.ok("reply", name, "-m", "Soon")
    desk.ok("list")
    monkeypatch.setattr(database, "connect", _for_reading)
    assert kept(desk) == whole(desk)
    monkeypatch.undo()
    with Desk.open(desk.folder) as opened:
        assert opened.index.unfigured(keeping.basis(opened.settings)) == [name]
