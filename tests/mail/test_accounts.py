"""Where the secrets of mail accounts come from, and in which order."""

import pytest

from tix.errors import Refused, Temporary
from tix.mail.accounts import Secret, patience, secret

COMMAND = "tix.mailbox-a-b.c.passwordcommand"


def test_the_environment_goes_before_a_command_and_the_nearer_name_before_the_farther(monkeypatch):
    configured = {COMMAND: "echo from a command; echo more"}
    assert secret("mailbox", "a-b.c", configured) == Secret("password", "from a command")
    found = []
    for name in ("TIX_TOKEN", "TIX_PASSWORD", "TIX_TOKEN_A_B_C", "TIX_PASSWORD_A_B_C"):
        monkeypatch.setenv(name, f"from {name}")
        found.append(secret("mailbox", "a-b.c", configured))
    kinds = "token", "password", "token", "password"
    assert [one.kind for one in found] == [*kinds]
    assert found[-1].value == "from TIX_PASSWORD_A_B_C"


def test_an_empty_variable_is_none(monkeypatch):
    monkeypatch.setenv("TIX_PASSWORD", "")
    with pytest.raises(Refused) as caught:
        secret("mailbox", "support", {})
    for words in ("TIX_PASSWORD_SUPPORT", "tix.mailbox-support.passwordCommand", "tokenCommand"):
        assert words in str(caught.value)


def test_a_command_may_print_a_token():
    setting = {"tix.mailbox-a.tokencommand": "printf 'abc\\r\\n'"}
    assert secret("mailbox", "a", setting) == Secret("token", "abc")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("echo locked >&2; exit 3", "failed (locked)"),
        ("exit 3", "failed (exit status 3)"),
        ("true", "printed nothing"),
        ("echo; echo secret", "printed nothing"),
        ("no-such-command-here", "not found"),
        ("cat", "printed nothing"),
        ("sleep 60 & sleep 60", "for 1 s"),
    ],
)
def test_a_command_that_prints_no_secret_says_which_and_why(command, words, monkeypatch):
    monkeypatch.setenv("TIX_TIMEOUT", "1")
    with pytest.raises(Temporary) as caught:
        secret("mailbox", "a", {"tix.mailbox-a.passwordcommand": command})
    assert "tix.mailbox-a.passwordCommand" in str(caught.value)
    assert words in str(caught.value)


def test_a_secret_is_not_shown():
    kept = Secret("password", "hunter2")
    assert "hunter2" not in repr(kept)
    assert "hunter2" not in f"{kept}"
    assert kept.hidden_in("BAD: LOGIN ann hunter2") == "BAD: LOGIN ann …"


@pytest.mark.parametrize(
    ("given", "seconds"), [("5", 5.0), ("0.5", 0.5), ("0", 60.0), ("x", 60.0), ("nan", 60.0)]
)
def test_how_long_a_server_may_take(given, seconds, monkeypatch):
    monkeypatch.setenv("TIX_TIMEOUT", given)
    assert patience() == seconds
