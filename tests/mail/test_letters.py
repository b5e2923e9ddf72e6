"""Outgoing messages read from a desk, with what they are composed from."""

from pathlib import Path

import pytest

from tix.desk import Desk
from tix.errors import NotFound, Refused
from tix.mail import letters
from tix.mail.composing import compose
from tix.mail.parse import parse


@pytest.fixture
def answered(desk, tmp_path):
    """A desk with a reply that has an attachment: the desk, its ticket and the reply's key."""
    name = desk.new("Parcel")
    (tmp_path / "a.pdf").write_bytes(b"%PDF\x00")
    desk.ok("reply", name, "-m", "See there.", "--attach", str(tmp_path / "a.pdf"))
    return desk, name, desk.json("show", name)["entries"][-1]["id"]


def read(desk, name, key):
    with Desk.open(Path(desk.folder)) as opened:
        return letters.read(opened.snapshot, opened.settings, name, key)


def test_a_letter_has_its_thread_its_files_and_the_desk_s_settings(answered):
    letter = read(*answered)
    assert [one.direction for one in letter.thread] == ["in", "out"]
    assert [*letter.contents.values()] == [b"%PDF\x00"]
    assert letter.settings.name == "Acme Support"
    mail = parse(compose(letter).content)
    assert mail.text.startswith("See there.\n\nOn ")
    assert mail.text.endswith("> Where is it?")
    assert [(one.name, one.content) for one in mail.attachments] == [("a.pdf", b"%PDF\x00")]


def test_what_is_missing_is_named(answered):
    desk, name, key = answered
    with pytest.raises(NotFound, match="no message zzzzzzzz"):
        read(desk, name, "zzzzzzzz")
    [file] = desk.folder.glob("tickets/**/files/*")
    desk.git("rm", "-q", str(file))
    desk.git("commit", "-qm", "lost")
    with pytest.raises(Refused, match="is missing"):
        read(desk, name, key)
