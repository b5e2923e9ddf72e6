"""What a reply quotes once threads were merged or split: nothing that did not go out."""

import pytest


@pytest.fixture
def quoting(desk):
    """A desk that quotes whole conversations."""
    path = desk.folder / "desk.yaml"
    path.write_text(path.read_text() + "quote: all\n")
    desk.git("commit", "-qam", "quote all")
    return desk


def quoted(desk, ticket: str) -> str:
    return desk.json("reply", ticket, "-m", "hi", "--anyway", "--preview")["text"]


@pytest.mark.parametrize("fate", ["draft", "rejected", "withdrawn", "queued"])
def test_after_a_merge(quoting, fate):
    old, new = quoting.new("Old"), quoting.new("New")
    quoting.ok("reply", old, "-m", "SECRET", *([] if fate == "queued" else ["--draft"]))
    if fate == "rejected":
        quoting.ok("approve", "--reject", old)
    if fate == "withdrawn":
        quoting.ok("undo")
    quoting.ok("merge", old, new)
    text = quoted(quoting, new)
    assert "SECRET" not in text
    assert text.count("> Where is it?") == 2


def test_after_a_split(quoting):
    old = quoting.new("Old")
    quoting.ok("reply", old, "-m", "SECRET", "--draft")
    quoting.ok("approve", "--reject", old)
    first, rejected = (one["id"] for one in quoting.json("show", old)["entries"])
    late = f"From: jan@example.com\nMessage-ID: <2@example.com>\nSubject: [#{old}]\n\nSecond\n"
    quoting.ok("import", "-", stdin=late)
    new = quoting.json("split", first, rejected)[0]["id"]
    text = quoted(quoting, new)
    assert "> Where is it?" in text
    assert "SECRET" not in text
