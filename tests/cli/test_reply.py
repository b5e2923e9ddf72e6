"""Replies: from a template, a text or the editor; what was typed survives whatever happens."""

import json
from pathlib import Path

import pytest

from tests.cli import terminal

SCISSORS = "# ------------------------ >8"


@pytest.fixture
def editor(tmp_path):
    """Make an editor that puts a text on top of what it is given, keeping a copy of that."""

    def make(text: str, status: int = 0) -> str:
        script = tmp_path / "editor.sh"
        script.write_text(
            f'#!/bin/sh\ncp "$1" {tmp_path}/given\n'
            f'{{ printf "%s\\n" "{text}"; cat {tmp_path}/given; }} > "$1"\nexit {status}\n'
        )
        script.chmod(0o755)
        return str(script)

    return make


def last(desk, name: str) -> dict:
    return desk.json("show", name)["entries"][-1]


def kept(desk, name: str) -> list[str]:
    return [path.read_text() for path in sorted((desk.folder / ".git/tix/drafts").glob(f"{name}*"))]


def test_a_reply_is_filed_queued_and_answers_what_was_last_heard(desk):
    name = desk.new("Parcel", "--queue", "delivery")
    heard = desk.json("show", name)["entries"][0]
    [made] = desk.json("reply", name, "-m", "On its way.", "--cc", "Ola <Ola@example.com>")
    assert made["ticket"]["status"] == "open"
    assert made["ticket"]["assignee"] == "ann"
    assert made["ticket"]["cc"] == ["ola@example.com"]
    reply = last(desk, name)
    assert (reply["delivery"], reply["answers"]) == ("queued", heard["id"])
    assert reply["cc"] == ["ola@example.com"]
    assert reply["subject"] == f"Re: Parcel [#{name}]"
    assert reply["from"] == "Ann Example <delivery@acme.example>"
    phone = desk.ok("new", "Call", "-m", "x", "--channel", "phone", "--from", "j@e.com").strip()
    desk.ok("reply", phone, "-m", "Told them.")
    assert last(desk, phone)["delivery"] == ""


def test_a_reply_s_subject_has_no_other_ticket_s_tag(desk):
    old = desk.new("Parcel")
    new = desk.new(f"Re: again [#{old.upper()}] and [#4711]")
    reply = desk.json("reply", new, "-m", "Today.")[0]["events"][0]["message"]
    found = next(one for one in desk.json("show", new)["entries"] if one["id"] == reply)
    # Their own number, by which they find it, stays.
    assert found["subject"] == f"Re: again and [#4711] [#{new}]"


def test_the_ticket_s_language_chooses_the_template_and_english_stands_in(desk):
    for language, word in (("pl", "Dzień"), ("ru", "Здравствуйте"), ("eo", "Hello")):
        name = desk.new("T", "--set", f"language={language}")
        desk.ok("reply", name, "-t", "refund")
        reply = last(desk, name)
        assert word in reply["text"]
        assert "Ann Example" in reply["text"]
        assert reply["template"] == "refund"
    desk.ok("reply", name, "-t", "refund", "-m", "First of all:")
    assert last(desk, name)["text"].startswith("First of all:\n\nHello Jan")


def test_an_undefined_variable_stops_a_reply_before_anything_is_written(desk):
    folder = desk.folder / "templates"
    folder.mkdir()
    (folder / "own.en.md").write_text("---\ntitle: Own\n---\nDear {{ requester.nick }}\n")
    (folder / "evil.en.md").write_text("---\ntitle: Evil\n---\n{{ ticket.__class__.__mro__ }}\n")
    desk.git("add", "templates")
    desk.git("commit", "-qm", "templates")
    name, head = desk.new(), desk.git("rev-parse", "HEAD")
    head = desk.git("rev-parse", "HEAD")
    assert "nick" in desk.fails(1, "reply", name, "-t", "own")
    assert "template evil.en" in desk.fails(1, "reply", name, "-t", "evil")
    assert desk.git("rev-parse", "HEAD") == head
    assert kept(desk, name) == []
    done = desk.run("template", "check")
    assert done.status == 5
    assert "own.en.md" in done.out
    assert "evil.en.md" in done.out


