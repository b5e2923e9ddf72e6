"""tix edit: a ticket's file by hand; nothing invalid is ever committed."""

import pytest

from tests.cli import terminal

WRONG = {
    "s/^status: open/status: [open/": "expected",
    "s/^status: open/status: opn/": "did you mean 'open'",
    "s/^status: open/status: merged/": "cannot become merged",
    "s/^priority: normal/priority: hihg/": "did you mean 'high'",
    "s/^queue: .*/queue: nowhere/": "unknown queue",
    "s/^assignee: bob/assignee: nobody/": "unknown agent",
    "s/^requester: .*/requester: jan/": "no address",
    "s/^subject: .*/subject:/": "subject",
    "s/^id: .*/id: 261122-7k3fqx9m/": "another ticket's folder",
    "s/^- {at: [0-9]*/- {at: 2001/": "timeline must stay",
    "s/^- old/- not a tag/": "no tag",
    "s/^timeline:/custom:\\n  contarct: C-1\\ntimeline:/": "contarct",
    "s/^timeline:/due: someday\\ntimeline:/": "due",
    "s/^subject: First/subject: \\xff/": "UTF-8",
    "s/^timeline:/links:\\n- loves: OTHER\\ntimeline:/": "kind of link",
    "s/^timeline:/links:\\n- blocks: 261122-7k3fqx9m\\ntimeline:/": "no ticket",
    "s/^timeline:/links:\\n- blocks: ITSELF\\ntimeline:/": "itself",
    "s/^timeline:/cc:\\n- ola\\ntimeline:/": "no address",
    "s/^timeline:/followers:\\n- nobody\\ntimeline:/": "unknown agent",
    "s/^timeline:/merged-into: OTHER\\ntimeline:/": "merged-into",
    "s/^subject: .*/subject: A\\nsubject: B/": "twice",
    "1,$ d": "no format",
}


@pytest.mark.parametrize("turn", range(2))
def test_an_invalid_result_is_shown_kept_and_not_committed(worked, turn):
    desk, tickets = worked
    head = desk.git("rev-parse", "HEAD")
    for pattern, said in [*WRONG.items()][turn::2]:
        script = pattern.replace("OTHER", tickets.other).replace("ITSELF", tickets.open)
        done = desk.run("edit", tickets.open, EDITOR=f"sed -i '{script}'")
        assert done.status in (1, 2, 3), (script, done)
        assert said in done.err, (script, done)
        kept = desk.folder / ".git" / "tix" / "drafts" / f"{tickets.open}.yaml"
        assert str(kept) in done.err
        assert kept.exists()
        assert desk.git("rev-parse", "HEAD") == head
    desk.clean()


def test_what_is_valid_is_one_commit_with_its_line(worked):
    desk, tickets = worked
    script = "-e s/^subject:.*/subject:\\ Better/ -e s/^priority:.*/priority:\\ high/"
    script += " -e s/^-\\ old/-\\ new/"
    script += " -e 's/^status: open/status: pending/'"
    [made] = desk.json("edit", tickets.open, EDITOR=f"sed -i {script}")
    [event] = made["events"]
    assert event["subject"] == ["First", "Better"]
    assert event["priority"] == ["normal", "high"]
    assert event["tags"] == ["+new", "-old"]
    assert event["status"] == ["open", "pending"]
    assert event["by"] == "ann"
    assert "open -> pending" in desk.git("log", "-1", "--format=%s")
    assert not (desk.folder / ".git/tix/drafts" / f"{tickets.open}.yaml").exists()
    desk.ok("check")
    desk.clean()
    assert "as it was" in desk.ok("edit", tickets.open, EDITOR="true")


def test_an_editor_that_empties_the_file_changes_nothing(worked):
    desk, tickets = worked
    assert "ticket.yaml:1" in desk.fails(1, "edit", tickets.open, EDITOR="truncate -s 0")
    desk.clean()


def test_unknown_keys_survive_and_dropped_comments_are_told(worked):
    desk, tickets = worked
    done = desk.run("edit", tickets.open, EDITOR="sed -i 's/^timeline:/x-own: kept\\ntimeline:/'")
    assert done.status == 0
    assert "keys that tix does not know" in done.out
    path = next(desk.folder.rglob(f"{tickets.open}/ticket.yaml"))
    desk.ok("tag", tickets.open, "+a")
    assert "x-own: kept" in path.read_text()
    for comment in ("# by hand\ntimeline:", "timeline: # the lines"):
        path.write_text(path.read_text().replace("timeline:", comment))
        desk.git("commit", "-qam", "a comment")
        assert "comments" in desk.run("set", tickets.open, "priority=low").err
        assert "#" not in path.read_text()
        assert "comments" not in desk.run("set", tickets.open, "priority=high").err


