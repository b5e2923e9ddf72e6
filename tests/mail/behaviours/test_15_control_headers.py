"""Behaviour 15: control headers that arrive in mail do nothing, nor does it write commits; and no
value of a field begins another field of an outgoing mail.
"""

from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from email.utils import getaddresses

from hypothesis import given
from hypothesis import strategies as st

from tests.mail.test_composing import DESK, ID, REPLY, TICKET
from tests.mails import letter, opened, post, shown
from tix.mail.composing import Letter, compose
from tix.model import Attachment

CONTROL = {
    "X_Tix_Status": "closed",
    "X_Tix_Ticket": "240304-00000000",
    "X_Tix_Assignee": "ann",
    "Tix_Action": "reply",
    "X_Tix_Priority": "urgent",
    "X_Priority": "1",
    "Status": "RO",
    "X_Status": "closed",
    "Control": "close 1",
}


def plain(found):
    """Return a ticket but for what differs between two."""
    return {key: one for key, one in found.items() if key not in ("id", "rev", "entries")}


def test_a_new_ticket_is_as_it_is_without_them(desk):
    ticket = opened(desk)
    with_them = opened(desk, "<2@example.com>", **CONTROL)
    one, two = plain(shown(desk, ticket)), plain(shown(desk, with_them))
    for found in (one, two):
        [line] = found["timeline"]
        line.pop("n"), line.pop("message")
    assert one == two


def test_they_do_not_move_a_ticket(desk):
    ticket = opened(desk)
    post(desk, letter("<2@example.com>", in_reply_to="<1@example.com>", **CONTROL))
    found = shown(desk, ticket)
    assert (found["status"], found["assignee"], found["priority"]) == ("new", "", "normal")


def test_pseudo_headers_in_the_body_are_words(desk):
    body = "status: closed\nassignee: ann\n---\nkind: note\n...\nTix-Action: reply\n"
    ticket = opened(desk, body=body)
    found = shown(desk, ticket)
    assert (found["status"], found["assignee"]) == ("new", "")
    assert (found["entries"][0]["kind"], found["entries"][0]["text"]) == ("message", body)


def test_nothing_of_a_mail_enters_the_commit_but_a_harmless_message_id(desk):
    hostile = "x [skip ci] fixes #1\n Tix-Action: undo"
    names = ["<1 [skip ci]@x>", "<a\n Tix-Ticket:b@x>", "<[skip]@x>", "<ok@example.com>"]
    for at, name in enumerate(names):
        post(
            desk, letter(name, f"{at}\n", subject=hostile, sender=f'"{hostile}" <a{at}@x.example>')
        )
    log = desk.git("log", "--format=%an%n%B")
    assert "skip" not in log
    assert "fixes" not in log
    assert "undo" not in log
    assert "Tix-Message-ID: <ok@example.com>" in log


# What breaks lines, ends values, opens encodings, or is a field.
_BREAKS = ("\r\n", "\n", "\r", "\x00", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", " ", "\t")
_SIGNS = (",", ";", "<", ">", '"', "\\", ":", "=", "=?", "?=", "(", ")", "'", "*", "%0d%0a", "--")
_FIELDS = ("Bcc: eve@evil.example", "=?utf-8?q?=0D=0ABcc:_e@evil.example?=", "To: eve@x.example")
_OTHERS = ("eve@evil.example", "text", "é", "ژ")
hostile = st.lists(st.sampled_from((*_BREAKS, *_SIGNS, *_FIELDS, *_OTHERS)), max_size=8).map(
    "".join
)
EXPECTED = [
    *("From", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References"),
    *("Content-Language", "Auto-Submitted", "X-Auto-Response-Suppress", "Precedence"),
    *("MIME-Version", "Content-Type"),
]


def composed(text: str, **fields):
    """Compose a reply whose every field holds a hostile text."""
    file = Attachment("files/8kd2mw4p-a", text, text, 1)
    fields = {
        "sender": f"{text} <support@acme.example>",
        "to": (f"{text} <jan@example.com>", text),
        "cc": (f"{text} <ola@example.com>", f"{text}@example.com\r\n"),
        "subject": text,
        "automatic": text or "x",
        "attachments": (file,),
        **fields,
    }
    desk = DESK._replace(name=f"D{text}", signature="{{ desk.name }} {{ ticket.subject }}")
    ticket = replace(TICKET, subject=f"S{text}", language=text)
    return compose(Letter(desk, ticket, replace(REPLY, **fields), (), {file.file: b"x"}))


@given(hostile)
def test_no_text_of_any_field_begins_another_field_or_writes_to_anybody(text):
    made = composed(text)
    found = message_from_bytes(made.content, policy=default)
    assert list(found.keys()) == EXPECTED
    people = [one for name in ("to", "cc") for one in found[name].addresses]
    # Python's parser leaves the bytes of other scripts as they are.
    addresses = tuple(one.addr_spec.encode("utf-8", "surrogateescape").decode() for one in people)
    assert addresses == made.recipients
    assert {"jan@example.com", "ola@example.com"} <= set(addresses)
    # A text may itself be an address: then, and only then, it is written to.
    others = set(addresses) - {"jan@example.com", "ola@example.com"}
    assert all(one == text.strip() or one == f"{text.strip()}@example.com" for one in others), (
        others
    )
    assert found["from"].addresses[0].addr_spec == made.sender == "support@acme.example"
    for part in found.walk():
        assert set(part.keys()) <= {*EXPECTED, "Content-Transfer-Encoding", "Content-Disposition"}


@given(hostile)
def test_ids_and_languages_hold_no_field_either(text):
    made = composed(
        "x",
        message_id=f"<{text}@x>",
        in_reply_to=text,
        references=(text, f"<{text}>"),
        language=text,
    )
    found = message_from_bytes(made.content, policy=default)
    absent = {"In-Reply-To", "References", "Content-Language"} - set(found.keys())
    assert list(found.keys()) == [one for one in EXPECTED if one not in absent]
    assert made.recipients == ("jan@example.com", "ola@example.com", "x@example.com")


def test_blind_copies_and_encoded_line_breaks_go_nowhere():
    made = composed("=?utf-8?q?=0D=0ABcc:_eve@evil.example?=\r\nBcc: eve@evil.example")
    head = made.content.partition(b"\r\n\r\n")[0]
    assert b"\nBcc" not in head
    assert made.recipients == ("jan@example.com", "ola@example.com")
    found = message_from_bytes(made.content, policy=default)
    assert [one for _, one in getaddresses([str(found["cc"])])] == ["ola@example.com"]
    assert ID not in made.recipients
