"""URLs of mail servers: what they mean, and what is not taken for one."""

import pytest

from tix import config, servers
from tix.servers import BadUrl, HoldsPassword, Server, parse


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("imaps://ann@mx.example", Server("imaps", "ann", "mx.example", 993, "tls")),
        ("imap://ann@mx.example/A", Server("imap", "ann", "mx.example", 143, "starttls", "A")),
        ("imaps://ann@mx.example:9/A/B", Server("imaps", "ann", "mx.example", 9, "tls", "A/B")),
        ("imaps://a%40b.cd@mx.example", Server("imaps", "a@b.cd", "mx.example", 993, "tls")),
        ("imaps://a@b.cd@mx.example", Server("imaps", "a@b.cd", "mx.example", 993, "tls")),
        ("imaps://a@mx/%C5%BB%20x", Server("imaps", "a", "mx", 993, "tls", "Ż x")),
        ("imap://a@127.0.0.2:1/?tls=no", Server("imap", "a", "127.0.0.2", 1, "none")),
        ("imap://a@[::1]/?tls=no", Server("imap", "a", "::1", 143, "none")),
        ("imap://a@localhost?tls=no", Server("imap", "a", "localhost", 143, "none")),
        ("imaps://mx.example", Server("imaps", "", "mx.example", 993, "tls")),
    ],
)
def test_what_a_url_means(url, server):
    assert parse(url, servers.IMAP) == server


def test_servers_that_send_have_ports_of_their_own():
    assert parse("smtp://mx.example", servers.SMTP).port == 587
    assert parse("smtps://mx.example", servers.SMTP).port == 465


def test_options_are_those_that_are_known():
    found = parse("imaps://a@mx/?done=Done%20a%2Bb", servers.IMAP, ("done",))
    assert found.options == {"done": "Done a+b"}
    with pytest.raises(BadUrl, match="did you mean 'done'"):
        parse("imaps://a@mx/?dnoe=x", servers.IMAP, ("done",))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://a@mx", "starts with imaps:// or imap://"),
        ("a@mx", "starts with"),
        ("smtp://a@mx", "starts with"),
        ("imaps://a@", "names no host"),
        ("imaps:///INBOX", "names no host"),
        ("imaps://a@mx:many", "cannot be read"),
        ("imaps://a@mx:99999", "cannot be read"),
        ("imaps://a@[::1", "cannot be read"),
        ("imaps://a@mx/a b", "%20"),
        ("imaps://a@mx/a\nb", "%20"),
        ("imaps://a@mx/%0d%0aA1%20LOGOUT", "no UTF-8 text that can be printed"),
        ("imaps://a%0a@mx/", "no UTF-8 text that can be printed"),
        ("imaps://a@mx/%ff", "no UTF-8 text that can be printed"),
        ("imaps://a@mx/#x", "%23"),
        ("imaps://a@mx/?done=", "needs a value"),
        ("imap://a@mx/?tls=no", "on this machine"),
        ("imap://a@127.0.0.1.example.com/?tls=no", "on this machine"),
        ("imap://a@localhost/?tls=maybe", "tls is no"),
        ("imaps://a@localhost/?tls=no", "write imap://"),
    ],
)
def test_what_is_no_url_of_a_server(url, words):
    with pytest.raises(BadUrl) as caught:
        parse(url, servers.IMAP, ("done",))
    assert words in str(caught.value)


@pytest.mark.parametrize("url", ["imaps://a:hunter2@mx", "imaps://:hunter2@mx", "imaps://a:@mx"])
def test_a_password_is_refused_and_never_repeated(url):
    with pytest.raises(HoldsPassword) as caught:
        parse(url, servers.IMAP)
    assert "hunter2" not in str(caught.value)


def test_mailboxes_of_a_desk():
    settings, problems = config.load("mailboxes:\n  support: imaps://ann@mx.example\n")
    assert not problems
    assert settings.mailboxes["support"].path == "INBOX"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("sales: imaps://ann:hunter2@mx", "set TIX_PASSWORD_SALES"),
        ("sales: imaps://ann:hunter2@mx", "git config tix.mailbox-sales.passwordCommand"),
        ("sales: imaps://mx", "whose mailbox"),
        ("sales: [a]", "one URL"),
        ("sales: imaps://a@mx/?done=INBOX", "another folder"),
        ("sales: imaps://a@mx/A?done=A", "another folder"),
        ("sales: pop3://a@mx", "starts with"),
    ],
)
def test_a_mistake_about_a_mailbox_is_a_problem_of_its_line(row, words):
    text = f"mailboxes:\n  support: imaps://ann@mx.example\n  {row}\n"
    settings, [problem] = config.load(text)
    assert problem.line == 3
    assert words in problem.message
    assert "hunter2" not in problem.message
    assert list(settings.mailboxes) == ["support"]
