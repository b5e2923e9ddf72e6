"""tix redact: a text or attachment is taken out, a marker is left, and nothing else may change."""

import json

import pytest

from tests.cli.test_completion import complete
from tests.mails import letter, opened, shown
from tix.ids import ticket_folder

BODY = (
    "--b\nContent-Type: text/html\n\n<p>My card is 4929 1234</p>\n"
    "--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=card.pdf\n\n"
    "4929 1234 in a file\n"
    "--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=other.txt\n\n"
    "harmless\n--b--\n"
)
MARKER = "[redacted by ann, 20"


@pytest.fixture
def secret(desk) -> tuple[str, str]:
    """A ticket, and the entry with a card's number in text, file and kept original."""
    ticket = opened(
        desk, "<s@example.com>", BODY, subject="Card", content_type="multipart/mixed; boundary=b"
    )
    return ticket, shown(desk, ticket)["entries"][0]["id"]


def files(desk, ticket: str) -> dict[str, str]:
    """Return what a ticket's files hold, by the last part of their names."""
    folder = desk.folder / ticket_folder(ticket)
    [entry] = folder.glob("*.md")
    found = {one.name.partition("-")[2]: one.read_text() for one in folder.glob("files/*")}
    return {"entry": entry.read_text(), **found}


def problems(desk, *arguments: str) -> list[str]:
    found = json.loads(desk.run("check", *arguments, "--json").out)["data"]
    return [one["message"] for one in found]


def test_a_text_goes_with_its_subject_and_the_original(desk, secret):
    ticket, key = secret
    done = desk.run("redact", key, "--reason", "a card number")
    assert done.out == f"{ticket}: redacted {key}\n"
    assert "git's history still holds" in done.err
    entry = shown(desk, ticket)["entries"][0]
    assert entry["text"].startswith(MARKER)
    assert entry["text"].endswith(": a card number]\n")
    assert (entry["subject"], entry["message_id"]) == ("", "<s@example.com>")
    assert entry["from"] == "Jan Kowalski <jan@example.com>"
    assert entry["redacted"]
    held = files(desk, ticket)
    assert held["original.eml"] == entry["text"]
    assert held["card.pdf"] == "4929 1234 in a file"
    assert held["other.txt"] == "harmless"
    desk.ok("check")
    assert problems(desk, "--range", "HEAD~1") == []
    desk.clean()


def test_the_timeline_says_so_and_search_finds_it_no_more(desk, secret):
    ticket, key = secret
    assert [one["id"] for one in desk.json("list", "4929")] == [ticket]
    desk.ok("redact", f"{ticket[7:10]}/{key[:4]}")
    assert shown(desk, ticket)["timeline"][-1]["redact"] == key
    assert desk.json("list", "4929") == []
    assert "redacted" in desk.ok("log", ticket)
    desk.ok("index", "--rebuild")
    assert desk.json("list", "4929") == []


def test_the_line_of_json_that_came_goes_with_the_text(desk):
    settings = desk.folder / "desk.yaml"
    settings.write_text(settings.read_text() + "originals: always\n")
    desk.git("commit", "-qam", "originals")
    said = {"channel": "sms", "sender": {"phone": "+48123456789"}, "text": "card 4929"}
    line = json.dumps({**said, "time": "2024-03-04T10:14:52Z"})
    done = desk.json("import", "--format", "jsonl", "-", stdin=f"{line}\n")
    [ticket] = done["tickets"]
    desk.ok("redact", shown(desk, ticket)["entries"][0]["id"])
    held = files(desk, ticket)
    assert held["original.json"].startswith(MARKER)
    assert "4929" not in "".join(held.values())
    assert problems(desk, "--range", "HEAD~1") == problems(desk) == []


def test_a_redacted_draft_is_given_up_and_its_marker_goes_to_nobody(desk):
    ticket = desk.new()
    [made] = desk.json("reply", ticket, "-m", "Card 4929.", "--draft")
    key = made["events"][0]["message"]
    told = desk.ok("redact", key, "--reason", "legal case 7")
    assert told == f"{ticket}: redacted {key}; message {key} (cancelled)\n"
    assert shown(desk, ticket)["entries"][1]["delivery"] == "cancelled"
    assert desk.json("outbox") == []
    assert "is cancelled and cannot be approved" in desk.fails(1, "approve", f"{ticket}/{key}")
    assert "is cancelled" in desk.fails(1, "send", "--again", f"{ticket}/{key}")
    assert problems(desk, "--range", "HEAD~1") == problems(desk) == []


def test_a_redacted_message_is_quoted_to_nobody(desk):
    ticket = desk.new()
    desk.ok("redact", shown(desk, ticket)["entries"][0]["id"], "--reason", "legal case 7")
    text = desk.json("reply", ticket, "-m", "It is on its way.", "--preview", "--anyway")["text"]
    assert text.startswith("It is on its way.")
    assert "redacted" not in text
    assert "wrote:" not in text


def test_an_attachment_goes_alone_but_for_the_original(desk, secret):
    ticket, key = secret
    desk.ok("redact", key, "--attachment", "card.pdf")
    held = files(desk, ticket)
    assert "card is 4929" in held["entry"]
    assert held["card.pdf"].startswith(MARKER)
    assert held["original.eml"].startswith(MARKER)
    assert held["other.txt"] == "harmless"
    entry = shown(desk, ticket)["entries"][0]
    assert [bool(one["redacted"]) for one in entry["attachments"]] == [True, False, True]
    assert entry["attachments"][0]["size"] == len(held["card.pdf"])
    assert "[card.pdf, redacted]" in desk.ok("show", ticket)
    desk.ok("redact", key)
    assert "4929" not in "".join(files(desk, ticket).values())
    assert problems(desk, "--range", "HEAD~2") == problems(desk) == []
    desk.clean()


