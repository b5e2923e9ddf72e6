"""Who is told of what, by mail: each event, and what nobody is told of."""

from tests.mail.behaviours.test_08_bounces import bounce
from tests.mails import just_now
from tests.notifying.conftest import ANN, BOB, parsed, text_of


def followed(desk, ticket, *agents):
    """Have agents follow a ticket."""
    path = desk.folder / desk.ok("path", ticket).strip() / "ticket.yaml"
    rows = "".join(f"- {one}\n" for one in agents)
    head, _, tail = path.read_text().partition("\nrequester: ")
    requester, _, rest = tail.partition("\n")
    path.write_text(f"{head}\nrequester: {requester}\nfollowers:\n{rows}{rest}")
    desk.git("commit", "-qam", "follow")


def test_the_first_look_tells_nothing_and_no_later_one_tells_it_again(mailing, server):
    mailing.new("Before", "--assign", "bob")
    assert mailing.json("send")["notices"] == []
    assert mailing.ok("send") == "nothing to send\n"
    assert not server.taken


def test_a_ticket_that_is_assigned_is_told_to_whose_it_is(desk_told, server):
    ticket = desk_told.new()
    desk_told.ok("assign", ticket, "bob")
    assert desk_told.told() == [("bob", "assigned")]
    [mail] = server.taken
    assert (mail.sender, mail.recipients) == ("support@acme.example", (BOB,))
    message = parsed(mail)
    assert message["Subject"] == f"Parcel is late: yours now [#{ticket}]"
    assert message["From"] == "Acme Support <support@acme.example>"
    assert message["To"] == "Bob Example <bob@acme.example>"
    assert "Ann Example has assigned this ticket to you." in text_of(mail)
    assert desk_told.told() == []
    assert len(server.taken) == 1
    desk_told.clean()


def test_a_new_ticket_is_told_to_the_agents_of_its_queue(desk_told, server):
    desk_told.edit("agents.yaml", "bob:\n", "bob:\n  queues: [delivery]\n")
    desk_told.new("Elsewhere")
    desk_told.new("Here", "--queue", "delivery")
    assert desk_told.told() == [("bob", "new")]
    assert parsed(server.taken[0])["Subject"].startswith("Here: new in delivery [#")
    assert "> Where is it?" in text_of(server.taken[0])


def test_a_ticket_that_moves_into_a_queue_is_new_there(desk_told):
    desk_told.edit("agents.yaml", "bob:\n", "bob:\n  queues: [delivery]\n")
    ticket = desk_told.new()
    assert desk_told.told() == []
    desk_told.ok("set", ticket, "queue=delivery")
    assert desk_told.told() == [("bob", "new")]


def test_what_a_customer_writes_is_told_such_that_an_answer_goes_to_them(desk_told, server):
    ticket = desk_told.mail(
        "Where is my parcel?", "Jan Kowalski <jan@example.com>", "Subject: Late"
    )
    desk_told.ok("assign", ticket, "bob")
    desk_told.told()
    said = "Still nothing.\n\nOn Monday Ann wrote:\n> It is on its way."
    assert desk_told.mail(said, "Jan Kowalski <jan@example.com>", f"Subject: Re: [#{ticket}]") == (
        ticket
    )
    assert desk_told.told() == [("bob", "answered")]
    mail = parsed(server.taken[-1])
    last = desk_told.json("show", ticket)["entries"][-1]["message_id"]
    assert (mail["In-Reply-To"], mail["References"]) == (last, last)
    assert mail["Reply-To"] is None
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Message-ID"].endswith(f".{ticket}@acme.example>")
    text = text_of(server.taken[-1])
    assert "Jan Kowalski has written:\n\n> Still nothing." in text
    assert "It is on its way" not in text
    assert "goes to the customer, jan@example.com" in text
    # The agent answers that mail, as any mail program does.
    answer = (
        f"From: Bob <{BOB}>\nTo: {mail['From']}\nSubject: Re: {mail['Subject']}\n"
        f"Message-ID: <answer@acme.example>\nIn-Reply-To: {mail['Message-ID']}\n"
        f"References: {mail['References']} {mail['Message-ID']}\n\nToday.\n"
    )
    desk_told.ok("import", "-", stdin=answer)
    [entry] = [one for one in desk_told.json("show", ticket)["entries"] if one["by"] == "bob"]
    assert (entry["kind"], entry["text"]) == ("message", "Today.\n")


