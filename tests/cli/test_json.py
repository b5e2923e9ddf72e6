"""docs/json.md: what it says of each kind is what the program prints, key by key."""

import json
import re
from datetime import datetime
from pathlib import Path

import pytest

from tests.mail.test_composing import letter
from tix.cli.catalogue import COMMANDS
from tix.mail.composing import as_json
from tix.model import Attachment

PAGE = (Path(__file__).parents[2] / "docs" / "json.md").read_text()
KINDS_TEXT, OBJECTS_TEXT = PAGE.split("## Kinds")[1].split("## Objects")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")


def sections(text: str) -> dict[str, str]:
    parts = re.split(r"^### (\w+)$", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


KINDS = {
    name: re.search(r"`data`: ([^.]+)\.", text)[1] for name, text in sections(KINDS_TEXT).items()
}
OBJECTS = {
    name: dict(re.findall(r"^- `(\w+)`: ([^.]+)\.", text, flags=re.MULTILINE))
    for name, text in sections(OBJECTS_TEXT).items()
}
OPEN = {name for name, text in sections(OBJECTS_TEXT).items() if "- more keys." in text}


def fits(value, kind: str, where: str) -> None:
    """Check a value against a type of the page, and all that is in it."""
    kind = kind.removesuffix(", may be missing")
    if kind.endswith(" or null"):
        if value is not None:
            fits(value, kind.removesuffix(" or null"), where)
    elif kind.startswith("list of "):
        assert isinstance(value, list), where
        for at, one in enumerate(value):
            fits(one, kind.removeprefix("list of "), f"{where}[{at}]")
    elif kind in OBJECTS:
        fits_object(value, kind, where)
    else:
        assert fits_plain(value, kind), f"{where} is {value!r}, no {kind}"


def fits_plain(value, kind: str) -> bool:
    if kind == "time":
        return isinstance(value, str) and bool(
            TIME.fullmatch(value) and datetime.fromisoformat(value)
        )
    if kind == "map":
        return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())
    types = {"text": str, "number": int, "flag": bool}
    return isinstance(value, types[kind]) and (kind == "flag" or not isinstance(value, bool))


def fits_object(value, kind: str, where: str) -> None:
    keys = OBJECTS[kind]
    needed = {name for name, type_ in keys.items() if not type_.endswith("may be missing")}
    assert isinstance(value, dict), where
    assert needed <= set(value), f"{where} lacks {needed - set(value)}"
    assert kind in OPEN or set(value) <= set(keys), f"{where}: {set(value) - set(keys)} unknown"
    for name, one in value.items():
        if name in keys:
            fits(one, keys[name], f"{where}.{name}")


@pytest.fixture
def printed(desk, tmp_path):
    """Documents of every kind: a list for each, from a desk where there is something to show."""
    found: dict[str, list] = {}

    def call(*arguments: str, status: int = 0, **env: str):
        done = desk.run(*arguments, "--json", **env)
        assert done.status == status, (arguments, done)
        texts = [one for one in (done.out, done.err) if one.strip()]
        for one in texts:
            document = json.loads(one)
            assert document["schema"] == 1
            assert set(document) <= {"schema", "kind", "data", "total"}
            assert ("total" in document) == (document["kind"] in LISTS), document
            found.setdefault(document["kind"], []).append(document["data"])
        return json.loads(texts[0])["data"]

    call.found = found
    return call


# `changes` has one item a ticket named, so there is nothing to count.
LISTS = {one for one, kind in KINDS.items() if kind.startswith("list") and one != "changes"}
NOBODYS = b"Subject: No sender\nMessage-ID: <n1@example.com>\n\nHello\n"
OTHERS = b"Subject: None either\nMessage-ID: <n2@example.com>\n\nHello\n"
MAIL = (
    b"From: Ola <ola@example.com>\nTo: support@acme.example\nSubject: Zwrot\n"
    b"Date: Mon, 23 Nov 2026 10:00:00 +0000\nMessage-ID: <a1@example.com>\n\nDzie\xc5\x84 dobry\n"
)


