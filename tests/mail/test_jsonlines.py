"""Messages of other channels, a line of JSON each: what is filed where, and what is not."""

import base64
import json
import shutil
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.driver import Driver
from tests.forked import Forked
from tests.mails import letter, opened, shown
from tix.mail import jsonlines
from tix.mail.parsed import NotAMail
from tix.mail.reading import Reader
from tix.mail.sources import RawMail
from tix.settings import Settings
from tix.store.reading import parse_entry

JAN = {"phone": "+48123456789", "name": "Jan Kowalski"}
FORM = jsonlines.form(Settings())
PARSE = FORM.parse
READER = Reader(Settings(), datetime(2026, 11, 22, tzinfo=UTC), 40, FORM)


def line(text="Where is it?", channel="sms", sender=None, time="2024-03-04T10:14:52Z", **more):
    """Write a message; a key that is None is left out."""
    data = {"channel": channel, "sender": sender or JAN, "text": text, "time": time, **more}
    return json.dumps({key: one for key, one in data.items() if one is not None}).encode()


def post(desk: Driver, *lines: bytes, **options) -> dict:
    return desk.json("import", "--format", "jsonl", "-", stdin=b"\n".join(lines), **options)


def made(desk: Driver, *lines: bytes) -> str:
    """Import messages of one new ticket; return its id."""
    done = post(desk, *lines)
    assert (done["created"], done["accepted"]) == (1, len(lines)), done
    return done["tickets"][0]


def tree(desk: Driver) -> str:
    return desk.git("rev-parse", "HEAD:tickets").strip()


# What is kept.


def test_everything_stands_in_the_files(desk):
    content = base64.b64encode(b"a picture").decode()
    files = [{"name": "Zdjęcie 1.JPG", "type": "image/jpeg", "content": content}]
    told = line(id="m1", thread="t 9", to="+48 22 123 45 67", language="pl-PL", attachments=files)
    name = made(desk, told)
    [entry] = desk.folder.glob(f"tickets/**/{name}/*.md")
    assert entry.read_text() == (
        "---\nkind: message\ndirection: in\nfrom: Jan Kowalski <+48123456789>\n"
        'to:\n- "+48221234567"\ndate: 2024-03-04T10:14:52Z\nmessage-id: sms:m1\n'
        "in-reply-to: sms:thread:t 9\nchannel: sms\nlanguage: pl\nattachments:\n"
        f"- {{file: files/{name[7:]}-zdjecie-1.jpg, name: Zdjęcie 1.JPG, type: image/jpeg, "
        "size: 9}\n---\nWhere is it?\n"
    )
    assert (entry.parent / f"files/{name[7:]}-zdjecie-1.jpg").read_bytes() == b"a picture"
    ticket = shown(desk, name)
    assert (ticket["requester"], ticket["channel"], ticket["cc"]) == ("+48123456789", "sms", [])
    assert (ticket["subject"], ticket["language"], name[:6]) == ("Where is it?", "pl", "240304")
    desk.ok("check")
    desk.clean()


def test_a_subject_is_made_of_the_first_words(desk):
    name = made(
        desk, line("  My parcel,\nwhich you sent three weeks ago, has not arrived here yet.\n")
    )
    assert (
        shown(desk, name)["subject"]
        == "My parcel, which you sent three weeks ago, has not arrived…"
    )
    other = made(desk, line("x", id="2", channel="web", subject="A  form"))
    assert shown(desk, other)["subject"] == "A form"


def test_a_commit_says_nothing_of_what_came(desk):
    made(desk, line("fixes #1 [skip ci]", id="[skip ci]", subject="[skip ci]"))
    message = desk.git("log", "-1", "--format=%B")
    assert message.splitlines()[0].endswith(": message, new")
    assert "skip" not in message


def test_the_queue_is_the_one_that_it_was_sent_to(staffed):
    settings = staffed.folder / "desk.yaml"
    settings.write_text(
        settings.read_text().replace("delivery: delivery@acme.example", 'delivery: "+48221234567"')
    )
    staffed.git("commit", "-qam", "a number")
    name = made(staffed, line(to="+48 22 123 45 67"))
    assert shown(staffed, name)["queue"] == "delivery"


