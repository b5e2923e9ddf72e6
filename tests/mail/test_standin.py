"""What stands in for a mail that cannot be read: it never fails, and keeps every byte."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mails import letter
from tix.mail.forms import MAIL
from tix.mail.parsed import Address
from tix.mail.sources import RawMail
from tix.mail.standin import Releaser, make
from tix.settings import Settings

NOW = datetime(2026, 11, 30, tzinfo=UTC)
JAN = Address("", "jan@example.com")
RELEASER = Releaser(Settings(language="pl"), NOW, 40, MAIL, JAN)


def raw(content: bytes, size: int = 0) -> RawMail:
    return RawMail("x", content, size or len(content))


heads = st.sampled_from([b"", b"From: ", b"Subject: \xff", b"References: <", b"Content-Type: a/b;"])


@settings(max_examples=200)
@given(heads, st.binary(max_size=400), st.booleans())
def test_any_bytes_can_be_released(head, content, large):
    mail = raw(head + content, 70 << 20 if large else 0)
    prepared = RELEASER.read(mail)
    assert prepared.mail is not None
    assert prepared.mail.sender is not None
    assert prepared.drafted is not None


@settings(max_examples=200)
@given(heads, st.binary(max_size=400))
def test_it_keeps_every_byte_and_has_a_message_id(head, content):
    found = make(raw(head + content), "it is broken", "pl")
    assert [one.content for one in found.attachments] == [head + content]
    assert found.message_id.startswith("<")
    assert found.message_id == make(raw(head + content), "it is broken", "pl").message_id


def test_what_tix_fails_at_is_released_by_its_header():
    def fail(*_):
        raise RecursionError

    failing = replace(RELEASER, form=MAIL._replace(parse=fail))
    found = failing.parsed(raw(letter("<1@x>", subject="Hello", in_reply_to="<0@x>")))
    assert (found.subject, found.message_id, found.in_reply_to) == ("Hello", "<1@x>", ("<0@x>",))
    assert "tix failed to read it (RecursionError)" in found.text


@pytest.mark.parametrize("originals", ["always", "lossy", "never"])
def test_the_bytes_are_kept_once_whatever_the_desk_says_of_originals(originals):
    releaser = Releaser(Settings(originals=originals), NOW, 40, MAIL, JAN)
    prepared = releaser.read(raw(b"no header"))
    assert list(prepared.drafted.files.values()) == [b"no header"]


def test_a_sender_stands_in_only_where_none_is_named():
    assert RELEASER.parsed(raw(letter(sender=""))).sender == JAN
    assert RELEASER.parsed(raw(letter(sender="eve@evil.example"))).sender.address[:3] == "eve"
