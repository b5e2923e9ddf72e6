"""A ticket is written in the language of the mail that began it."""

from datetime import UTC, datetime

import pytest

from tests.mails import letter, opened, shown
from tix import language
from tix.mail import reading
from tix.mail.reading import Reader
from tix.mail.sources import RawMail
from tix.settings import Settings

GERMAN = "Mein Paket ist noch immer nicht angekommen, und ich hätte gern mein Geld zurück.\n"
FIELDS = {"subject": "Wo ist mein Paket?", "content_type": "text/plain; charset=utf-8"}


@pytest.mark.parametrize("answered", ["", "<gone@example.com>"])
def test_it_is_told_of_a_first_mail_and_of_an_answer_to_what_the_desk_lacks(desk, answered):
    ticket = opened(desk, body=GERMAN, in_reply_to=answered, **FIELDS)
    assert shown(desk, ticket)["language"] == "de"


def test_what_the_mail_says_of_itself_goes_before(desk):
    ticket = opened(desk, body=GERMAN, content_language="pl", **FIELDS)
    assert shown(desk, ticket)["language"] == "pl"


def test_mail_is_read_where_languages_cannot_be_told(monkeypatch):
    def missing():
        raise ModuleNotFoundError("fasttext")

    monkeypatch.setattr(language, "_model", missing)
    monkeypatch.setattr(reading, "PIECE", 2)
    raw = letter(body=GERMAN, **FIELDS)
    mails = [RawMail(str(at), raw, len(raw)) for at in range(9)]
    reader = Reader(Settings(), datetime(2026, 11, 30, tzinfo=UTC), 40)
    found = [prepared for _, prepared in reader.read_all(mails)]
    assert [(one.reason, one.language) for one in found] == [("", "")] * 9