def test_the_original_is_kept_where_the_desk_says_so(desk):
    settings = desk.folder / "desk.yaml"
    settings.write_text(settings.read_text() + "originals: always\n")
    desk.git("commit", "-qam", "originals")
    told = line(id="1")
    name = made(desk, told)
    [kept] = desk.folder.glob(f"tickets/**/{name}/files/*-original.json")
    assert kept.read_bytes() == told


# Once.


def test_a_message_twice_is_one(desk):
    told = line(id="1"), line(channel="chat", sender={"handle": "Jan_K"})
    first = post(desk, *told, *told)
    assert (first["created"], first["duplicates"]) == (2, 2)
    before = desk.git("rev-parse", "HEAD")
    again = post(desk, *told)
    assert (again["accepted"], again["duplicates"]) == (0, 2)
    assert desk.git("rev-parse", "HEAD") == before


def test_two_clones_at_two_times_write_the_same_files(desk, tmp_path):
    shutil.copytree(desk.folder, tmp_path / "other")
    other = Forked(tmp_path / "other", {"TIX_NOW": "2027-05-05T10:00:00Z"})
    told = [
        line(id="1"),
        line("Hello?", id="2", time="2024-03-04T11:00:00+01:00"),
        line(channel="chat", sender={"handle": "Jan_K"}, thread="room"),
        line("and", channel="chat", sender={"handle": "Jan_K"}, thread="room"),
    ]
    post(desk, *told)
    for one in told:
        post(other, one)
    assert tree(desk) == tree(other)


def test_an_id_is_derived_from_all_that_was_sent():
    first = PARSE(line(subject="a", time="2024-03-04T10:14:52Z"))
    swapped = json.dumps(dict(reversed(json.loads(line(subject="a")).items())), indent=1)
    assert PARSE(swapped.encode()).message_id == first.message_id
    assert first.message_id.startswith("sms:derived:")
    assert PARSE(line(subject="b")).message_id != first.message_id


def test_what_the_desk_wrote_does_not_come_back(desk):
    name = made(desk, line(channel="chat", sender={"handle": "jan"}, thread="room", id="1"))
    desk.ok("reply", name, "-m", "On its way")
    reply = shown(desk, name)["entries"][-1]
    echo = reply["message_id"].removeprefix("chat:")
    done = post(desk, line("On its way", "chat", {"handle": "helpbot"}, thread="room", id=echo))
    assert (done["dropped"], done["accepted"]) == (1, 0)
    assert "came back" in done["remarks"][0]


# Which ticket.


def matched(desk) -> str:
    return desk.git("log", "-1", "--format=%(trailers:key=Tix-Matched,valueonly)").strip()


def test_a_thread_is_one_ticket_whatever_becomes_of_it(desk):
    name = made(desk, line(id="1", thread="a"))
    desk.ok("solve", name)
    done = post(desk, line("Thanks", id="2", thread="a"), line("Else", id="3", thread="b"))
    assert (done["appended"], done["created"]) == (1, 1)
    assert shown(desk, name)["status"] == "open"
    assert desk.git("log", "--format=%(trailers:key=Tix-Matched,valueonly)").split() == ["thread"]


def test_threads_of_two_channels_are_two(desk):
    made(desk, line(id="1", thread="a"))
    made(desk, line(id="2", thread="a", channel="chat", sender={"handle": "jan"}))


def test_a_closed_ticket_gets_one_follow_up(desk):
    name = made(desk, line(id="1", thread="a"))
    desk.ok("close", name)
    new = made(desk, line("Again", id="2", thread="a"))
    assert shown(desk, new)["links"] == [{"kind": "follows", "target": name}]
    done = post(desk, line("And again", id="3", thread="a"))
    assert (done["appended"], done["tickets"]) == (1, [new])


def test_a_stranger_in_a_thread_gets_a_linked_ticket(desk):
    name = made(desk, line(id="1", thread="a"))
    other = made(desk, line("Me too", sender={"phone": "+48999999999"}, id="2", thread="a"))
    assert shown(desk, other)["links"] == [{"kind": "relates", "target": name}]
    assert len(shown(desk, name)["entries"]) == 1
    done = post(desk, line("Well?", sender={"phone": "+48999999999"}, id="3", thread="a"))
    assert done["tickets"] == [other]


