"""What mail servers say of mail that they could not deliver, in their own words and forms."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.growth import is_linear
from tests.mails import letter
from tix.mail.parse import parse

JAN = "jan@example.com"
OURS = "<ours@acme.example>"
COPY = f"Message-ID: {OURS}\nFrom: support@acme.example\nTo: {JAN}\nSubject: Re: x\n\ntext"
DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.example>"
SUBSYSTEM = "Mail Delivery Subsystem <mailer-daemon@googlemail.com>"
REPORT = "multipart/report; report-type=delivery-status; boundary=x"


class Notice(NamedTuple):
    """A notice as it comes, and what it says: whether it names Jan, and our mail."""

    sender: str
    subject: str
    body: str
    fields: dict[str, str] = {}  # noqa: RUF012
    kind: str = "bounce"
    jan: bool = True
    ours: bool = True


def report(said: str, status: str, kind: str = "message/rfc822") -> str:
    parts = (
        f"Content-Type: text/plain\n\n{said}",
        f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n{status}",
        f"Content-Type: {kind}\n\n{COPY}",
    )
    return "".join(f"--x\n{one}\n" for one in parts) + "--x--\n"


def status(action: str) -> str:
    return f"Final-Recipient: rfc822; {JAN}\nAction: {action}\nStatus: 5.1.1"


REPORTED = {"content_type": REPORT}
NOTICES = {
    "postfix": Notice(
        DAEMON,
        "Undelivered Mail Returned to Sender",
        report("This is the mail system at host mx.", status("failed")),
        REPORTED,
    ),
    "postfix without report": Notice(
        "MAILER-DAEMON (Mail Delivery System)",
        "Undelivered Mail Returned to Sender",
        "This is the mail system at host mx.example.com.\n\nI'm sorry to have to inform you that"
        " your message could not\nbe delivered to one or more recipients. It's attached below.\n\n"
        "For further assistance, please send mail to postmaster.\n\n"
        f"<{JAN}>: host mx.example.com[192.0.2.1] said: 550 5.1.1 User unknown\n"
        f"    (in reply to RCPT TO command)\n\nReturn-Path: <support@acme.example>\n{COPY}",
    ),
    "postfix delay": Notice(
        DAEMON,
        "Delayed Mail (still being retried)",
        report("THIS IS A WARNING ONLY.", status("delayed"), "text/rfc822-headers"),
        REPORTED,
        "delayed",
        jan=False,
    ),
    "postfix success": Notice(
        DAEMON,
        "Successful Mail Delivery Report",
        report("It was delivered.", status("relayed")),
        REPORTED,
        "report",
        jan=False,
    ),
    "qmail": Notice(
        "MAILER-DAEMON@mx.example",
        "failure notice",
        "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver"
        " your message to the following addresses.\nThis is a permanent error; I've given up."
        f" Sorry it didn't work out.\n\n<{JAN}>:\n192.0.2.1 does not like recipient.\n"
        "Giving up on 192.0.2.1.\n\n--- Below this line is a copy of the message.\n\n"
        f"Return-Path: <support@acme.example>\n{COPY}",
    ),
    "exim": Notice(
        DAEMON,
        "Mail delivery failed: returning message to sender",
        "This message was created automatically by mail delivery software.\n\nA message that you"
        " sent could not be delivered to one or more of its\nrecipients. This is a permanent"
        f" error. The following address(es) failed:\n\n  {JAN}\n    host mx [1.2.3.4]\n"
        f"    550 No such user <other@example.com>\n\n"
        f"------ This is a copy of the message, including all the headers. ------\n\n{COPY}",
        {"x_failed_recipients": JAN, "auto_submitted": "auto-replied"},
    ),
    "exim delay": Notice(
        DAEMON,
        "Warning: message 1AbC-0001-XX delayed 24 hours",
        "This message was created automatically by mail delivery software.\nA message that you"
        " sent has not yet been delivered to one or more of its\nrecipients after more than 24"
        f" hours on the queue on mx.\n\n  {JAN}\n\nNo action is required on your part. Delivery"
        " attempts will continue for\nsome time. Eventually the mail delivery software will give"
        " up,\nand when that happens, the message will be returned to you.",
        {"auto_submitted": "auto-replied"},
        "delayed",
        jan=False,
        ours=False,
    ),
    "gmail": Notice(
        SUBSYSTEM,
        "Delivery Status Notification (Failure)",
        f"Delivery to the following recipient failed permanently:\n\n     {JAN}\n\nTechnical"
        " details of permanent failure:\nGoogle tried to deliver your message, but it was"
        f" rejected\n\n----- Original message -----\n\nReceived: by 10.1.1.1\n{COPY}",
    ),
    "gmail today": Notice(
        SUBSYSTEM,
        "Delivery Status Notification (Failure)",
        f"** Address not found **\n\nYour message wasn't delivered to {JAN} because the address"
        " couldn't be found, or is unable to receive mail.",
        {"x_failed_recipients": JAN, "in_reply_to": OURS},
        ours=False,
    ),
    "gmail delay": Notice(
        SUBSYSTEM,
        "Delivery Status Notification (Delay)",
        "THIS IS A WARNING MESSAGE ONLY.\n\nYOU DO NOT NEED TO RESEND YOUR MESSAGE.\n\nDelivery"
        f" to the following recipient has been delayed:\n\n     {JAN}\n",
        {},
        "delayed",
        jan=False,
        ours=False,
    ),
    "sendmail": Notice(
        "Mail Delivery Subsystem <MAILER-DAEMON@mx.example>",
        "Returned mail: see transcript for details",
        "The original message was received at Mon, 4 Mar 2024 10:00:00 GMT\nfrom localhost\n\n"
        f"   ----- The following addresses had permanent fatal errors -----\n<{JAN}>\n"
        f"    (reason: 550 5.1.1 <{JAN}>... User unknown)\n\n"
        "   ----- Transcript of session follows -----\n... while talking to mx:\n>>> DATA\n\n"
        f"   ----- Original message follows -----\n\n{COPY}",
    ),
    "sendmail delay": Notice(
        "Mail Delivery Subsystem <MAILER-DAEMON@mx.example>",
        "Warning: could not send message for past 4 hours",
        f"THIS IS A WARNING MESSAGE ONLY\n\n<{JAN}>... Deferred: Connection timed out\n"
        "Warning: message still undelivered after 4 hours\nWill keep trying until it is 5 days old",
        {},
        "delayed",
        jan=False,
        ours=False,
    ),
    "exchange 2003": Notice(
        "System Administrator <postmaster@example.com>",
        "Undeliverable: Re: x",
        "Your message did not reach some or all of the intended recipients.\n\n"
        "      Subject:\tRe: x\n      Sent:\t3/4/2024 10:14 AM\n\nThe following recipient(s) could"
        f" not be reached:\n\n      {JAN} on 3/4/2024 10:15 AM\n            The e-mail account does"
        " not exist at the organization this message was sent to.\n",
        ours=False,
    ),
    "exchange 5.5": Notice(
        "System Administrator <postmaster@example.com>",
        "Undeliverable: Re: x",
        f"Your message\n\n  To:      {JAN}\n  Subject: Re: x\n\ndid not reach the following"
        f" recipient(s):\n\n{JAN} on Mon, 4 Mar 2024 10:15:00 -0000\n    The recipient name is not"
        " recognized\n",
        ours=False,
    ),
    "exchange 2010": Notice(
        "Microsoft Exchange <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.com>",
        "Undeliverable: Re: x",
        "Delivery has failed to these recipients or groups:\n\n"
        f"Jan Kowalski ({JAN})<mailto:{JAN}>\nThe e-mail address couldn't be found.\n\n"
        f"Diagnostic information for administrators:\n\n{JAN}\n#550 5.1.1 not found ##\n\n"
        f"Original message headers:\n\nReceived: from x\nMessage-ID: {OURS}\n",
    ),
    "exchange online in german": Notice(
        "postmaster@example.com",
        "Unzustellbar: Re: x",
        report(f"Ihre Nachricht an {JAN} konnte nicht zugestellt werden.", status("failed")),
        REPORTED,
    ),
    "domino": Notice(
        "Postmaster <postmaster@example.com>",
        f"DELIVERY FAILURE: User jan ({JAN}) not listed in Domino Directory",
        f"Your message\n\n  Subject: Re: x\n\nwas not delivered to:\n\n  {JAN}\n\nbecause:\n\n"
        f"  User jan ({JAN}) not listed in Domino Directory\n",
        ours=False,
    ),
    "yahoo": Notice(
        "MAILER-DAEMON@yahoo.com",
        "Failure Notice",
        "Sorry, we were unable to deliver your message to the following address.\n\n"
        f"<{JAN}>:\nRemote host said: 550\n\n"
        f"--- Below this line is a copy of the message.\n\n{COPY}",
    ),
    "mdaemon": Notice(
        "MDaemon at mx.example <MDaemon@mx.example>",
        "Permanent Delivery Failure",
        f"The attached message had PERMANENT fatal delivery errors!\n\nFAILED ADDRESS: {JAN}\n",
        {"return_path": "<>"},
        ours=False,
    ),
    "kundenserver": Notice(
        "Mail Delivery System <mailer-daemon@kundenserver.de>",
        "Mail delivery failed: returning message to sender",
        "This message was created automatically by mail delivery software.\n\nA message that you"
        " sent could not be delivered to\none or more of its recipients. This is a permanent"
        f" error.\n\nThe following address failed:\n\n{JAN}:\n550 no such user\n\n"
        f"--- The header of the original message is following. ---\n\n{COPY}",
    ),
    "a filter": Notice(
        "Mail Gateway <postmaster@bar.example>",
        "**Message you sent blocked by our bulk email filter**",
        f"Your message to: {JAN}\nwas blocked by our Spam Firewall. The email you sent has NOT BEEN"
        " DELIVERED",
        ours=False,
    ),
    "amazon": Notice(
        "MAILER-DAEMON@amazonses.com",
        "Delivery Status Notification (Failure)",
        report("An error occurred", f"Action: failed\nFinal-Recipient: rfc822; {JAN}"),
        REPORTED,
    ),
    "another word for failed": Notice(
        "postmaster@mx.example",
        "Delivery problem",
        report("It was not delivered.", status("failure")),
        REPORTED,
    ),
    "an address that led to another": Notice(
        DAEMON,
        "Undelivered Mail Returned to Sender",
        report(
            "It was not delivered.",
            f"Original-Recipient: rfc822; {JAN}\n"
            "Final-Recipient: rfc822; box17@internal.example\nAction: failed",
        ),
        REPORTED,
    ),
    "an X.400 address": Notice(
        DAEMON,
        "Undelivered Mail Returned to Sender",
        report(
            "It was not delivered.",
            f"Original-Recipient: rfc822; {JAN}\n"
            "Final-Recipient: x400; /S=Jan/OU=example/ADMD= /C=PL/\nAction: failed",
        ),
        REPORTED,
    ),
    "expanded": Notice(
        "Mail Delivery Subsystem <mailer-daemon@mx.example>",
        "Returned mail: Too many hops",
        "   ----- The following addresses had permanent fatal errors -----\n"
        f"an undisclosed address\n    (expanded from: <{JAN}>)\n\n"
        f"   ----- Message header follows -----\n{COPY}",
    ),
    "a list with stars": Notice(
        "Postmaster <postmaster@mx.example>",
        "Delivery status notification",
        f"Delivery to the following recipients failed permanently:\n\n   * {JAN}\n\n"
        "Ask postmaster@mx.example for help.",
        ours=False,
    ),
    "mdaemon of old": Notice(
        "MDaemon@mx.example",
        "Warning: no delivery",
        f"These did NOT receive your message:\n\n> {JAN}\n\n 550 no such user here\n",
        ours=False,
    ),
    "a full mailbox": Notice(
        DAEMON, "Returned mail", f"User mailbox exceeds allowed size: {JAN}\n", ours=False
    ),
    "a server's own return path": Notice(
        "gateway@mx.example",
        "Mail could not be delivered",
        f"Sent     <<< RCPT TO:<{JAN}>\nReceived >>> 550 unknown user.\n",
        {"return_path": "<MAILER-DAEMON@mx.example>"},
        ours=False,
    ),
    "an antivirus that tries again": Notice(
        "gateway@mx.example",
        "Delivery failure notification",
        f"Your message could not be delivered to the following recipients:\n\n{JAN}\n\n"
        "Delivery attempts will continue to be made for 5 days.",
        kind="delayed",
        jan=False,
        ours=False,
    ),
    "a filter that rejects": Notice(
        "Jan <jan@example.com>",
        "Automatically rejected mail",
        "--x\n\nYour message was rejected.\n--x\n"
        "Content-Type: message/disposition-notification\n\n"
        f"Final-Recipient: rfc822; {JAN}\nOriginal-Message-ID: {OURS}\n"
        "Disposition: automatic-action/MDN-sent-automatically; deleted\n--x--",
        {"content_type": "multipart/report; report-type=disposition-notification; boundary=x"},
    ),
    "deleted unread": Notice(
        "Jan <jan@example.com>",
        "Not read: Re: x",
        "--x\n\nIt was deleted\n--x\nContent-Type: message/disposition-notification\n\n"
        f"Final-Recipient: rfc822;{JAN}\nOriginal-Message-ID: {OURS}\n"
        "Disposition: manual-action/MDN-sent-automatically; deleted\n--x--",
        {"content_type": "multipart/report; report-type=disposition-notification; boundary=x"},
        "report",
        jan=False,
    ),
    "receipt": Notice(
        "Jan <jan@example.com>",
        "Read: Re: x",
        "--x\n\nIt was read\n--x\nContent-Type: message/disposition-notification\n\n"
        f"Final-Recipient: rfc822;{JAN}\nOriginal-Message-ID: {OURS}\nDisposition: x; displayed\n"
        "--x--",
        {"content_type": "multipart/report; report-type=disposition-notification; boundary=x"},
        "report",
        jan=False,
    ),
}


@pytest.mark.parametrize("name", NOTICES)
def test_it_is_told_what_became_of_whose_mail(name: str) -> None:
    one = NOTICES[name]
    found = parse(letter("<n@x>", one.body, one.sender, subject=one.subject, **one.fields))
    assert found.automatic == one.kind
    assert found.failure is not None
    assert found.failure.recipients == ((JAN,) if one.jan else ())
    assert found.failure.message_ids == ((OURS,) if one.ours else ())


@pytest.mark.parametrize(
    ("sender", "subject", "body"),
    [
        (JAN, "FW: Undeliverable: Re: x", "I got this:\n\nDelivery has failed to these recipients"),
        (JAN, "Undelivered parcel", "My parcel could not be delivered, why?"),
        (JAN, "Delivery failed", "The delivery failed yesterday. Nobody was at home."),
        (JAN, "Returned mail", "You returned my mail unopened: was it not delivered to you?"),
        ("Postmaster <postmaster@example.com>", "Your newsletter", "Please stop sending it."),
    ],
)
def test_what_a_person_writes_is_none(sender: str, subject: str, body: str) -> None:
    found = parse(letter("<n@x>", body, sender, subject=subject))
    assert (found.automatic, found.failure) == ("", None)


ABSENCES = [
    "Automatic reply: Parcel",
    "Automatische Antwort: Parcel",
    "Réponse automatique : Parcel",
    "Odpowiedź automatyczna: Parcel",
    "Automatyczna odpowiedź: Parcel",
    "Respuesta automática: Parcel",
    "Risposta automatica: Parcel",
    "Automatisch antwoord: Parcel",
    "Автоматический ответ: Parcel",
    "Otomatik Yanıt: Parcel",
    "پاسخ خودکار: Parcel",
    "自動応答: Parcel",
    "自动答复：Parcel",
    "Out of Office: Parcel",
    "Out of Office AutoReply: Parcel",
    "Out of the office",
    "[Auto-Reply] ",
    "Autoreply: Re: Parcel",
    "Abwesenheitsnotiz: Parcel",
    "Abwesenheitsnotiz",
    "Autosvar: Parcel",
    "[Automatyczna odpowiedź] Parcel",
    "AUTO: Jan is out of the office (returning 2026-11-24)",
    "AUTO: Jan ist abwesend (zurück am 24.11.2026)",
]


@pytest.mark.parametrize("subject", ABSENCES)
def test_an_absence_note_is_known_by_its_subject(subject: str) -> None:
    assert parse(letter(subject=subject)).automatic == "auto-replied"


@pytest.mark.parametrize(
    "subject",
    [
        *(f"Re: {one}" for one in ABSENCES[:3]),
        "Automatic reply does not work",
        "Out of office next week, please call",
        "Vacation",
        "Office: out of paper",
        "Автоматический ответ не работает",
        "",
    ],
)
def test_what_only_speaks_of_one_is_a_persons(subject: str) -> None:
    assert parse(letter(subject=subject)).automatic == ""


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ({"X-FC-MachineGenerated": "true"}, "auto-replied"),
        ({"X-POST-MessageClass": "9; Autoresponder"}, "auto-replied"),
        ({"X-Precedence": "bulk"}, "bulk"),
        ({"Precedence": "auto-reply"}, "auto-replied"),
        ({"Auto-Submitted": "auto-replied (zimbra; vacation)"}, "auto-replied"),
        ({"Auto-Submitted": "vacation"}, "auto-replied"),
        ({"X-Cron-Env": "<SHELL=/bin/sh>"}, "auto-generated"),
        ({"X-Autoreply": "no"}, ""),
        ({"Precedence": "bulk", "Subject": "Automatic reply: x"}, "auto-replied"),
        ({"List-Id": "<x.example>", "Subject": "Automatic reply: x"}, "list"),
    ],
)
def test_programs_say_so_in_many_fields(field: dict[str, str], kind: str) -> None:
    assert parse(letter(**{"subject": "", **field})).automatic == kind


@pytest.mark.parametrize(
    "piece", ["a@b.cc: ", "<a@b.cc>:\n", "Message-ID:\n ", "delivered to ", "x" * 90 + "(", "- "]
)
def test_time_grows_with_size(piece: str) -> None:
    def notice(size: int) -> bytes:
        return letter("<n@x>", piece * (size // len(piece)), DAEMON, subject="failure notice")

    assert is_linear(parse, notice(1 << 13), notice(1 << 16))