def test_the_editor_shows_the_thread_below_a_line_and_only_what_is_above_is_sent(
    desk, editor, tmp_path
):
    name = desk.new("Parcel")
    desk.ok("note", name, "-m", "he is angry")
    desk.ok("reply", name, EDITOR=editor("Dear Jan,"))
    assert last(desk, name)["text"] == "Dear Jan,\n"
    given = (tmp_path / "given").read_text()
    head, _, below = given.partition(SCISSORS)
    assert head.strip() == ""
    assert "Where is it?" in below
    assert "INTERNAL NOTE" in below
    assert kept(desk, name) == []
    desk.ok("reply", name, "-t", "refund", "--edit", EDITOR=editor("PS first"))
    assert last(desk, name)["text"].startswith("PS first\nHello Jan")


def test_an_empty_text_aborts_and_a_thread_cannot_slip_into_the_reply(desk, editor):
    name = desk.new("Parcel")
    head = desk.git("rev-parse", "HEAD")
    assert "nothing was written" in desk.fails(1, "reply", name, EDITOR="true")
    assert "nothing was written" in desk.fails(1, "note", name, EDITOR="true")
    line = desk.fails(1, "reply", name, EDITOR="sed -i -e '/>8/d' -e '/^# Every/d'")
    assert "put it back" in line
    desk.ok("reply", name, EDITOR="sed -i -e '1iHello' -e '/>8/d'")
    assert last(desk, name)["text"] == "Hello\n"
    assert desk.git("rev-parse", "HEAD~1") == head


def test_what_was_typed_survives_every_refusal_and_resume_goes_on_with_it(desk, editor):
    name = desk.new("Parcel")
    done = desk.run("reply", name, "--status", "new", EDITOR=editor("Long answer"))
    assert done.status == 1
    assert f"tix reply {name} --resume" in done.err
    assert desk.run("reply", name, EDITOR=editor("Half", status=1)).status == 1
    assert [one.partition("\n")[0] for one in kept(desk, name)] == ["Half", "Long answer"]
    desk.ok("reply", name, "--resume", "--status", "pending", EDITOR="true")
    data = desk.json("show", name)
    assert data["status"] == "pending"
    assert data["entries"][-1]["text"] == "Half\n"
    assert [one.strip() for one in kept(desk, name)] == ["Long answer"]
    desk.ok("close", name)
    assert desk.run("reply", name, "-m", "Too late").status == 1
    assert desk.run("reply", name, "-m", "Even later").status == 1
    assert {"Too late\n", "Even later\n"} <= set(kept(desk, name))
    assert desk.run("note", name, "-m", "Noted", "--expect", "0" * 40).status == 4
    assert "Noted\n" in kept(desk, name)


def test_attachments_and_addresses_are_looked_at_before_the_editor_opens(desk, tmp_path):
    name = desk.new()
    mark = tmp_path / "opened"
    for words in (["--attach", "nothing.pdf"], ["--cc", "nobody"]):
        assert desk.run("reply", name, *words, EDITOR=f"touch {mark}; true").status in (2, 3)
    assert not mark.exists()


def test_a_reply_stops_where_somebody_wrote_meanwhile_and_shows_what(desk, tmp_path):
    name = desk.new("Parcel")
    desk.ok("show", name)
    desk.ok("note", name, "-m", "Careful, he sued us", "--as", "bob")
    done = desk.run("reply", name, "-m", "No worries")
    assert done.status == 4
    assert "Careful, he sued us" in done.err
    assert "--anyway" in done.err
    assert kept(desk, name) == ["No worries\n"]
    error = json.loads(desk.run("reply", name, "-m", "No worries", "--json").err)
    assert error["data"]["code"] == "conflict"
    desk.ok("show", name)
    desk.ok("reply", name, "--resume", EDITOR="true")
    assert last(desk, name)["text"] == "No worries\n"
    desk.ok("show", name)
    desk.ok("note", name, "-m", "Again", "--as", "bob")
    desk.ok("reply", name, "-m", "Never mind", "--anyway")
    desk.ok("note", name, "-m", "my own")
    desk.ok("reply", name, "-m", "Mine do not stop me")