def test_a_conversation_goes_on_in_the_newest_open_ticket(desk):
    first = made(desk, line(id="1"))
    assert post(desk, line("Hello?", id="2"))["tickets"] == [first]
    assert matched(desk) == "customer"
    desk.ok("solve", first)
    second = made(desk, line("Something else", id="3", time="2024-03-05T10:00:00Z"))
    desk.ok("reopen", first)
    done = post(desk, line("Well?", id="4"), line("And?", id="5"))
    assert done["tickets"] == [second]


def test_one_that_is_in_a_thread_takes_no_message_without(desk):
    first = made(desk, line(id="1", thread="a"))
    second = made(desk, line("Else", id="2"))
    assert first != second
    assert post(desk, line("Well?", id="3"))["tickets"] == [second]


@pytest.mark.parametrize("channel", ["web", "phone", "person"])
def test_forms_and_calls_make_new_tickets(desk, channel):
    done = post(desk, line(id="1", channel=channel), line(id="2", channel=channel))
    assert done["created"] == 2


def test_a_message_names_its_ticket(desk):
    name = made(desk, line(id="1"))
    done = post(desk, line("More", channel="web", id="2", ticket=name))
    assert done["tickets"] == [name]
    assert matched(desk) == "ticket"
    stranger = line("Me", sender={"handle": "eve"}, channel="chat", id="3", ticket=name)
    other = made(desk, stranger)
    assert shown(desk, other)["links"] == [{"kind": "relates", "target": name}]
    assert made(desk, line("None", id="4", channel="web", ticket="240101-00000000"))


def test_a_merged_ticket_stands_for_the_other(desk):
    name = made(desk, line(id="1", thread="a"))
    other = made(desk, line(id="2", thread="b"))
    path = next(desk.folder.glob(f"tickets/**/{name}/ticket.yaml"))
    path.write_text(
        path.read_text()
        .replace("status: new\npriority", "status: merged\npriority")
        .replace("timeline:", f"merged-into: {other}\ntimeline:")
    )
    desk.git("commit", "-qam", "merged")
    assert post(desk, line("Well?", id="3", thread="a"))["tickets"] == [other]


def test_an_agents_address_in_a_form_is_anybodys(desk):
    name = opened(desk)
    told = line("Done.", channel="web", sender={"address": "ann@acme.example"}, ticket=name)
    other = made(desk, told)
    assert other != name
    assert shown(desk, other)["entries"][0]["direction"] == "in"


def test_mail_and_messages_of_one_person_stay_apart_without_a_file(desk):
    name = opened(desk)
    chat = made(desk, line(channel="chat", sender={"address": "jan@example.com"}, id="1"))
    assert chat != name


# Customers.


@pytest.fixture
def known(desk):
    """A desk that knows that jan@example.com, a number and a handle are one."""
    who = ["jan@example.com", "+48123456789", "+chat:Jan_K"]
    desk.ok("customer", "set", *who, "name=Jan", "language=pl", "tier=gold")
    return desk


def test_a_customer_takes_part_under_each_identity(known):
    name = opened(known, "<1@example.com>")
    sms = line("It is here now", channel="sms", id="1", ticket=name)
    assert post(known, sms)["tickets"] == [name]
    # Who writes a mail from another address of theirs, too.
    known.ok("customer", "set", "jan@example.com", "+jan@home.example")
    answer = letter("<2@home.example>", sender="jan@home.example", in_reply_to="<1@example.com>")
    done = known.json("import", "-", stdin=answer)
    assert (done["appended"], done["tickets"]) == (1, [name])
    stranger = letter("<3@x>", sender="eve@evil.example", in_reply_to="<1@example.com>")
    assert known.json("import", "-", stdin=stranger)["created"] == 1


def test_a_conversation_goes_on_from_another_number(known):
    known.ok("customer", "set", "jan@example.com", "+48555000111")
    name = made(known, line(id="1"))
    done = post(known, line("My other phone", sender={"phone": "+48555000111"}, id="2"))
    assert done["tickets"] == [name]


