"""Finishing half a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.query.test_parse import DESK, NOW
from tix.query import parse
from tix.query.complete import candidates
from tix.query.keys import KEYS


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("st", ["status:"]),
        ("-st", ["-status:"]),
        ("ST", ["status:"]),
        ("custom.p", ["custom.plan:", "custom.paid:"]),
        ("p", ["priority:", "plan:", "paid:"]),
        ("@m", ["@mine"]),
        ("-@v", ["-@vip"]),
        ("status:o", ["status:open"]),
        ("-status:open,ne", ["-status:open,new"]),
        ("status:w", []),
        ('status:"w', ['status:"Waiting for parts"']),
        ("status:open,o", []),
        (
            "priority:>=",
            ["priority:>=low", "priority:>=normal", "priority:>=high", "priority:>=urgent"],
        ),
        ("priority:<n", ["priority:<normal"]),
        ("queue:", ["queue:support", "queue:delivery", "queue:none", "queue:any"]),
        (
            "assignee:",
            ["assignee:ann", "assignee:bob", "assignee:me", "assignee:none", "assignee:any"],
        ),
        ("is:un", ["is:unsolved"]),
        ("is:ov", ["is:overdue"]),
        ("has:", ["has:attachment", "has:note", "has:reply"]),
        ("category:delivery.", ["category:delivery.delay"]),
        ("plan:", ["plan:gold", "plan:silver", "plan:none", "plan:any"]),
        ("custom.paid:y", ["custom.paid:yes"]),
        ("created:t", ["created:today", "created:this-week", "created:this-month"]),
        ("due:<", ["due:<1d", "due:<7d"]),
        ("due:n", ["due:next-week", "due:none"]),
        ("subject:", []),
        ("foo:", []),
        ("zzz", []),
    ],
)
def test_candidates(word, expected):
    assert candidates(word, DESK) == expected


def test_nothing_typed_offers_every_key_and_view():
    found = candidates("", DESK)
    assert {f"{one}:" for one in KEYS} <= {*found}
    assert "@mine" in found
    assert len(found) == len({*found})


def test_what_is_offered_can_be_read():
    for key in KEYS:
        for one in candidates(f"{key}:", DESK):
            assert parse([one], DESK, NOW, lambda: "ann").terms


@given(st.text())
def test_any_text_has_candidates_or_none(word):
    assert all(isinstance(one, str) for one in candidates(word, DESK))