def test_every_kind_has_the_keys_and_types_that_the_page_gives(desk, printed, tmp_path):
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "mail.eml").write_bytes(MAIL)
    other = printed("new", "Other", "-m", "x")["id"]
    name = printed(
        *("new", "First", "-m", "hi", "--from", "jan@example.com", "--tag", "vip"),
        *("--set", "contract=C-1", "--set", "due=2030-01-01"),
    )["id"]
    printed("outbox")
    printed("send", "--dry-run")
    printed("send")
    printed("link", name, other)
    printed("reply", name, "-m", "Hello", "--attach", str(tmp_path / "a.txt"))
    printed("reply", name, "-m", "Soon", "--attach", str(tmp_path / "a.txt"), "--preview")
    for action in (["note", name, "-m", "n"], ["take", name], ["assign", name, "bob"]):
        printed(*action)
    printed("set", name, "priority=high", "--key", "k1")
    printed("tag", name, "+a", "-vip")
    printed("edit", name, EDITOR="sed -i s/^subject:.*/subject:\\ Edited/")
    for action in ("pend", "open", "hold", "solve", "reopen", "close"):
        printed(action, other)
    printed("status", name, "solved", "--note", "done")
    printed("undo")
    printed("import", str(tmp_path / "mail.eml"))
    for at, raw in enumerate((NOBODYS, OTHERS)):
        (tmp_path / f"{at}.eml").write_bytes(raw)
        printed("import", str(tmp_path / f"{at}.eml"))
    dropped, released = (one["id"] for one in printed("quarantine", "list"))
    printed("quarantine", "show", dropped)
    printed("quarantine", "drop", dropped)
    printed("quarantine", "release", released, "--from", "eve@example.com")
    spam = printed("list", "requester:eve@example.com")[0]["id"]
    printed("spam", spam)
    printed("quarantine", "allow", "eve@example.com")
    printed("redact", printed("show", spam)["entries"][0]["id"])
    printed("show", spam)
    printed("next")
    printed()
    for words in (["show", name], ["list"], ["log"], ["path", name], ["files", name]):
        printed(*words)
    printed("files", name, "--save", str(tmp_path))
    for words in (
        ["check"],
        ["index"],
        ["hook", "list"],
        ["hook", "install"],
        ["template", "list"],
    ):
        printed(*words)
    printed("hook", "run", "pre-commit")
    printed("hook", "remove")
    printed("template", "show", "refund", "--ticket", name)
    printed("template", "show", "refund")
    printed("template", "check")
    for report in ["summary", "volume", "response", "resolution", "agents", "channels", "topics"]:
        printed("report", report)
    chat = tmp_path / "chat.jsonl"
    chat.write_text(
        '{"channel": "chat", "sender": {"handle": "ola"}, "text": "Hi",'
        ' "time": "2026-11-23T10:00:00Z"}'
    )
    printed("import", "--format", "jsonl", str(chat))
    printed("import", "--format", "jsonl", "--schema")
    printed("customer", "set", "ola@example.com", "name=Ola", "+chat:ola", "notes=x")
    printed("customer", "set", "jan@example.com", "tier=gold")
    printed("customer", "show", "chat:ola")
    printed("show", name)
    printed("customer", "list")
    printed("customer", "merge", "jan@example.com", "ola@example.com")
    printed("export", "-o", str(tmp_path / "tickets.jsonl"))
    printed("completion", "zsh")
    printed("help")
    printed("help", "queries")
    printed("init", str(tmp_path / "second"))
    printed("demo", str(tmp_path / "third"))
    printed("recent")
    printed("clone", str(desk.folder), str(tmp_path / "fourth"), "--recent", "90d")
    desk.git("clone", "-q", "--bare", ".", str(tmp_path / "remote"))
    desk.git("remote", "add", "origin", str(tmp_path / "remote"))
    printed("sync")
    printed("events", "--since", "HEAD~3")
    printed("doctor")
    printed("changes", "HEAD~3..HEAD")
    zero, head = "0" * 40, desk.git("rev-parse", "HEAD").strip()
    delete = f"{head} {zero} {desk.git('symbolic-ref', 'HEAD').strip()}\n"
    printed("hook", "run", "pre-receive", status=5, stdin=delete)
    printed("show", "nothing-like-it", status=3)
    (desk.folder / "desk.yaml").write_text("format: 1\ncolour: red\n")
    desk.git("commit", "-qam", "a mistake")
    printed("check", status=5)
    printed("list", TIX_AGENT="")
    (desk.folder / "desk.yaml").write_text("mailboxes:\n  a: imap://a@127.0.0.1:1?tls=no\n")
    desk.git("commit", "-qam", "a mailbox that nobody listens at")
    printed("receive", status=75, TIX_PASSWORD="x")
    for kind, documents in printed.found.items():
        assert kind in KINDS, f"docs/json.md does not know {kind}"
        for at, data in enumerate(documents):
            fits(data, KINDS[kind], f"{kind} {at}")
    assert set(KINDS) == set(printed.found), "docs/json.md knows kinds that were not printed"