def test_a_note_is_told_and_an_answer_to_it_stays_among_colleagues(desk_told, server):
    ticket = desk_told.new("Late", "--assign", "bob")
    desk_told.told()
    desk_told.ok("note", ticket, "-m", "He is a [friend] of mine.")
    assert desk_told.told() == [("bob", "note")]
    mail = parsed(server.taken[-1])
    assert mail["Reply-To"] == "support+note@acme.example"
    assert "> He is a [friend] of mine." in text_of(server.taken[-1])
    answer = (
        f"From: Bob <{BOB}>\nTo: {mail['Reply-To']}\nSubject: Re: {mail['Subject']}\n"
        f"Message-ID: <answer@acme.example>\nIn-Reply-To: {mail['Message-ID']}\n\nMine, too.\n"
    )
    desk_told.ok("import", "-", stdin=answer)
    [entry] = [one for one in desk_told.json("show", ticket)["entries"] if one["by"] == "bob"]
    assert entry["kind"] == "note"


def test_a_mention_reaches_who_has_nothing_to_do_with_the_ticket(desk_told, server):
    ticket = desk_told.new()
    desk_told.told()
    desk_told.ok("note", ticket, "-m", "Ask x@bob.example, or @Bob. And @nobody, @vic, @ann.")
    assert desk_told.told() == [("bob", "mention")]
    assert "Ann Example mentions you" in text_of(server.taken[-1])
    desk_told.ok("note", ticket, "-m", "Ask bob, a/@bob or bob@bob.")
    assert desk_told.told() == []


def test_a_mention_counts_more_than_the_note_that_holds_it(desk_told, server):
    ticket = desk_told.new("Late", "--assign", "bob")
    desk_told.told()
    desk_told.ok("note", ticket, "-m", "@bob: look")
    desk_told.ok("note", ticket, "-m", "and now?")
    desk_told.mail("Well?", "Jan <jan@example.com>", f"Subject: [#{ticket}]")
    assert desk_told.told() == [("bob", "mention")]


def test_followers_are_told_as_whose_it_is(desk_told):
    ticket = desk_told.new("Late", "--assign", "ann")
    followed(desk_told, ticket, "bob", "vic", "ola@example.com")
    desk_told.told()
    desk_told.mail("Well?", "Jan <jan@example.com>", f"Subject: [#{ticket}]")
    assert desk_told.told() == [("ann", "answered"), ("bob", "answered")]


def test_a_linked_ticket_that_is_solved_is_told_of_to_both_sides(desk_told, server):
    mine, cause = desk_told.new("Mine"), desk_told.new("The cause")
    other = desk_told.new("Other")
    for one in (mine, other):
        desk_told.ok("assign", one, "bob")
    desk_told.ok("link", mine, f"relates:{cause}")
    desk_told.ok("link", cause, f"relates:{other}")
    desk_told.told()
    desk_told.ok("solve", cause)
    assert desk_told.told() == [("bob", "linked"), ("bob", "linked")]
    subjects = {parsed(one)["Subject"] for one in server.taken[-2:]}
    assert subjects == {
        f"Mine: a linked ticket is solved [#{mine}]",
        f"Other: a linked ticket is solved [#{other}]",
    }
    assert f"{cause} (The cause)" in text_of(server.taken[-1])


