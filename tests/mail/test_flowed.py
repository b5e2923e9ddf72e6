"""Format=flowed (RFC 3676)."""

from __future__ import annotations

import pytest

from tix.mail.flowed import unflow
from tix.mail.parse import parse


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("one \ntwo\nthree", "one two\nthree"),
        ("> one \n> two\nthree", "> one two\nthree"),
        (">> one \n> two", ">> one \n> two"),
        (" From here\n >not a quote", "From here\n>not a quote"),
        ("text \n-- \nAnn", "text \n-- \nAnn"),
        ("", ""),
    ],
)
def test_unflow(written: str, meant: str) -> None:
    assert unflow(written) == meant


def test_delsp() -> None:
    assert unflow("日本 \n語", delsp=True) == "日本語"


def test_in_a_mail() -> None:
    raw = b"From: a@b\nContent-Type: text/plain; format=Flowed; delsp=yes\n\none  \r\ntwo\r\n"
    assert parse(raw).text == "one two"
