"""reply --preview: what will be sent, and nothing written."""

import json
import re
from email import message_from_string
from email.policy import default

SETTINGS = """\
signature: |
  {{ agent.name }}
  {{ desk.name }}
"""


def signed(desk):
    """The same desk with a signature."""
    path = desk.folder / "desk.yaml"
    path.write_text(path.read_text() + SETTINGS)
    desk.git("commit", "-qam", "a signature")
    return desk


def untouched(desk, run):
    """Run something that must leave the desk, its index and its drafts as they are."""
    before = desk.git("rev-parse", "HEAD"), desk.git("status", "--porcelain")
    done = run()
    assert (desk.git("rev-parse", "HEAD"), desk.git("status", "--porcelain")) == before
    assert not [*desk.folder.glob(".git/tix/drafts/*")]
    return done


def stable(headers):
    """Return headers but for what differs between two runs."""
    return [
        (one["name"], re.sub(r"^<\w+", "<", one["value"]))
        for one in headers
        if one["name"] not in ("Date", "Content-Type")
    ]


def test_it_shows_the_mail_as_its_recipient_gets_it_and_writes_nothing(desk, tmp_path):
    name = signed(desk).new("Zażółć")
    (tmp_path / "umowa ślubna.pdf").write_bytes(b"%PDF")
    words = ["reply", name, "-m", "Dzień *dobry*", "--cc", "Ola <ola@example.com>"]
    words += ["--attach", str(tmp_path / "umowa ślubna.pdf"), "--status", "pending", "--preview"]
    out = untouched(desk, lambda: desk.ok(*words))
    assert re.match(
        r"From: Ann Example <support@acme.example>\nTo: jan@example\.com\nCc: ola@example\.com\n"
        rf"Subject: Re: Zażółć \[#{name}\]\nDate: .+ \+0000\nMessage-ID: <\w{{13}}\.{name}@acme"
        r"\.example>\n",
        out,
    )
    assert "\n\nDzień *dobry*\n\n-- \nAnn Example\nAcme Support\n\n" in out
    assert re.search(r"Jan Kowalski.*:\n> Where is it\?\n", out)
    assert out.endswith("[umowa ślubna.pdf, application/pdf, 4 bytes]\n")
    assert desk.json("show", name)["status"] == "new"


def test_it_is_what_is_queued_afterwards(desk):
    from pathlib import Path

    from tix.desk import Desk
    from tix.mail import composing, letters, preview

    name = signed(desk).new("Parcel")
    data = untouched(desk, lambda: desk.json("reply", name, "-m", "Soon", "--preview"))
    assert (data["ticket"], data["channel"], data["delivers"]) == (name, "email", True)
    assert (data["sender"], data["recipients"]) == ("support@acme.example", ["jan@example.com"])
    raw = message_from_string(data["raw"], policy=default)
    assert raw["message-id"] == data["message_id"]
    assert "<p" in data["html"]
    desk.ok("reply", name, "-m", "Soon")
    key = desk.json("show", name)["entries"][-1]["id"]
    with Desk.open(Path(desk.folder)) as opened:
        letter = letters.read(opened.snapshot, opened.settings, name, key)
    sent = composing.compose(letter)
    mail = preview.read(sent.content)
    shown = preview.data(sent, mail)
    assert stable(shown["headers"]) == stable(data["headers"])
    for one in ("text", "html", "recipients", "sender", "attachments"):
        assert shown[one] == data[one]


def test_templates_and_files_are_previewed_too(desk, tmp_path):
    name = desk.new("Parcel", "--set", "language=pl")
    (tmp_path / "answer.txt").write_text("From a file\n")
    assert "From a file" in desk.ok("reply", name, "-F", str(tmp_path / "answer.txt"), "--preview")
    out = untouched(desk, lambda: desk.ok("reply", name, "-t", "refund", "--preview"))
    assert "Dzień dobry" in out
    assert "Content-Language: pl" in out
    assert "Jan Kowalski pisze:\n> Where is it?" in out


def test_what_was_typed_for_a_preview_is_kept_and_resume_goes_on_with_it(desk):
    name = desk.new("Parcel")
    done = desk.run("reply", name, "--preview", EDITOR="sed -i '1iTyped at length'")
    assert done.status == 0
    assert "\n\nTyped at length\n" in done.out
    assert f"tix reply {name} --resume" in done.err
    assert len(desk.json("show", name)["entries"]) == 1
    assert "Typed at length" in desk.ok("reply", name, "--resume", "--preview", EDITOR="true")
    desk.ok("reply", name, "--resume", EDITOR="true")
    assert desk.json("show", name)["entries"][-1]["text"] == "Typed at length\n"


def test_what_came_meanwhile_is_told_and_stops_nothing(desk):
    name = desk.new("Parcel")
    desk.ok("show", name)
    desk.ok("note", name, "-m", "Careful", "--as", "bob")
    done = untouched(desk, lambda: desk.run("reply", name, "-m", "No worries", "--preview"))
    assert done.status == 0
    assert "1 new" in done.err
    assert "Careful" not in done.out


def test_a_channel_that_delivers_nothing_says_so(desk):
    name = desk.ok("new", "Call", "-m", "x", "--channel", "phone", "--from", "j@e.com").strip()
    done = untouched(desk, lambda: desk.run("reply", name, "-m", "Told them.", "--preview"))
    assert done.out == "Told them.\n"
    assert "nothing is sent by phone" in done.err
    data = desk.json("reply", name, "-m", "Told them.", "--preview")
    assert (data["delivers"], data["recipients"], data["raw"]) == (False, [], "")


def test_what_would_be_refused_is_refused(desk):
    name = desk.new("Parcel")
    desk.ok("reply", name, "-m", "Hello", "--key", "k")
    assert "already" in desk.fails(1, "reply", name, "-m", "Hello", "--key", "k", "--preview")
    assert "empty" in desk.fails(2, "reply", name, "-m", " ", "--preview")
    assert desk.run("reply", name, "-m", "x", "--status", "new", "--preview").status == 1
    desk.ok("close", name)
    assert desk.run("reply", name, "-m", "x", "--preview").status == 1
    line = json.dumps(["reply", name, "-m", "x", "--preview"])
    assert "leave --preview out" in desk.fails(2, "batch", "-", stdin=line)
    assert not [*desk.folder.glob(".git/tix/drafts/*")]


def test_a_signature_that_is_wrong_is_found_before_anything_is_sent(desk):
    path = desk.folder / "desk.yaml"
    path.write_text(path.read_text() + "signature: '{{ agent.nick }}'\n")
    desk.git("commit", "-qam", "a mistake")
    name = desk.new("Parcel")
    assert "template signature" in desk.fails(1, "reply", name, "-m", "x", "--preview")
    [problem] = [one for one in desk.run("check").out.splitlines() if "signature" in one]
    assert problem.startswith("desk.yaml:")
    assert "nick" in problem