def test_the_customers_language_is_taken_where_the_text_tells_none(known):
    assert shown(known, made(known, line("ok", id="1")))["language"] == "pl"
    known.ok("close", known.json("list")[0]["id"])
    english = "I have been waiting for my parcel for three weeks and nobody answers the phone"
    assert shown(known, made(known, line(english, id="2")))["language"] == "en"


# What is not accepted.

WRONG = {
    "no JSON": (b'{"channel": "sms"', "it is no JSON: "),
    "a number that is none": (b'{"channel": NaN}', "it is no JSON: NaN is no value"),
    "depth": (b"[" * 100_000, "it is no JSON: "),
    "no object": (b"[1]", "the line must be object"),
    "no UTF-8": (b'{"channel": "\xff"}', "it is not UTF-8"),
    "no channel": (line(channel=None), "channel is missing"),
    "no time": (line(time=None), "time is missing"),
    "no text": (line(text=None), "text is missing"),
    "nothing said": (line(" \n"), "neither a text nor attachments"),
    "an unknown channel": (line(channel="smss"), "did you mean 'sms'?"),
    "mail": (line(channel="email"), "mail is imported as mail"),
    "an unknown key": (line(thred="1"), "unknown key 'thred': did you mean 'thread'?"),
    "an unknown key inside": (
        line(sender={"phone": "+48123456789", "mail": "x"}),
        "unknown key 'mail' in sender",
    ),
    "nobody": (line(sender={"name": "x"}), "sender has one of address, phone and handle"),
    "two people": (
        line(sender={"phone": "+48123456789", "handle": "x"}),
        "sender has one of address, phone and handle",
    ),
    "a number without a country": (
        line(sender={"phone": "600100200"}),
        "sender.phone: '600100200'",
    ),
    "a number that is too short": (line(sender={"phone": "+48 1"}), "write it as +48123456789"),
    "an address that is none": (line(sender={"address": "jan"}), "sender.address: 'jan' is none"),
    "a handle with brackets": (line(sender={"handle": "a<b>"}), "sender.handle"),
    "no zone": (line(time="2024-03-04T10:14:52"), "time: '2024-03-04T10:14:52' is none"),
    "no day": (line(time="2024-02-31T10:14:52Z"), "time: '2024-02-31T10:14:52Z' is no time"),
    "a time of long ago": (line(time="1024-02-01T10:14:52Z"), "2000 to 2099"),
    "a key of two lines": (line(thread="a\nb"), "thread: 'a\\nb' is none"),
    "a thread's name as an id": (line(id="thread:1"), "id: 'thread:1' is none"),
    "no base64": (
        line(attachments=[{"name": "a", "content": "!!!"}]),
        "attachments[0].content is no base64",
    ),
    "no name": (line(attachments=[{"content": "aGk="}]), "name is missing in attachments[0]"),
    "no ticket's id": (line(ticket="7k3"), "ticket: '7k3' is none"),
}


