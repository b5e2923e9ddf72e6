"""A bare desk: every command works there, but for what is about a working tree."""

import pytest

from tests.store.conftest import name, names, quick, template
from tests.store.quick import Quick

__all__ = ["name", "names", "quick", "template"]

COMMANDS = (
    "",
    "next",
    "list",
    "show %",
    "reply % -m Hello --anyway",
    "note % -m Looked",
    "take %",
    "assign % ann",
    "open %",
    "pend % --until 3d",
    "hold %",
    "solve %",
    "reopen %",
    "close %",
    "reopen %",
    "set % priority=high",
    "tag % +vip",
    "undo",
    "link % OTHER",
    "log",
    "log %",
    "path %",
    "files %",
    "edit %",
    "new Another -m Text --from ola@example.com",
    "check",
    "index --rebuild",
    "recent",
    "report summary",
    "template list",
    "hook install",
    "hook list",
    "hook remove",
)


@pytest.fixture
def bare(quick, tmp_path) -> Quick:
    quick.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    return Quick(tmp_path / "bare.git")


def test_every_command_works_in_a_bare_desk(bare, names):
    for line in COMMANDS:
        words = [{"%": names[0], "OTHER": names[1]}.get(one, one) for one in line.split()]
        done = bare.run(*words, EDITOR="sed -i 's/^priority: .*/priority: low/'")
        assert done.status == 0, (line, done)
    assert bare.json("show", names[0])["priority"] == "low"
    assert bare.git("fsck", "--no-dangling", "--no-progress") == ""
    assert not (bare.folder / "index").exists()
    assert not (bare.folder / "tickets").exists()


def test_mail_is_imported_into_a_bare_desk(bare, tmp_path):
    (tmp_path / "one.eml").write_text(
        "From: Jan <jan@example.com>\nTo: support@acme.example\nSubject: Hello\n"
        "Message-ID: <one@example.com>\nDate: Tue, 3 Mar 2026 10:00:00 +0000\n\nHello\n"
    )
    assert bare.json("import", str(tmp_path / "one.eml"))
    [found] = bare.json("list", "Hello")
    assert bare.json("path", found["id"])["checked_out"] is False
