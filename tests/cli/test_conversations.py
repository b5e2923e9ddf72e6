"""Replies on channels other than mail: they go where the conversation began."""

import json
import subprocess

import pytest

from tests.mails import letter


def message(channel="sms", text="Where is it?", sender=None, **more):
    sender = sender or {"phone": "+48123456789", "name": "Jan"}
    data = {"channel": channel, "sender": sender, "text": text, "time": "2024-03-04T10:14:52Z"}
    return json.dumps({**data, **more})


def made(desk, *lines):
    done = desk.json("import", "--format", "jsonl", "-", stdin="\n".join(lines))
    assert done["created"] == 1, done
    return done["tickets"][0]


def answered(desk, name, *words):
    desk.ok("reply", name, "-m", "It is on its way.", *words)
    return desk.json("show", name)["entries"][-1]


def configured(desk, line):
    settings = desk.folder / "desk.yaml"
    settings.write_text(f"{settings.read_text()}{line}\n")
    desk.git("commit", "-qam", "settings")


def test_a_reply_stays_in_its_thread(desk):
    first = message("chat", sender={"handle": "Jan_K"}, thread="room 5", id="1")
    name = made(
        desk, first, message("chat", "Hello?", {"handle": "Jan_K"}, thread="room 5", id="2")
    )
    entry = answered(desk, name)
    assert (entry["channel"], entry["to"], entry["cc"]) == ("chat", ["chat:Jan_K"], [])
    assert entry["in_reply_to"] == "chat:thread:room 5"
    assert entry["message_id"].startswith("chat:out:")
    assert len(entry["message_id"]) == len("chat:out:") + 13
    assert (entry["subject"], entry["delivery"]) == ("", "")


def test_without_a_thread_it_answers_the_message(desk):
    name = made(desk, message(id="1"), message(text="Hello?", id="2"))
    entry = answered(desk, name)
    assert (entry["to"], entry["in_reply_to"]) == (["+48123456789"], "sms:2")


def test_what_comes_after_the_reply_goes_on_in_the_ticket(desk):
    name = made(desk, message("chat", sender={"handle": "jan"}, thread="r", id="1"))
    answered(desk, name, "--status", "solved")
    more = message("chat", "Thanks", {"handle": "jan"}, thread="r", id="2")
    done = desk.json("import", "--format", "jsonl", "-", stdin=more)
    assert done["tickets"] == [name]
    assert desk.json("show", name)["status"] == "open"


def test_it_goes_to_who_began_whoever_else_has_joined(desk):
    desk.ok("customer", "set", "+48123456789", "+48555000111", "+jan@example.com")
    name = made(desk, message(id="1"), message(sender={"phone": "+48555000111"}, id="2"))
    answer = letter("<1@x>", to=f"support+{name}@acme.example")
    assert desk.json("import", "-", stdin=answer)["tickets"] == [name]
    entry = answered(desk, name)
    assert (entry["channel"], entry["to"]) == ("sms", ["+48123456789"])
    assert entry["in_reply_to"] == "sms:2"


def test_a_follow_up_of_a_mail_goes_to_who_wrote_on_its_channel(desk):
    mail = desk.json("import", "-", stdin=letter())["tickets"][0]
    desk.ok("close", mail)
    desk.ok("customer", "set", "jan@example.com", "+48123456789")
    name = made(desk, message(id="1", ticket=mail))
    assert desk.json("show", name)["requester"] == "jan@example.com"
    entry = answered(desk, name)
    assert (entry["channel"], entry["to"]) == ("sms", ["+48123456789"])


def test_who_filled_in_a_form_is_answered_by_mail(desk):
    form = message("web", sender={"address": "jan@example.com"}, id="1", subject="Help")
    name = made(desk, form)
    entry = answered(desk, name)
    assert (entry["channel"], entry["to"], entry["delivery"]) == (
        *("email", ["jan@example.com"], "queued"),
    )
    assert entry["message_id"].endswith(f".{name}@acme.example>")
    assert entry["in_reply_to"] == ""
    # And their answer by mail comes back to it.
    back = letter("<2@x>", in_reply_to=entry["message_id"])
    assert desk.json("import", "-", stdin=back)["tickets"] == [name]
    assert desk.json("show", name)["channel"] == "web"


def test_who_filled_in_a_form_is_told_by_mail(desk):
    configured(desk, "tell: [solved]")
    name = made(desk, message("web", sender={"address": "jan@example.com"}, id="1"))
    desk.ok("solve", name)
    told = desk.json("show", name)["entries"][-1]
    assert (told["channel"], told["to"], told["delivery"]) == (
        *("email", ["jan@example.com"], "queued"),
    )


def test_a_mail_never_answers_the_name_of_a_chat(desk):
    name = desk.json("import", "-", stdin=letter("<1@x>"))["tickets"][0]
    desk.ok("customer", "set", "jan@example.com", "+chat:jan")
    more = message("chat", "Hello?", {"handle": "jan"}, id="1", ticket=name)
    assert desk.json("import", "--format", "jsonl", "-", stdin=more)["tickets"] == [name]
    entry = answered(desk, name)
    assert (entry["channel"], entry["in_reply_to"]) == ("email", "<1@x>")


def test_nobody_is_copied_in(desk):
    name = made(desk, message(id="1"))
    said = desk.fails(1, "reply", name, "-m", "x", "--cc", "ola@example.com")
    assert "a reply by sms copies nobody in" in said


@pytest.fixture
def collecting(desk):
    """A desk that sends SMS by a command, which keeps what it gets."""
    configured(desk, "sending: {sms: command}")
    out = desk.folder.parent / "sent.jsonl"
    desk.git("config", "tix.sending-sms.command", f"cat >> '{out}'")
    return desk, out


def test_the_whole_circle(collecting):
    desk, out = collecting
    name = made(desk, message(id="1", thread="t"))
    entry = answered(desk, name)
    assert entry["delivery"] == "queued"
    desk.ok("send")
    [sent] = [json.loads(one) for one in out.read_text().splitlines()]
    assert (sent["channel"], sent["to"], sent["in_reply_to"]) == (
        *("sms", ["+48123456789"], "sms:thread:t"),
    )
    assert sent["thread"] == "t"
    assert sent["message_id"] == entry["message_id"]
    assert "It is on its way." in sent["text"]
    assert desk.json("show", name)["entries"][-1]["delivery"] == "sent"
    # The gateway's report of our own message is no message.
    echo = message(id=entry["message_id"].removeprefix("sms:"), thread="t")
    done = desk.json("import", "--format", "jsonl", "-", stdin=echo)
    assert (done["accepted"], done["dropped"]) == (0, 1)
    subprocess.run(["git", "fsck"], cwd=desk.folder, check=True, capture_output=True)
