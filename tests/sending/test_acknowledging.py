"""A customer who writes is told that it has arrived: once, by template, and never a machine."""

import email
import email.policy

import pytest

from tests.mails import just_now, letter, mbox, shown
from tests.sending.conftest import deliveries, set_up


def come(desk, *letters):
    """Have mails come in just now."""
    return desk.json("import", "--live", "-", stdin=mbox(*letters))


def fresh(name="<1@example.com>", **fields):
    return letter(name, date=just_now(), **fields)


def test_who_writes_is_told_that_it_has_arrived(mailing, server):
    [ticket] = come(mailing, fresh())["tickets"]
    found = shown(mailing, ticket)
    _, told = found["entries"]
    assert (told["direction"], told["automatic"], told["template"]) == (
        *("out", "auto-replied", "received"),
    )
    assert (found["status"], found["assignee"]) == ("new", "")
    assert mailing.git("rev-list", "--count", "HEAD").strip() == "4"  # one more than before
    assert mailing.json("send")["sent"] == 1
    message = email.message_from_bytes(server.taken[0].content, policy=email.policy.default)
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["In-Reply-To"] == "<1@example.com>"
    assert f"[#{ticket}]" in message["Subject"]
    assert "It has reached us" in message.get_body(("plain",)).get_content()
    assert deliveries(mailing, ticket) == ["queued", "sending", "sent"]


def test_a_name_makes_no_link_in_it(mailing, server):
    folder = mailing.folder / "templates"
    folder.mkdir(exist_ok=True)
    (folder / "received.en.md").write_text("Hello **{{ requester.name }}**,\nthank you.\n")
    mailing.git("add", "-A")
    mailing.git("commit", "-qm", "a template of ours")
    come(mailing, fresh(sender='"[Click here](https://evil.example/x)" <jan@example.com>'))
    assert mailing.json("send")["sent"] == 1
    message = email.message_from_bytes(server.taken[0].content, policy=email.policy.default)
    html = message.get_body(("html",)).get_content()
    assert "[Click here](https://evil.example/x)" in html
    assert "<a" not in html
    assert "**,<br>" in html


def test_in_their_language(mailing):
    body = "Dzień dobry, gdzie jest moja paczka? Czekam na nią od trzech tygodni.\n"
    [ticket] = come(mailing, fresh(body=body, subject="Gdzie jest paczka"))["tickets"]
    assert "dziękujemy za wiadomość" in shown(mailing, ticket)["entries"][1]["text"]


def test_the_same_in_two_clones(mailing, tmp_path):
    from tests.forked import Forked

    mailing.git("clone", "-q", ".", str(tmp_path / "other"))
    other, mail = Forked(tmp_path / "other"), fresh()
    come(mailing, mail)
    come(other, mail)
    tree = [one.git("rev-parse", "HEAD^{tree}") for one in (mailing, other)]
    assert tree[0] == tree[1]


@pytest.mark.parametrize(
    "fields",
    [
        {"auto_submitted": "auto-replied"},
        {"precedence": "bulk"},
        {"list_id": "<x.example>"},
        {"return_path": "<>"},
        {"authentication_results": "mx.acme.example; dmarc=fail"},
        {"sender": "Bob Example <bob@acme.example>"},
        {"sender": "support@acme.example"},
    ],
)
def test_neither_a_machine_nor_an_agent_nor_a_forged_sender(mailing, fields):
    done = come(mailing, fresh(**fields))
    assert mailing.json("outbox") == []
    assert done["created"] == 1


def test_not_what_is_old_and_not_what_is_imported(mailing):
    come(mailing, letter(date=just_now(days=2)))
    mailing.ok("import", "-", stdin=mbox(fresh("<2@example.com>")))
    assert mailing.json("outbox") == []


def test_not_an_answer(mailing):
    come(mailing, fresh())
    come(mailing, fresh("<2@example.com>", in_reply_to="<1@example.com>"))
    assert len(mailing.json("outbox")) == 1


def test_not_too_often(mailing):
    many = [fresh(f"<{number}@example.com>") for number in range(8)]
    first, second = come(mailing, *many[:4]), come(mailing, *many[4:])
    assert len(mailing.json("outbox")) == 5
    assert (first["created"], second["created"]) == (4, 4)
    assert "no acknowledgement" in second["remarks"][-1]


def test_not_the_requester_of_a_closed_ticket_to_which_somebody_else_writes(mailing):
    [ticket] = mailing.json("import", "-", stdin=mbox(letter(cc="ola@example.com")))["tickets"]
    mailing.ok("close", ticket)
    late = fresh("<2@example.com>", sender="Ola <ola@example.com>", in_reply_to="<1@example.com>")
    done = come(mailing, late)
    assert (done["created"], done["remarks"]) == (1, [])
    assert mailing.json("outbox") == []
    come(mailing, fresh("<3@example.com>", in_reply_to="<1@example.com>"))
    assert len(mailing.json("outbox")) == 1


def test_not_where_no_mail_can_go(mailing):
    done = come(mailing, fresh(sender="eve@attacker..example"))
    assert mailing.json("outbox") == []
    assert done["created"] == 1
    assert "no mail can go there" in done["remarks"][0]


def test_importing_again_says_nothing_twice(mailing):
    mail = fresh()
    come(mailing, mail)
    come(mailing, mail)
    assert len(mailing.json("outbox")) == 1


def test_a_wrong_template_keeps_no_mail_out(mailing):
    place = mailing.folder / "templates"
    place.mkdir()
    (place / "received.en.md").write_text("{{ nothing.at.all }}\n")
    mailing.git("add", ".")
    mailing.git("commit", "-qm", "a mistake")
    done = come(mailing, fresh())
    assert done["created"] == 1
    assert "template received" in done["remarks"][0]


def test_switched_off(staffed, server):
    set_up(staffed, server.port, "tell: none")
    come(staffed, fresh())
    assert staffed.json("outbox") == []


def test_solved_and_closed_by_hand_where_the_desk_says_so(staffed, server):
    set_up(staffed, server.port, "tell: [solved, closed, status]")
    ticket = staffed.new()
    staffed.ok("pend", ticket)
    staffed.ok("open", ticket)
    staffed.ok("hold", ticket)
    staffed.ok("solve", ticket)
    staffed.ok("close", ticket)
    told = [one for one in shown(staffed, ticket)["entries"] if one["template"]]
    names = [one["template"] for one in told]
    assert sorted(names) == ["closed", "solved", "status", "status"]
    assert staffed.json("send")["sent"] == 4
    assert {one.recipients for one in server.taken} == {("jan@example.com",)}


def test_undoing_takes_back_what_was_queued(staffed, server):
    set_up(staffed, server.port, "tell: [solved]")
    ticket = staffed.new()
    staffed.ok("solve", ticket)
    staffed.ok("undo")
    assert staffed.json("outbox") == []
    assert shown(staffed, ticket)["status"] == "new"