def test_what_a_channel_s_command_gets_has_the_keys_and_types_that_the_page_gives():
    file = Attachment("files/8kd2mw4p-a.pdf", "a.pdf", "application/pdf", 3)
    made = as_json(letter(channel="sms", attachments=(file,), contents={file.file: b"abc"}))
    fits(json.loads(json.dumps(made)), "outgoing", "outgoing")
    assert set(made) == set(OBJECTS["outgoing"])


def test_every_command_names_a_kind_of_the_page(desk):
    for one in desk.json("help"):
        kinds = re.findall(r"kind `(\w+)`", one["json"])
        assert kinds, one["name"]
        assert set(kinds) <= set(KINDS), one["name"]
    assert len(desk.json("help")) == len(COMMANDS)


def test_each_key_of_a_ticket_and_an_entry_says_what_the_files_say(desk, tmp_path):
    (tmp_path / "a b.txt").write_text("four")
    name = desk.new("First", "--tag", "vip", "--queue", "delivery")
    desk.ok("reply", name, "-m", "Hello\n\n> Where is it?", "--attach", str(tmp_path / "a b.txt"))
    desk.ok("note", name, "-m", "Careful")
    data = desk.json("show", name)
    first, reply, note = data["entries"]
    assert (first["direction"], reply["direction"], note["direction"]) == ("in", "out", "")
    assert [one["kind"] for one in data["entries"]] == ["message", "message", "note"]
    assert [one["public"] for one in data["entries"]] == [True, True, False]
    assert first["from"] == "Jan Kowalski <jan@example.com>"
    assert reply["to"] == ["jan@example.com"]
    assert reply["from"] == "Ann Example <delivery@acme.example>"
    assert reply["message_id"].endswith(f".{name}@acme.example>")
    assert reply["delivery"] == "queued"
    assert reply["text"] == "Hello\n\n> Where is it?\n"
    assert "Where" not in reply["shown"]
    [attached] = reply["attachments"]
    assert attached == {
        "name": "a b.txt",
        "type": "text/plain",
        "size": 4,
        "file": f"files/{reply['id']}-a-b.txt",
        "redacted": None,
    }
    place = Path(desk.ok("path", name).strip())
    assert (place / attached["file"]).read_text() == "four"
    assert (
        data["rev"]
        == desk.git("rev-parse", f"HEAD:{place.relative_to(desk.folder)}/ticket.yaml").strip()
    )
    assert data["timeline"][0]["tags"] == ["+vip"]
    assert [one["by"] for one in data["timeline"]] == ["ann", "ann", "ann"]


def test_what_could_steer_a_terminal_is_escaped_in_json(desk):
    name = desk.new("Safe")
    path = Path(desk.ok("path", name).strip()) / "ticket.yaml"
    path.write_text(path.read_text().replace("Safe", '"a\\x9b31m\\u202eb"'))
    desk.git("commit", "-qam", "by hand")
    text = desk.ok("show", name, "--json")
    assert "\\u009b31m\\u202eb" in text
    assert json.loads(text)["data"]["subject"] == "a\x9b31m\u202eb"
