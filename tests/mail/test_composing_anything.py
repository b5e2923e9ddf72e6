"""The composer over whatever an entry can hold: nothing raises, and every mail can be read back."""

import re
import time
from dataclasses import replace
from email import message_from_bytes
from email.policy import compat32

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.format import strategies
from tests.mail.test_composing import DESK, heard, letter
from tix.mail import composing, preview
from tix.mail.composing import Letter, compose
from tix.mail.parse import parse
from tix.mail.quotes import shown
from tix.model import Attachment
from tix.text import clean

SLOW = settings(suppress_health_check=[HealthCheck.too_slow], max_examples=150)
FIELDS = {
    *("From", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References"),
    *("Content-Language", "Auto-Submitted", "X-Auto-Response-Suppress", "Precedence"),
    *("MIME-Version", "Content-Type"),
}
NEEDED = {"From", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"}
contents = st.binary(max_size=200)
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]))
one_line = words.map(lambda text: " ".join(text.split())[:100])
# A name in a mail has no brackets: `entries.person` makes them round.
person_names = one_line.map(lambda name: name.translate(str.maketrans("<>", "()")).strip('" '))
# The reader takes quotes around an address for a mistake of the sender's.
locals_ = st.from_regex(r"[a-z0-9!#$%&*+/=?^_`{|}~-]{1,20}", fullmatch=True)
domains = st.from_regex(r"[a-z0-9]{1,10}\.(?:example|test)", fullmatch=True)
# Tix's own reader decodes what looks like an encoded word, and makes overrides visible.
names_of_files = one_line.filter(
    lambda name: name and "=?" not in name and not re.search("[\u202a-\u202e\u2066-\u2069]", name)
)
addresses = st.builds("{}@{}".format, locals_, domains)


def outgoing(entry, file):
    """Return an arbitrary entry as a message that is sent, and its files."""
    sent = replace(entry, kind="message", direction="out", redacted=None)
    return sent, {one.file: file for one in entry.attachments}


@given(strategies.tickets, strategies.entries, st.lists(strategies.entries, max_size=4), contents)
@SLOW
def test_no_entry_makes_it_raise_and_every_mail_is_well_formed(ticket, entry, thread, file):
    sent, files = outgoing(entry, file)
    desk = DESK._replace(signature="{{ requester.name }} {{ ticket.subject }}", quote="all")
    made = compose(Letter(desk, ticket, sent, tuple(thread), files))
    found = message_from_bytes(made.content, policy=compat32)
    assert len(found.keys()) == len(set(found.keys()))
    assert NEEDED <= set(found.keys()) <= FIELDS
    assert not any(one.defects for one in found.walk())
    assert max(map(len, made.content.split(b"\r\n"))) <= 998
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\x00", made.content)
    assert made.smtputf8 or made.content.isascii()
    own = parse(made.content)
    assert own.message_id == made.message_id
    assert [one.content for one in own.attachments] == [file] * len(sent.attachments)
    assert preview.data(made, preview.read(made.content))["recipients"] == [*made.recipients]
    assert composing.as_json(Letter(desk, ticket, sent, tuple(thread), files))["ticket"]


@given(
    one_line,
    st.lists(st.tuples(person_names, addresses), max_size=4, unique_by=lambda one: one[1]),
    st.lists(st.tuples(person_names, addresses), max_size=3, unique_by=lambda one: one[1]),
    words,
)
@SLOW
def test_what_tix_reads_back_is_what_was_composed(subject, to, cc, body):
    cc = [one for one in cc if one[1] not in {address for _, address in to}]
    people = [tuple(f"{name} <{address}>" for name, address in some) for some in (to, cc)]
    made = compose(letter(subject=subject, to=people[0], cc=people[1], text=clean(body)))
    own = parse(made.content)
    assert own.subject == subject
    assert [(one.name, one.address) for one in own.to] == to
    assert [(one.name, one.address) for one in own.cc] == cc
    assert own.text.rstrip() == clean(body).rstrip()
    assert made.recipients == tuple(address for _, address in (*to, *cc))


@given(words.filter(str.strip), st.sampled_from(["en", "pl", "ru", "tr", "fa", "de", "fr", "it"]))
@SLOW
def test_what_is_quoted_is_told_from_what_is_written(said, language):
    thread = [heard(clean(said), automatic="")]
    made = compose(letter(thread, text="It is on its way.\n", language=language))
    assert shown(parse(made.content).text) == "It is on its way."


@given(st.lists(st.tuples(names_of_files, contents), max_size=4))
@SLOW
def test_files_are_read_back_as_they_were_attached(files):
    attached = tuple(
        Attachment(f"files/8kd2mw4p-{at}", name, "text/plain", len(content))
        for at, (name, content) in enumerate(files)
    )
    held = {f"files/8kd2mw4p-{at}": content for at, (_, content) in enumerate(files)}
    made = compose(letter(attachments=attached, contents=held))
    assert [(one.name, one.content) for one in parse(made.content).attachments] == files


LARGE = ("*_[`" * 100_000, "> " * 100_000, "a\n" * 200_000, "x" * 500_000, "<" * 200_000)
KNOTTY = ("[", "*a_ ", "- ", "http://a", "http://a ", "a@b.", "[a](b", "a\n\n- ", "`a", "> ")


@pytest.mark.parametrize("text", LARGE, ids=lambda text: text[:4])
def test_a_large_text_takes_time_and_room_in_proportion(text):
    started = time.process_time()
    made = compose(letter([heard(text)], text=text))
    assert time.process_time() - started < 10
    assert len(made.content) < 30 * len(text)


@pytest.mark.parametrize("piece", KNOTTY)
def test_no_text_ties_a_knot_in_what_makes_its_html(piece):
    started = time.process_time()
    compose(letter(text=piece * (49_000 // len(piece))))
    assert time.process_time() - started < 10


def test_fields_that_never_end_are_bounded():
    started = time.process_time()
    many = tuple(f"{' ' * 9_000}<{'<' * 9_000}{at}" for at in range(50))
    made = compose(letter(to=many, subject="=?" * 60_000, references=("<" * 100_000,)))
    assert time.process_time() - started < 10
    assert len(made.content) < 10_000