def test_somebody_who_writes_while_the_editor_is_open_stops_the_reply(desk, tmp_path):
    import sys

    name = desk.new("Parcel")
    script = tmp_path / "slow.sh"
    script.write_text(
        f'#!/bin/sh\n{sys.executable} -m tix note {name} -m "Wait!" --as bob >/dev/null\n'
        'sed -i "1iAn answer" "$1"\n'
    )
    script.chmod(0o755)
    done = desk.run("reply", name, EDITOR=str(script))
    assert done.status == 4
    assert "Wait!" in done.err
    assert kept(desk, name)[0].startswith("An answer")


def test_a_status_that_moved_under_a_reply_ends_with_4(desk, tmp_path):
    import sys

    name = desk.new("Parcel")
    script = tmp_path / "slow.sh"
    script.write_text(
        f"#!/bin/sh\n{sys.executable} -m tix solve {name} --as bob >/dev/null\n"
        'sed -i "1iAn answer" "$1"\n'
    )
    script.chmod(0o755)
    line = desk.fails(4, "reply", name, "--status", "pending", EDITOR=str(script))
    assert "changed underneath" in line
    assert kept(desk, name)[0].startswith("An answer")


def test_files_are_kept_under_harmless_names_and_saved_only_where_nothing_is(desk, tmp_path):
    name = desk.new()
    odd = tmp_path / "Rechnung Mai ..PDF"
    odd.write_bytes(b"%PDF\x00\xff")
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "Rechnung Mai ..PDF").write_bytes(b"other")
    desk.ok(
        "reply", name, "-m", "x", "--attach", str(odd), "--attach", str(tmp_path / "two" / odd.name)
    )
    first, second = desk.json("files", name)
    assert first["name"] == second["name"] == "Rechnung Mai ..PDF"
    assert first["file"] != second["file"]
    assert all(Path(one["file"]).name.isascii() for one in (first, second))
    saved = desk.json("files", name, "--save", str(tmp_path))
    assert Path(saved[0]["saved"]).read_bytes() == b"%PDF\x00\xff"
    assert Path(saved[1]["saved"]).read_bytes() == b"other"
    Path(saved[0]["saved"]).write_text("mine")
    assert "move it away" in desk.fails(1, "files", name, "--save", str(tmp_path))
    assert Path(saved[0]["saved"]).read_text() == "mine"
    assert "Rechnung" in desk.ok("files", name)
    desk.clean()


def test_a_reply_on_a_terminal_opens_the_editor_and_without_one_never_asks(desk, editor):
    name = desk.new()
    done = terminal.run(desk.folder, "reply", name, EDITOR=editor("From a terminal"))
    assert done.status == 0, done.out
    assert last(desk, name)["text"] == "From a terminal\n"
    assert desk.fails(2, "reply", name)
    assert desk.fails(2, "edit", name)


def merge(desk, name: str, into: str) -> None:
    path = next(desk.folder.rglob(f"{name}/ticket.yaml"))
    text = path.read_text().replace("status: new", "status: merged")
    path.write_text(text.replace("timeline:", f"merged-into: {into}\ntimeline:"))
    desk.git("commit", "-qam", "merged by hand")


def test_a_reply_to_a_merged_ticket_acts_on_the_survivor_and_all_else_is_refused(desk):
    first, second, third = (desk.new(one) for one in ("First", "Second", "Third"))
    merge(desk, first, second)
    merge(desk, second, third)
    desk.ok("check")
    done = desk.run("reply", first, "-m", "To whom it concerns", "--status", "pending")
    assert done.status == 0
    assert third in done.err
    assert last(desk, third)["text"] == "To whom it concerns\n"
    assert desk.json("show", third)["status"] == "pending"
    assert desk.json("show", first)["status"] == "merged"
    assert f"merged into {second}" in desk.ok("show", first)
    head = desk.git("rev-parse", "HEAD")
    for words in (
        ["note", first, "-m", "x"],
        ["status", first, "open"],
        ["solve", first],
        ["take", first],
        ["assign", first, "bob"],
        ["set", first, "priority=high"],
        ["tag", first, "+a"],
        ["link", first, third],
        ["edit", first],
        ["reopen", first],
    ):
        assert second in desk.fails(1, *words, EDITOR="sed -i s/normal/high/"), words
    assert desk.git("rev-parse", "HEAD") == head