def test_who_is_near_the_time_of_a_ticket_is_told_once(desk_told, server):
    day = "2026-12-05"
    given = ("--assign", "bob", "--set", f"due={day}T12:00:00Z")
    ticket = desk_told.new("Late", *given)
    done = desk_told.new("Done", *given)
    desk_told.ok("solve", done)
    desk_told.told(TIX_NOW=f"{day}T10:30:00Z")
    assert desk_told.told(TIX_NOW=f"{day}T10:59:00Z") == []
    assert desk_told.told(TIX_NOW=f"{day}T11:01:00Z") == [("bob", "due")]
    assert parsed(server.taken[-1])["Subject"] == f"Late: due at 12:00 UTC [#{ticket}]"
    for moment in ("11:02", "11:30", "12:01", "13:00"):
        assert desk_told.told(TIX_NOW=f"{day}T{moment}:00Z") == []


def test_a_ticket_of_nobody_s_near_its_time_is_told_to_its_queue(desk_told):
    desk_told.edit("agents.yaml", "bob:\n", "bob:\n  queues: [delivery]\n")
    desk_told.new("Late", "--queue", "delivery", "--set", "due=2026-12-05T12:00:00Z")
    desk_told.told(TIX_NOW="2026-12-05T10:30:00Z")
    assert desk_told.told(TIX_NOW="2026-12-05T11:30:00Z") == [("bob", "due")]


def test_nobody_is_told_of_what_they_did(desk_told):
    ticket = desk_told.new("Mine", "--assign", "ann")
    desk_told.ok("note", ticket, "-m", "@ann: remember")
    desk_told.as_bob("take", desk_told.new("His"))
    assert desk_told.told() == []
    desk_told.as_bob("assign", ticket, "bob")
    assert desk_told.told() == []


def test_an_agent_who_asks_as_a_customer_is_not_told_of_their_own_words(desk_told):
    ticket = desk_told.mail("My screen is broken", f"Ann <{ANN}>", "Subject: Screen")
    desk_told.as_bob("take", ticket)
    followed(desk_told, ticket, "ann")
    desk_told.told()
    desk_told.mail("Hello?", f"Ann <{ANN}>", f"Subject: [#{ticket}]")
    assert desk_told.told() == [("bob", "answered")]


def test_nobody_is_told_of_automatic_mail(desk_told):
    desk_told.edit("agents.yaml", "bob:\n", "bob:\n  queues: [support]\n")
    ticket = desk_told.new("Late", "--assign", "bob")
    desk_told.told()
    absent = ("Auto-Submitted: auto-replied", f"Subject: Away [#{ticket}]")
    desk_told.mail("I am away.", "Jan <jan@example.com>", *absent)
    desk_told.mail("Newsletter", "News <news@example.com>", "Precedence: bulk", "Subject: News")
    assert desk_told.told() == []


def test_viewers_and_bots_are_told_nothing(desk_told):
    desk_told.edit("agents.yaml", "role: viewer", "role: viewer\n  queues: [support]")
    desk_told.edit("agents.yaml", "bob:\n", "bob:\n  role: bot\n  queues: [support]\n")
    ticket = desk_told.new("Late", "--assign", "bob")
    desk_told.ok("note", ticket, "-m", "@bob @vic")
    assert desk_told.told() == []


def test_an_archive_concerns_nobody_but_a_mail_that_was_late_does(desk_told):
    desk_told.edit("agents.yaml", "bob:\n", "bob:\n  queues: [support]\n")
    old = "From: jan@example.com\nTo: support@acme.example\nSubject: Old\nDate: {}\n\nhi\n"
    for day in ("Mon, 02 Nov 2020 10:00:00 +0000", "Tue, 03 Nov 2020 10:00:00 +0000"):
        desk_told.ok("import", "-", stdin=old.format(day))
    assert desk_told.told() == []
    now = desk_told.git("log", "-1", "--format=%cI").strip()
    desk_told.ok("import", "-", stdin=old.format(now))
    assert desk_told.told() == [("bob", "new")]


def test_what_was_undone_is_not_told(desk_told):
    ticket = desk_told.new()
    desk_told.told()
    desk_told.ok("assign", ticket, "bob")
    desk_told.ok("undo")
    assert desk_told.told() == []


