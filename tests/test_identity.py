"""Who somebody is on a channel."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tix import channels, identity

CHANNELS = ("email", "sms", "chat")


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("Jan@Example.com", "jan@example.com"),
        ("Jan Kowalski <Jan@Example.com>", "jan@example.com"),
        ("+48 123-456-789", "+48123456789"),
        ("Jan <+48 (12) 345.67.89>", "+48123456789"),
        ("chat:Jan_K", "chat:Jan_K"),
        ("Jan K <chat:Jan K>", "chat:Jan K"),
        ("chat:@jan@social.example", "chat:@jan@social.example"),
        ("chat:a:b", "chat:a:b"),
        # What is none:
        ("123 456 789", ""),
        ("+48", ""),
        ("+4812345678901234", ""),
        ("jan", ""),
        ("fax:jan", ""),
        ("chat:", ""),
        ("chat: jan", ""),
        ("chat:a  b", ""),
        ("a b@example.com", ""),
        ("jan@example.com\n", ""),
        (f"{'a' * 250}@example.com", ""),
        ("", ""),
    ],
)
def test_an_identity_is_read(given, found):
    assert identity.read(given, CHANNELS) == found


@given(st.text())
def test_what_is_read_is_read_again_as_it_is(value):
    found = identity.read(value, CHANNELS)
    assert not found or identity.read(found, CHANNELS) == found
    assert not found or identity.bare(f"Name <{found}>") == found


def test_only_addresses_are_addresses():
    assert identity.is_address("jan@example.com")
    assert not identity.is_address("chat:@jan@social.example")
    assert not identity.is_address("+48123456789")


def test_mail_has_no_threads_of_channels():
    assert channels.thread_in("email", "email:thread:1") == ""
    assert channels.thread_in("sms", "sms:1") == ""
    assert channels.thread_in("sms", channels.thread("sms", "1")) == "sms:thread:1"
