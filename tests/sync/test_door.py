"""A server takes only what is a valid desk, by people who may do it; pushed with plain git."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.forked import Forked
from tests.mails import letter
from tests.sync.conftest import by, place, settle, tip
from tests.sync.pushing import commit, push, refused, source


def test_what_agents_do_is_taken(guarded):
    ticket, ann, bob = guarded
    bob.ok("reply", ticket, "-m", "On its way.", "--status", "pending", "--anyway")
    bob.ok("import", "-", stdin=letter("<2@example.com>", subject=f"Re: [#{ticket}]"))
    bob.ok("solve", ticket)
    made = bob.new("By Bob", "--assign", "ann")
    bob.ok("merge", made, ticket)
    bob.ok("merge", "--undo", made)
    bob.ok("undo")
    assert push(bob).returncode == 0, push(bob).stderr
    ann.ok("set", ticket, "priority=high")
    settings = ann.folder / "desk.yaml"
    settings.write_text(settings.read_text() + "categories: [parcel]\n")
    ann.git("commit", "-qam", "categories")
    settle(ann, bob)


def test_what_sync_merges_is_taken(guarded):
    ticket, ann, bob = guarded
    ann.ok("set", ticket, "priority=high")
    bob.ok("set", ticket, "priority=low")
    settle(ann, bob)


def test_a_line_in_anothers_name(guarded):
    ticket, _, bob = guarded
    text = source(bob, ticket)
    line = "- {at: 2031-01-01T00:00:00Z, by: ann, priority: [normal, high], n: abcdef}\n"
    text = text.replace("priority: normal\n", "priority: high\n") + line
    commit(bob, place(bob, ticket), text)
    refused(bob, "n: abcdef", "is by ann, the commit by bob")


@pytest.mark.parametrize(
    ("by", "what"),
    [
        ("mail", "priority: [normal, high]"),
        ("mailer", "priority: [normal, high]"),
        ("mail", "message: 12345678, priority: [normal, high]"),
    ],
)
def test_a_line_in_the_name_of_mail_that_is_none(guarded, by, what):
    ticket, _, bob = guarded
    line = f"- {{at: 2031-01-01T00:00:00Z, by: {by}, {what}, n: abcdef}}\n"
    text = source(bob, ticket).replace("priority: normal\n", "priority: high\n") + line
    commit(bob, place(bob, ticket), text)
    refused(bob, f"n: abcdef is by {by}, which does not change priority here")


def test_an_entry_in_anothers_name(guarded):
    ticket, _, bob = guarded
    bob.ok("note", ticket, "-m", "I did.")
    [path] = [one for one in (bob.folder / "tickets").rglob("*.md") if "I did." in one.read_text()]
    path.write_text(path.read_text().replace("by: bob", "by: ann"))
    bob.git("commit", "-qan", "--amend", "--no-edit")
    refused(bob, "this is by ann, the commit by bob")


def test_unknown_authors_and_committers(guarded):
    ticket, _, bob = guarded
    commit(bob, "README.md", "hello\n", **by("eve"))
    refused(bob, "eve@acme.example is no agent of this desk")
    commit(bob, "README.md", "hello\n", "--author", "Ann <ann@acme.example>")
    refused(bob, "bob commits in the name of ann")
    bob.ok("note", ticket, "-m", "x")
    bob.git("commit", "-q", "--amend", "--no-edit", "-n", GIT_COMMITTER_EMAIL="eve@evil.example")
    refused(bob, "committer eve@evil.example is no agent")


def test_who_may_change_what(guarded):
    _, _, bob = guarded
    commit(bob, "desk.yaml", (bob.folder / "desk.yaml").read_text() + "language: pl\n")
    refused(bob, "desk.yaml", "bob is no lead")
    commit(bob, "templates/reply/x.en.md", "---\ndescription: x\n---\nhi\n")
    refused(bob, "templates/reply/x.en.md", "bob is no lead")
    viewer = Forked(bob.folder, by("vic"))
    commit(viewer, "README.md", "hello\n", **by("vic"))
    refused(viewer, "vic is a viewer")


def test_entries_stay_as_they_are(guarded):
    ticket, _, bob = guarded
    [entry] = (bob.folder / "tickets").rglob("*.md")
    path = str(entry.relative_to(bob.folder))
    commit(bob, path, entry.read_text() + "and more\n")
    refused(bob, path, "an entry and its files stay as they are")
    commit(bob, path, None)
    refused(bob, path, "nothing is deleted or moved")
    bob.ok("set", ticket, "priority=high")
    assert push(bob).returncode == 0
    text = source(bob, ticket)
    assert text.count("[normal, high]") == 1
    commit(bob, place(bob, ticket), text.replace("[normal, high]", "[low, high]"))
    refused(bob, "has changed or is gone")


@pytest.mark.parametrize("how", ["line", "hand"])
def test_illegal_transitions(guarded, how):
    ticket, _, bob = guarded
    text = source(bob, ticket).replace("status: new\n", "status: merged\n", 1)
    line = "- {at: 2031-01-01T00:00:00Z, by: bob, status: [new, merged], n: abcdef}\n"
    commit(bob, place(bob, ticket), text + (line if how == "line" else ""))
    refused(bob, "the status new cannot become merged")


def test_broken_files_links_and_what_is_too_large(guarded):
    ticket, _, bob = guarded
    commit(bob, place(bob, ticket), "subject: [\n")
    refused(bob, place(bob, ticket), "line 2")
    folder = Path(place(bob, ticket)).parent
    link = bob.folder / folder / "files"
    link.symlink_to("/etc")
    commit(bob, "x", "x")
    refused(bob, f"{folder}/files", "this is a link")
    commit(bob, "quarantine/x.eml", b"x" * ((64 << 20) + 1))
    refused(bob, "quarantine/x.eml", "64 MiB is too large")


def test_history_is_not_rewritten_and_the_branch_stays(guarded):
    ticket, ann, bob = guarded
    bob.ok("note", ticket, "-m", "x")
    assert push(bob).returncode == 0
    before = tip(bob)
    bob.git("reset", "-q", "--hard", "HEAD~1")
    done = push(bob, "--force")
    assert done.returncode != 0
    assert "history is never rewritten" in " ".join(done.stderr.replace("remote:", " ").split())
    done = push(bob, "origin", ":main")
    assert done.returncode != 0
    assert ann.git("ls-remote", "origin", "main").startswith(before)


def test_a_merge_that_drops_what_others_did(guarded):
    ticket, ann, bob = guarded
    ann.ok("note", ticket, "-m", "from Ann")
    assert push(ann).returncode == 0
    bob.ok("note", ticket, "-m", "from Bob")
    bob.git("fetch", "-q")
    bob.git("merge", "-q", "--no-ff", "-s", "ours", "-m", "innocent", "origin/main")
    refused(bob, "has changed or is gone")


def hiding(guarded, *options: str) -> Forked:
    """Have Bob change a setting in a merge; return his clone."""
    ticket, ann, bob = guarded
    ann.ok("tag", ticket, "+a")
    assert push(ann).returncode == 0
    bob.ok("note", ticket, "-m", "x")
    bob.git("fetch", "-q")
    bob.git("merge", "-q", "--no-commit", "--no-ff", "-s", "ours", "origin/main")
    settings = bob.folder / "desk.yaml"
    settings.write_text(settings.read_text() + "language: pl\n")
    bob.git("commit", "-qan", *options)
    return bob


def test_a_merge_that_hides_a_change(guarded):
    bob = hiding(guarded, "-m", "innocent")
    refused(bob, "desk.yaml", "bob is no lead")


def test_a_merge_in_the_name_of_tix_is_what_tix_makes(guarded):
    bob = hiding(guarded, "-m", "sync", "--author", "tix <sync@tix.invalid>")
    refused(bob, "this is not what tix makes of that merge")


def test_rights_of_another_history_count_nothing_here(guarded):
    _, _, bob = guarded
    agents = (bob.folder / "agents.yaml").read_text()
    bob.git("switch", "-q", "--orphan", "mine")
    eve = "eve:\n  name: Eve\n  emails:\n  - eve@acme.example\n  role: lead\n"
    commit(bob, "agents.yaml", agents + eve, **by("eve"))
    bob.git("switch", "-q", "main")
    bob.git("merge", "-q", "--allow-unrelated-histories", "-X", "theirs", "-m", "x", "mine")
    refused(bob, "a history of its own")


def test_a_merge_that_takes_settings_back(guarded):
    _, ann, bob = guarded
    settings = ann.folder / "desk.yaml"
    settings.write_text(settings.read_text() + "language: pl\n")
    ann.git("commit", "-qam", "polish")
    assert push(ann).returncode == 0
    bob.git("switch", "-qc", "side", "HEAD")
    commit(bob, "README.md", "hello\n")
    bob.git("switch", "-q", "main")
    bob.git("pull", "-q", "--ff-only")
    bob.git("merge", "-q", "--no-commit", "--no-ff", "side")
    bob.git("checkout", "-q", "side", "--", "desk.yaml")
    bob.git("commit", "-qnm", "innocent")
    refused(bob, "desk.yaml", "bob is no lead")


def test_rights_that_somebody_had_once_count_nothing(guarded):
    """Whoever was a lead once may not go back to then, and change settings from there."""
    _, ann, bob = guarded
    agents = ann.folder / "agents.yaml"
    once = agents.read_text()
    start = tip(ann)
    agents.write_text(once.replace("bob:\n", "bob:\n  role: lead\n"))
    ann.git("commit", "-qam", "bob leads")
    agents.write_text(once)
    ann.git("commit", "-qam", "bob leads no more")
    assert push(ann).returncode == 0
    bob.git("pull", "-q")
    bob.git("switch", "-qc", "then", "HEAD~1")
    assert tip(bob) != start
    commit(bob, "desk.yaml", (bob.folder / "desk.yaml").read_text() + "language: pl\n")
    bob.git("switch", "-q", "main")
    bob.git("merge", "-q", "--no-ff", "-m", "innocent", "then")
    refused(bob, "desk.yaml", "bob is no lead")


def test_a_merge_by_somebody_unknown(guarded):
    ticket, ann, bob = guarded
    ann.ok("note", ticket, "-m", "x")
    assert push(ann).returncode == 0
    bob.new("Another")
    bob.git("fetch", "-q")
    bob.git("merge", "-q", "-m", "innocent", "origin/main", **by("eve"))
    refused(bob, "eve@acme.example is no agent of this desk")


def test_what_an_agent_wrote_by_mail_is_theirs_whoever_files_it(guarded):
    ticket, _, bob = guarded
    bob.ok("reply", ticket, "-m", "x", "--anyway")
    mail = letter("<7@acme.example>", subject=f"Re: [#{ticket}]", sender="Ann <ann@acme.example>")
    bob.ok("import", "-", stdin=mail)
    [line] = [one for one in bob.json("show", ticket)["timeline"] if one["by"] == "ann"][1:]
    assert push(bob).returncode == 0, push(bob).stderr
    bob.ok("check", "--audit")
    assert not any(one["disagreements"] for one in bob.json("log"))
    text = source(bob, ticket)
    forged = (
        f"- {{at: 2031-01-01T00:00:00Z, by: ann, message: {line['message']}, priority: [normal, "
    )
    forged = text.replace("priority: normal", "priority: low") + forged + "low], n: abcdef}\n"
    commit(bob, place(bob, ticket), forged)
    refused(bob, "n: abcdef is by ann, the commit by bob")


def test_a_first_push_is_looked_at_as_a_whole(staffed, tmp_path, on_path):
    """Also on a server that was guarded before anything lay there, whatever its HEAD names."""
    remote = tmp_path / "empty.git"
    staffed.git("init", "-q", "--bare", "-b", "trunk", str(remote))
    Forked(remote).ok("hook", "install", "--server")
    staffed.git("remote", "add", "origin", str(remote))
    ticket = staffed.new("Late")
    folder = Path(place(staffed, ticket)).parent
    [entry] = (staffed.folder / folder).glob("*.md")
    commit(staffed, str(folder / entry.name), None)
    (staffed.folder / folder / "junk.txt").write_text("junk")
    commit(staffed, str(folder / "junk.txt"), "junk")
    done = push(staffed, "-u", "origin", "main")
    assert "a ticket holds ticket.yaml" in " ".join(done.stderr.replace("remote:", " ").split())
    staffed.git("reset", "-q", "--hard", "HEAD~2")
    assert push(staffed, "-u", "origin", "main").returncode == 0
    commit(staffed, place(staffed, ticket), "subject: [\n")
    done = push(staffed)
    assert (done.returncode, "line 2" in done.stderr) == (1, True)


def test_a_branch_without_a_desk_is_no_desks_branch(staffed, tmp_path, on_path):
    remote = tmp_path / "empty.git"
    staffed.git("init", "-q", "--bare", str(remote))
    Forked(remote).ok("hook", "install", "--server")
    staffed.git("remote", "add", "origin", str(remote))
    staffed.git("switch", "-q", "--orphan", "code")
    commit(staffed, "main.c", "int main;\n")
    done = push(staffed, "origin", "code")
    assert "tix.path" in " ".join(done.stderr.replace("remote:", " ").split())


def test_one_mail_that_two_clones_filed_differently(guarded):
    """One live, one from an archive: their lines have one name, and two contents."""
    ticket, ann, bob = guarded
    ann.ok("reply", ticket, "-m", "From here on we write by mail.", "--anyway")
    settle(ann, bob)
    mail = letter("<8@acme.example>", subject=f"Re: [#{ticket}]", sender="Ann <ann@acme.example>")
    for one, options in ((ann, ["--live"]), (bob, [])):
        one.ok("import", *options, "-", stdin=mail)
    versions = {one.git("show", f"HEAD:{place(one, ticket)}") for one in (ann, bob)}
    assert len(versions) == 2
    settle(ann, bob)
    settle(bob, ann)


def test_what_plain_git_could_not_merge_is_taken_once_it_is_settled(guarded):
    ticket, ann, bob = guarded
    ann.ok("set", ticket, "priority=high")
    assert push(ann).returncode == 0
    bob.ok("set", ticket, "queue=delivery")
    pull = ["git", "-c", "core.editor=true", "pull", "-q", "--no-rebase"]
    subprocess.run(pull, cwd=bob.folder, env={**os.environ, **bob.env}, capture_output=True)
    bob.git("commit", "-qanm", "as it is")
    assert "two versions between conflict markers" in push(bob).stderr
    settle(bob, ann)
    found = ann.json("show", ticket)
    assert (found["priority"], found["queue"]) == ("high", "delivery")


def test_what_the_hook_reads_is_named(guarded, remote):
    assert "OLD NEW REF" in Forked(remote).fails(2, "hook", "run", "pre-receive", stdin="0 1\n")


def test_proposals_on_other_branches_are_free(guarded):
    _, _, bob = guarded
    bob.git("switch", "-qc", "proposal")
    commit(bob, "desk.yaml", (bob.folder / "desk.yaml").read_text() + "language: pl\n")
    assert push(bob, "origin", "proposal").returncode == 0