def test_an_editor_that_fails_is_missing_or_removes_the_file_changes_nothing(worked):
    desk, tickets = worked
    head = desk.git("rev-parse", "HEAD")
    for command in ("edit", "note", "reply"):
        for editor, said in (("false", "status 1"), ("rm", "left no file"), (" ", "no terminal")):
            done = desk.run(command, tickets.open, EDITOR=editor)
            assert done.status in (1, 2)
            assert said in done.err, (command, editor, done)
        assert "no editor 'nonesuch': set $EDITOR" in desk.run(
            command, tickets.open, EDITOR="nonesuch"
        ).err.replace("\n", " ")
    assert desk.git("rev-parse", "HEAD") == head
    desk.clean()


def test_a_text_that_was_refused_is_not_overwritten_by_the_next(worked):
    desk, tickets = worked
    for subject in ("First try", "Second try"):
        script = f"-e 's/^subject:.*/subject: {subject}/' -e 's/^priority:.*/priority: hihg/'"
        assert desk.run("edit", tickets.open, EDITOR=f"sed -i {script}").status == 1
    kept = "".join(one.read_text() for one in (desk.folder / ".git/tix/drafts").iterdir())
    assert "First try" in kept
    assert "Second try" in kept


def test_an_edit_under_which_the_ticket_moved_ends_with_4_and_is_kept(worked, tmp_path):
    import sys

    desk, tickets = worked
    script = tmp_path / "slow.sh"
    script.write_text(
        f"#!/bin/sh\n{sys.executable} -m tix tag {tickets.open} +meanwhile >/dev/null\n"
        'sed -i "s/^subject: First/subject: Mine/" "$1"\n'
    )
    script.chmod(0o755)
    done = desk.run("edit", tickets.open, EDITOR=str(script))
    assert done.status == 4
    assert "kept in" in done.err
    assert "Mine" in (desk.folder / ".git/tix/drafts" / f"{tickets.open}.yaml").read_text()
    assert desk.json("show", tickets.open)["tags"] == ["meanwhile", "old"]


def test_on_a_terminal_one_can_go_back_to_what_was_wrong(worked, tmp_path):
    desk, tickets = worked
    script = tmp_path / "twice.sh"
    script.write_text(
        '#!/bin/sh\nif grep -q "^priority: hihg" "$1"\n'
        'then sed -i "s/^priority: hihg/priority: high/" "$1"\n'
        'else sed -i "s/^priority: normal/priority: hihg/" "$1"; fi\n'
    )
    script.chmod(0o755)
    done = terminal.run(desk.folder, "edit", tickets.open, typed="y\n", EDITOR=str(script))
    assert done.status == 0, done.out
    assert "did you mean 'high'" in done.out
    assert "Edit it again?" in done.out
    assert desk.json("show", tickets.open)["priority"] == "high"
    desk.ok("set", tickets.open, "priority=normal")
    done = terminal.run(desk.folder, "edit", tickets.open, typed="n\n", EDITOR=str(script))
    assert done.status == 1
    assert desk.json("show", tickets.open)["priority"] == "normal"


def test_a_field_changed_by_hand_stands_and_the_next_write_notes_it(worked):
    desk, tickets = worked
    path = next(desk.folder.rglob(f"{tickets.open}/ticket.yaml"))
    path.write_text(path.read_text().replace("priority: normal", "priority: urgent", 1))
    assert "not committed" in desk.fails(4, "tag", tickets.open, "+a")
    assert "priority: urgent" in path.read_text()
    desk.git("commit", "-qam", "by hand")
    assert "by hand: priority normal → urgent" in desk.ok("log", tickets.open)
    desk.ok("tag", tickets.open, "+a")
    hand, own = desk.json("show", tickets.open)["timeline"][-2:]
    assert (hand["by"], hand["priority"]) == ("hand", ["normal", "urgent"])
    assert own["tags"] == ["+a"]
