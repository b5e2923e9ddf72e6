"""What other trackers were tried with, over every way in which two clones can share a desk.

Ann and Bob change the same desk at the same time; Ann's is shared first, and Bob meets it by
`tix sync`, by git with the merge driver, or by git without tix. Then all sync. Whatever the way,
the desk is the one that `tix sync` alone makes of the same changes, down to each byte.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.driver import Driver
from tests.forked import Forked
from tests.mails import JAN, letter
from tests.sync.conftest import manages, shown, synced, tip

LATER = {"TIX_NOW": "2031-01-01T00:00:00Z"}


class Met(NamedTuple):
    """Two clones of a desk with two tickets."""

    ann: Driver
    bob: Driver
    ticket: str
    other: str


class Scenario(NamedTuple):
    """What both do, and how a clone's desk is judged once all have synced.

    `driver` and `plain` say what git leaves in conflict at the ticket.yaml, as `git status` does,
    with the merge driver and without it: UU is changed by both, UD deleted by the other side, DU
    by this one. A rebase starts from the other side.
    """

    change: Callable[[Met], None]
    judge: Callable[[Driver, Met], None]
    driver: str = ""
    plain: str = ""
    is_sound: bool = True


class Way(NamedTuple):
    """How Bob's clone meets what Ann has shared: by a command of git's, else by `tix sync`."""

    git: tuple[str, ...] = ()
    driver: bool = False


def set_different_fields(met):
    met.ann.ok("set", met.ticket, "priority=high")
    met.bob.ok("tag", met.ticket, "+vip")


def has_different_fields(clone, met):
    found = shown(clone, met.ticket)
    assert (found["priority"], found["tags"]) == ("high", ["vip"])
    assert synced(clone, met.ticket) == []


def set_adjacent_fields(met):
    met.ann.ok("set", met.ticket, "priority=high")
    met.bob.ok("set", met.ticket, "queue=delivery")


def has_adjacent_fields(clone, met):
    found = shown(clone, met.ticket)
    assert (found["priority"], found["queue"]) == ("high", "delivery")


def comment(met):
    met.ann.ok("note", met.ticket, "-m", "Called the carrier.")
    met.bob.ok("note", met.ticket, "-m", "So did I.")


def has_both_comments(clone, met):
    texts = [one["text"] for one in shown(clone, met.ticket)["entries"]]
    assert set(texts[1:]) == {"Called the carrier.\n", "So did I.\n"}


def set_the_same_field(met):
    met.ann.ok("set", met.ticket, "priority=high")
    met.bob.ok("set", met.ticket, "priority=urgent", **LATER)


def has_the_later_value(clone, met):
    assert shown(clone, met.ticket)["priority"] == "urgent"
    [line] = synced(clone, met.ticket)
    assert (line["kept"], line["lost"]) == (["bob", "urgent"], ["ann", "high"])


def create(met):
    met.ann.new("One")
    met.bob.new("Two")


def has_both_tickets(clone, met):
    assert {"One", "Two"} <= {one["subject"] for one in clone.json("list")}


def import_one_mail(met):
    for one in (met.ann, met.bob):
        one.ok("import", "-", stdin=letter("<new@example.com>", sender=JAN))


def has_one_ticket_more(clone, met):
    assert len(clone.json("list")) == 3


def delete_against_edit(met):
    met.ann.git("rm", "-rq", met.ann.ok("path", met.ticket).strip())
    met.ann.git("commit", "-qnm", "away with it")
    met.bob.ok("note", met.ticket, "-m", "I work on it.")


def edit_against_delete(met):
    delete_against_edit(met._replace(ann=met.bob, bob=met.ann))


def has_the_whole_ticket(clone, met):
    assert [one["kind"] for one in shown(clone, met.ticket)["entries"]] == ["message", "note"]


def merge_against_reply(met):
    met.ann.ok("merge", met.ticket, met.other)
    met.bob.ok("reply", met.ticket, "-m", "It is on its way.", "--anyway")


def has_the_reply_in_the_survivor(clone, met):
    assert shown(clone, met.ticket)["status"] == "merged"
    texts = [one["text"] for one in shown(clone, met.other)["entries"]]
    assert "It is on its way.\n" in texts


def rename_a_queue_against_use(met):
    settings = met.ann.folder / "desk.yaml"
    settings.write_text(settings.read_text().replace("  delivery:", "  parcels:"))
    met.ann.git("commit", "-qnam", "delivery is parcels now")
    met.bob.ok("set", met.other, "queue=delivery")


def has_the_queue_that_is_no_more(clone, met):
    assert shown(clone, met.other)["queue"] == "delivery"
    assert "delivery" in clone.run("check").out


SCENARIOS = {
    "different fields": Scenario(set_different_fields, has_different_fields, plain="UU"),
    "adjacent fields": Scenario(set_adjacent_fields, has_adjacent_fields, plain="UU"),
    "two comments": Scenario(comment, has_both_comments, plain="UU"),
    "same field": Scenario(set_the_same_field, has_the_later_value, plain="UU"),
    "both create": Scenario(create, has_both_tickets),
    "one mail": Scenario(import_one_mail, has_one_ticket_more),
    "delete against edit": Scenario(delete_against_edit, has_the_whole_ticket, "UD", "UD"),
    "edit against delete": Scenario(edit_against_delete, has_the_whole_ticket, "DU", "DU"),
    "merge against reply": Scenario(merge_against_reply, has_the_reply_in_the_survivor, plain="UU"),
    "rename of a queue": Scenario(
        rename_a_queue_against_use, has_the_queue_that_is_no_more, is_sound=False
    ),
}
PULL = "pull", "--no-rebase"
WAYS = {
    "sync": Way(),
    "driver": Way(PULL, driver=True),
    "plain": Way(PULL),
    "driver, rebase": Way(("-c", "pull.rebase=true", "pull"), driver=True),
    "plain, rebase": Way(("-c", "pull.rebase=true", "pull")),
    "plain, diff3": Way(("-c", "merge.conflictStyle=diff3", *PULL)),
    "plain, zdiff3": Way(("-c", "merge.conflictStyle=zdiff3", *PULL)),
    "driver, zdiff3": Way(("-c", "merge.conflictStyle=zdiff3", *PULL), driver=True),
    "plain, no renames": Way(("-c", "merge.renames=false", *PULL)),
    "driver, no renames": Way(("-c", "merge.renames=false", *PULL), driver=True),
}
# All others in `make test-long`.
SHORT = {("same field", "driver"), ("delete against edit", "plain")}


def cases():
    return [
        pytest.param(
            SCENARIOS[scenario],
            WAYS[way],
            id=f"{scenario}, {way}",
            marks=() if way == "sync" or (scenario, way) in SHORT else pytest.mark.long,
        )
        for scenario in SCENARIOS
        for way in WAYS
    ]


@pytest.fixture
def met(shared, staffed) -> Met:
    ticket = staffed.new("Parcel is late", "--priority", "normal")
    other = staffed.new("The same parcel")
    return Met(*shared(), ticket, other)


def apart(met: Met, remote: Path, folder: Path) -> Met:
    """Copy the clones and their remote to a folder."""
    folder.mkdir()
    for one in (met.ann.folder, met.bob.folder, remote):
        shutil.copytree(one, folder / one.name, symlinks=True)
    clones = [Forked(folder / one.folder.name, one.env) for one in (met.ann, met.bob)]
    for one in clones:
        one.git("remote", "set-url", "origin", str(folder / remote.name))
    return Met(*clones, met.ticket, met.other)


def share(met: Met, way: Way) -> str:
    """Share Ann's with Bob; return what git leaves in conflict, for Bob to settle."""
    if not way.git:
        met.ann.ok("sync")
        met.bob.ok("sync")
        return ""
    met.ann.git("push", "-q")
    managed = manages(met.bob, *way.git)
    rows = [one for one in met.bob.git("status", "--porcelain").splitlines() if "U" in one[:2]]
    assert managed is not bool(rows)
    assert all(one.endswith(f"/{met.ticket}/ticket.yaml") for one in rows)
    return " ".join(one[:2] for one in rows)