@pytest.mark.parametrize(("raw", "reason"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said(raw, reason):
    with pytest.raises(NotAMail) as error:
        PARSE(raw)
    assert reason in str(error.value)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 400


def test_a_bad_line_stops_no_other_and_is_kept(desk):
    bad = [raw for raw, _ in WRONG.values()]
    done = post(desk, line(id="1"), *bad, b"", b"  ", line("Hello?", id="2"))
    assert (done["accepted"], done["quarantined"]) == (2, len(bad))
    kept = {one.read_bytes() for one in desk.folder.glob("quarantine/**/*.json")}
    assert kept == set(bad)
    said = [one.read_text() for one in desk.folder.glob("quarantine/**/*.yaml")]
    assert any("reason: time is missing\n" in one for one in said)
    assert done["remarks"][0].startswith("-:2: quarantined as ")
    desk.ok("check")
    again = post(desk, *bad)
    assert (again["quarantined"], again["duplicates"]) == (0, len(bad))
    desk.clean()


def test_a_line_that_is_too_large_is_kept_by_its_start(desk, monkeypatch):
    from io import BytesIO

    monkeypatch.setattr(jsonlines, "MAX_SIZE", 3 << 20)
    small = line(id="1")
    large = b'{"text": "' + b"x" * (4 << 20)
    found = list(jsonlines.lines(BytesIO(large + b"\n\n" + small + b"\r\n"), "a"))
    assert [(one.source, one.size) for one in found] == [
        ("a:1", len(large) + 1),
        ("a:3", len(small)),
    ]
    assert (len(found[0].content), found[1].content) == (1 << 20, small)


def test_signs_that_steer_and_halves_of_pairs_are_made_harmless(desk):
    told = line(
        "a\x00b \ud800 c\r\n",
        sender={"handle": "jan", "name": "J\x1b[31m <x>\ud800"},
        id="1",
        channel="chat",
        subject="a\nb\x07",
    )
    ticket = shown(desk, made(desk, told))
    assert ticket["subject"] == "a b\u2407"
    assert ticket["entries"][0]["text"] == "a\u2400b \ufffd c\n"
    assert ticket["entries"][0]["from"] == "J\u241b[31m (x)\ufffd <chat:jan>"
    desk.ok("check")


@given(
    st.binary()
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["channel", "sender", "text", "time", "attachments", "id", "phone"])
                | st.text(),
                inner,
            )
        ),
    ).map(lambda one: json.dumps(one).encode())
)
def test_any_line_is_a_message_or_says_why_not(raw):
    with pytest.raises(NotAMail):
        PARSE(raw)


@given(
    st.text(),
    st.text(),
    st.text(min_size=1),
    st.sampled_from(["address", "phone", "handle"]),
    st.text(),
    st.text(),
)
def test_any_text_in_a_line_is_filed_or_says_why_not(said, subject, key, way, who, name):
    raw = line(said, subject=subject, thread=key, sender={way: who, "name": name}, id=key)
    try:
        found = PARSE(raw)
    except NotAMail:
        return
    said = "".join((found.text, found.subject, str(found.sender), *found.in_reply_to))
    assert said.encode()
    drafted = READER.read(RawMail("x", raw, len(raw))).drafted
    entry = parse_entry(f"{drafted.name}.md", drafted.content)
    assert (entry.message_id, entry.in_reply_to) == (found.message_id, found.in_reply_to[0])
    assert entry.sender.endswith(found.sender.address) or entry.sender.endswith(">")


# The command.


def test_the_schema_is_printed_without_a_desk(empty):
    printed = json.loads(empty.ok("import", "--format", "jsonl", "--schema"))
    assert printed == empty.json("import", "--format", "jsonl", "--schema")
    assert {"channel", "id", "sender", "text", "subject", "thread", "time"} <= {
        *printed["properties"]
    }
    assert all("description" in one for one in printed["properties"].values())
    assert "a mail has no schema" in empty.fails(2, "import", "--schema")


def test_what_cannot_be_imported_is_refused(desk):
    assert "unknown format 'json': did you mean 'jsonl'" in desk.fails(
        2, "import", "--format", "json", "-"
    )
    assert "there is no file" in desk.fails(3, "import", "--format", "jsonl", "nothing.jsonl")
    assert "is a folder" in desk.fails(1, "import", "--format", "jsonl", ".")
    assert "name what to import" in desk.fails(2, "import", "--format", "jsonl")


def test_files_are_read_and_a_dry_run_writes_nothing(desk, tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b"\xef\xbb\xbf" + line(id="1") + b"\r\n" + line("b", id="2"))
    words = ["import", "--format", "jsonl", str(tmp_path / "a.jsonl")]
    before = desk.git("rev-parse", "HEAD")
    assert desk.ok(*words, "--dry-run").startswith("2 messages: 1 new ticket, 1 filed in tickets")
    assert desk.git("rev-parse", "HEAD") == before
    assert desk.json(*words)["accepted"] == 2


def test_many_messages_are_read_by_several_processes(desk):
    told = [
        line(
            f"Message {at}",
            id=str(at),
            thread=str(at % 7),
            sender={"phone": f"+4860010020{at % 7}"},
        )
        for at in range(400)
    ]
    done = post(desk, *told)
    assert (done["created"], done["appended"]) == (7, 393)
    assert post(desk, *told)["duplicates"] == 400
    desk.ok("check")