def test_again_it_changes_nothing(desk, secret):
    ticket, key = secret
    desk.ok("redact", key)
    head = desk.git("rev-parse", "HEAD")
    assert desk.ok("redact", key, "--reason", "other words") == f"{ticket}: as it was\n"
    assert desk.git("rev-parse", "HEAD") == head


def test_entries_are_completed(desk, secret):
    ticket, key = secret
    assert complete(desk, f"tix redact {key[:3]}") == [key]
    assert complete(desk, f"tix redact {ticket}/{key[:3]}") == [f"{ticket}/{key}"]


def test_a_note_can_be_redacted(desk):
    ticket = desk.new()
    desk.ok("note", ticket, "-m", "the password is 1234")
    key = shown(desk, ticket)["entries"][-1]["id"]
    desk.ok("redact", key)
    assert "1234" not in desk.ok("show", ticket)
    assert problems(desk, "--range", "HEAD~1") == []


def test_a_redacted_mail_that_comes_again_is_known(desk, secret):
    ticket, key = secret
    desk.ok("redact", key)
    raw = letter(
        "<s@example.com>", BODY, subject="Card", content_type="multipart/mixed; boundary=b"
    )
    assert desk.json("import", "-", stdin=raw)["duplicates"] == 1
    assert shown(desk, ticket)["entries"][0]["text"].startswith(MARKER)


def test_what_cannot_be_redacted_is_refused_in_words(staffed):
    ticket = staffed.new()
    entry = shown(staffed, ticket)["entries"][0]["id"]
    assert "only a lead" in staffed.fails(1, "redact", entry, "--as", "bob")
    told = staffed.fails(3, "redact", entry, "--attachment", "a.pdf")
    assert "no attachment 'a.pdf'; it has none" in told
    assert "no entry's name" in staffed.fails(3, "redact", "zzzzzzzz")
    [made] = staffed.json("reply", ticket, "-m", "4929")
    reply = made["events"][0]["message"]
    assert "still to be sent" in staffed.fails(1, "redact", reply)
    head = staffed.git("rev-parse", "HEAD")
    assert "would be: redacted" in staffed.ok("redact", entry, "--dry-run")
    assert staffed.git("rev-parse", "HEAD") == head


def test_it_cannot_be_undone(desk, secret):
    desk.ok("redact", secret[1])
    assert "cannot be put back" in desk.fails(1, "undo")


def redacted(desk, secret):
    """Redact all that is secret, in one commit that is not made yet; return the folder."""
    ticket, key = secret
    desk.ok("redact", key, "--attachment", "card.pdf")
    desk.ok("redact", key)
    desk.git("reset", "-q", "--soft", "HEAD~2")
    return desk.folder / ticket_folder(ticket)


def commit(desk, message: str = "by hand") -> list[str]:
    """Commit what there is; return what is wrong with it, which the hook says as well."""
    desk.git("add", "-A")
    said = problems_of(desk, "hook", "run", "pre-commit")
    desk.git("commit", "-qm", message)
    found = problems(desk, "--range", "HEAD~1")
    assert found == said
    return found


def problems_of(desk, *words: str) -> list[str]:
    return [one["message"] for one in json.loads(desk.run(*words, "--json").out)["data"]]


def test_a_commit_by_hand_may_hold_a_whole_redaction(desk, secret):
    redacted(desk, secret)
    assert commit(desk) == []


def change(entry: str, old: str, new: str):
    def act(folder):
        [path] = folder.glob(entry)
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    return act


def without_line(folder):
    path = folder / "ticket.yaml"
    path.write_text("".join(one for one in path.open() if "redact:" not in one))


NO_REDACTIONS = {
    "another text": (change("*.md", "[redacted by", "[taken out by"), "stay as they are"),
    "more than the marker": (change("*.md", "]\n", "]\nand more\n"), "stay as they are"),
    "another sender": (change("*.md", "from: Jan", "from: Eve"), "stay as they are"),
    "another Message-ID": (change("*.md", "<s@example", "<t@example"), "stay as they are"),
    "another attachment": (change("*.md", "other.txt, type", "o.txt, type"), "stay as they are"),
    "no mark": (change("*.md", "\nredacted:", "\nx-redacted:"), "stay as they are"),
    "another file": (change("files/*-card.pdf", "[redacted", "redacted"), "stay as they are"),
    "a file that is not named": (change("files/*-other.txt", "harmless", "x"), "stay as they are"),
    "no line": (without_line, "in the timeline"),
}


@pytest.mark.parametrize("name", NO_REDACTIONS)
def test_nothing_else_passes_for_a_redaction(desk, secret, name):
    act, said = NO_REDACTIONS[name]
    act(redacted(desk, secret))
    found = commit(desk)
    assert found
    assert any(said in one for one in found), found


def test_a_file_that_is_said_to_be_redacted_and_is_not_is_named(desk, secret):
    folder = redacted(desk, secret)
    name = next(folder.glob("files/*-card.pdf")).relative_to(desk.folder)
    desk.git("checkout", "-q", "HEAD", "--", str(name))
    assert ["says that this was redacted" in one for one in commit(desk)] == [True]


def test_what_was_redacted_does_not_come_back(desk, secret):
    desk.ok("redact", secret[1])
    desk.git("revert", "--no-edit", "HEAD")
    assert any("stay as they are" in one for one in problems(desk, "--range", "HEAD~1"))
