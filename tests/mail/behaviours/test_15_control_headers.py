"""Behaviour 15: control headers that arrive in mail do nothing, nor does it write commits."""

from tests.mails import letter, opened, post, shown

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