def look(met: Met, left: str) -> None:
    """Look at the ticket while git's merge, or rebase, waits: it is in sight, and that is said."""
    found = met.bob.run("show", met.ticket)
    if left == "DU":
        assert "`tix sync` settles" in found.err
    else:
        assert found.status == 0
        assert ("`tix sync` settles it" in found.err) is (left == "UU")
    listed = met.bob.run("list", "")
    assert (met.ticket in listed.out) is (left != "DU")
    assert "waits here: `tix sync` settles" in listed.err


def go_on(met: Met) -> None:
    """Settle what waits: a merge is concluded by `tix sync`, a rebase goes on by git's word."""
    while (met.bob.folder / ".git/rebase-merge").exists():
        said = met.bob.fails(4, "sync")
        # Of a deletion that does not stand nothing is left.
        then = "--skip" if "nothing is left to commit" in said else "--continue"
        assert f"`git rebase {then}`" in said
        assert manages(met.bob, "rebase", then)


def quiet(met: Met) -> None:
    """Sync until both have the same, and nothing is left to do."""
    for one in (met.bob, met.ann):
        one.ok("sync")
    assert tip(met.ann) == tip(met.bob)
    for one in (met.ann, met.bob):
        one.clean()
        assert one.json("sync")["done"] == "nothing"


@pytest.mark.parametrize(("scenario", "way"), cases())
def test_it_comes_to_what_sync_makes_of_it(met, remote, tmp_path, on_path, scenario, way):
    if way.driver:
        for one in (met.ann, met.bob):
            one.ok("hook", "install")
    scenario.change(met)
    control = apart(met, remote, tmp_path / "control") if way.git else met
    left = share(met, way)
    assert left == expected(scenario, way)
    if left:
        look(met, left)
        go_on(met)
    quiet(met)
    scenario.judge(met.ann, met)
    assert (met.ann.run("check").status == 0) is scenario.is_sound
    if way.git:
        share(control, WAYS["sync"])
        quiet(control)
        assert tree(met) == tree(control)


def expected(scenario: Scenario, way: Way) -> str:
    left = scenario.driver if way.driver else scenario.plain if way.git else ""
    # A rebase puts Bob's commits upon Ann's: what he deleted, git finds deleted by her.
    return left[::-1] if "pull.rebase=true" in way.git else left


def tree(met: Met) -> str:
    return met.ann.git("rev-parse", "HEAD^{tree}").strip()