def test_many_notices_for_one_are_one(desk_told, server):
    tickets = [desk_told.new(f"Number {at}") for at in range(21)]
    desk_told.ok("assign", *tickets, "bob")
    assert desk_told.told() == [("bob", "digest")]
    mail = parsed(server.taken[-1])
    assert mail["Subject"] == "21 notices"
    text = text_of(server.taken[-1])
    assert all(f"- {one} Number {at}: yours now" in text for at, one in enumerate(tickets))
    assert len(server.taken) == 1


def test_a_customer_s_subject_takes_no_answer_to_another_ticket_and_adds_no_field(
    desk_told, server
):
    other = desk_told.new("Other")
    subject = f"Subject: =?utf-8?q?Hi=0D=0ABcc:_a=40x_=5B=23{other}=5D?="
    ticket = desk_told.mail("Hi", "Eve <eve@example.com>", subject)
    desk_told.ok("assign", ticket, "bob")
    desk_told.told()
    mail = parsed(server.taken[-1])
    assert mail["Bcc"] is None
    assert f"#{other}" not in mail["Subject"]
    assert mail["Subject"].endswith(f"[#{ticket}]")


def test_a_long_message_is_told_of_in_short(desk_told, server):
    ticket = desk_told.new("Late", "--assign", "bob")
    desk_told.told()
    said = "\n".join(f"line {at} {'x' * 100}" for at in range(2000))
    desk_told.mail(said, "Jan <jan@example.com>", f"Subject: [#{ticket}]")
    assert desk_told.told() == [("bob", "answered")]
    text = text_of(server.taken[-1])
    assert "> […]" in text
    assert len(text) < 4000


def test_notices_leave_no_trace_in_the_desk_s_history(desk_told):
    desk_told.new("Late", "--assign", "bob")
    before = desk_told.git("rev-parse", "HEAD")
    assert desk_told.told() == [("bob", "assigned")]
    assert desk_told.git("rev-parse", "HEAD") == before
    desk_told.clean()


def test_a_message_that_did_not_arrive_is_told_to_its_author_and_whose_ticket_it_is(
    desk_told, server
):
    ticket = desk_told.new("Late", "--assign", "bob")
    desk_told.told()
    desk_told.ok("reply", ticket, "-m", "On its way.", "--anyway")
    server.faults["RCPT"] = "550 no such user"
    assert desk_told.run("send", "--no-notices").status == 4
    del server.faults["RCPT"]
    assert desk_told.told() == [("ann", "undelivered"), ("bob", "undelivered")]
    mail = parsed(server.taken[-1])
    assert mail["Subject"] == f"Late: a message did not arrive [#{ticket}]"
    assert mail["Reply-To"] == "support+note@acme.example"
    assert "A message of Ann Example could not be sent." in text_of(server.taken[-1])
    assert "> 550 no such user" in text_of(server.taken[-1])
    assert desk_told.told() == []


def test_a_message_that_bounced_is_told_with_whom_it_did_not_reach(desk_told, server):
    ticket = desk_told.new("Late", "--assign", "bob")
    desk_told.told()
    desk_told.ok("reply", ticket, "-m", "On its way.", "--anyway")
    desk_told.ok("send")
    name = desk_told.json("show", ticket)["entries"][-1]["message_id"]
    desk_told.ok("import", "-", stdin=bounce(name, "jan@example.com", date=just_now()))
    assert desk_told.told() == [("ann", "undelivered"), ("bob", "undelivered")]
    assert "did not reach jan@example.com" in text_of(server.taken[-1])


def test_a_draft_is_told_to_who_may_approve_it_and_not_to_who_wrote_it(desk_told, server):
    desk_told.edit("agents.yaml", "bob:\n", "bob:\n  queues: [support]\n")
    ticket = desk_told.new("Late")
    desk_told.told()
    desk_told.ok("reply", ticket, "-m", "Perhaps.", "--draft", "--anyway")
    assert desk_told.told() == [("bob", "draft")]
    assert f"tix approve {ticket}" in text_of(server.taken[-1])
    desk_told.as_bob("reply", ticket, "-m", "Or not.", "--draft", "--anyway")
    assert desk_told.told() == []
