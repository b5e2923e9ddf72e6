"""What git leaves half done other than a merge: `tix sync` settles it, and says how to go on."""

import pytest

from tests.sync.conftest import manages, place, settle, shown


def stash(clone, ticket):
    """Put an edit by hand aside, upon what others have changed meanwhile."""
    mine = clone.folder / place(clone, ticket)
    clone.git("reset", "-q", "--hard", "HEAD~1")
    mine.write_text(mine.read_text().replace("queue: support", "queue: delivery"))
    clone.git("stash", "-q")
    clone.git("merge", "-q", "origin/main")


@pytest.mark.parametrize(
    ("command", "then"),
    [
        (("cherry-pick", "origin/main"), ("cherry-pick", "--continue")),
        *(
            pytest.param(*both, marks=pytest.mark.long)
            for both in [
                (("merge", "--squash", "origin/main"), ("commit",)),
                (("stash", "pop"), ("commit",)),
                (("am", "-3", "0001.patch"), ("am", "--continue")),
            ]
        ),
    ],
    ids=lambda one: one[0],
)
def test_it_is_shown_settled_and_gone_on_with(met, command, then):
    ticket, ann, bob = met
    if command[0] == "am":
        (bob.folder / ".git/0001.patch").write_text(ann.git("format-patch", "-1", "--stdout"))
        command = (*command[:-1], ".git/0001.patch")
    if command[0] == "stash":
        stash(bob, ticket)
    assert not manages(bob, *command)
    found = shown(bob, ticket)
    assert (found["priority"], found["queue"]) == ("high", "delivery")
    assert "`tix sync` settles it" in bob.run("show", ticket).err
    assert f"go on with `git {' '.join(then)}`" in bob.fails(4, "sync")
    assert manages(bob, *then, *(["-mmine"] if then == ("commit",) else []))
    settle(bob, ann)
    found = shown(ann, ticket)
    assert (found["priority"], found["queue"]) == ("high", "delivery")


def test_a_line_is_not_taken_back_by_a_revert(met):
    ticket, ann, bob = met
    ann.ok("tag", ticket, "+vip")
    assert not manages(ann, "revert", "--no-edit", "HEAD~1")
    assert shown(ann, ticket)["priority"] == "high"
    assert "`git revert --skip`" in ann.fails(4, "sync")
    assert manages(ann, "revert", "--skip")
    settle(ann, bob)
    assert shown(bob, ticket)["priority"] == "high"


@pytest.mark.long
@pytest.mark.parametrize("merger", [0, 1], ids=["who deleted", "who wrote"])
@pytest.mark.parametrize("driver", [True, False], ids=["driver", "plain"])
def test_what_git_takes_for_a_renamed_ticket_is_two(shared, staffed, on_path, driver, merger):
    ticket = staffed.new("Parcel is late")
    clones = ann, bob = shared()
    for one in clones if driver else ():
        one.ok("hook", "install")
    other = ann.new("Parcel is late")
    ann.git("reset", "-q", "--soft", "HEAD~1")
    ann.git("rm", "-rq", ann.ok("path", ticket).strip())
    ann.git("commit", "-qnm", "one away, one much alike")
    bob.ok("note", ticket, "-m", "I work on it.")
    clones[1 - merger].git("push", "-q")
    mine, others = clones[merger], clones[1 - merger]
    assert not manages(mine, "pull", "--no-rebase")
    known = ticket if merger else other
    assert len(shown(mine, known)["entries"]) == 1 + merger
    settle(mine, others)
    kinds = [[one["kind"] for one in shown(ann, name)["entries"]] for name in (ticket, other)]
    assert kinds == [["message", "note"], ["message"]]
