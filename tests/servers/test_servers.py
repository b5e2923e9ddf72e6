"""The servers that other tests use do what their fixture says."""

import imaplib
import smtplib
import ssl

import pytest

from tests.mails import letter
from tests.servers.postfix import BOUNCES, GONE, LATER


def test_mail_by_smtp_arrives_in_a_mailbox(servers):
    user = servers.someone()
    servers.submit(letter("<1@example.com>"), "a@example.com", user)
    [mail] = servers.mailbox(user, at_least=1)
    assert b"Message-ID: <1@example.com>" in mail
    assert servers.flags(user) == [set()]


def test_mail_by_lmtp_is_there_at_once(servers):
    user = servers.someone()
    servers.deliver(letter("<1@example.com>"), user)
    assert len(servers.mailbox(user)) == 1


def test_users_are_those_of_some_domains(servers):
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        servers.submit(letter(), "a@example.com", "a@elsewhere.test", LATER, GONE)
    codes = {to: code for to, (code, _) in caught.value.recipients.items()}
    assert codes == {"a@elsewhere.test": 554, LATER: 450, GONE: 550}


def test_mail_that_cannot_be_delivered_comes_back(servers):
    user = servers.someone()
    servers.submit(letter("<1@example.com>"), user, BOUNCES)
    [report] = servers.mailbox(user, at_least=1)
    assert b"multipart/report" in report
    assert b"no such user here" in report


def test_certificates_are_those_of_the_authority(servers):
    trusted = ssl.create_default_context(cafile=str(servers.ca))
    user = servers.someone()
    for port in (servers.submission_port, servers.smtps_port):
        if port == servers.smtps_port:
            smtp = smtplib.SMTP_SSL("localhost", port, context=trusted)
        else:
            smtp = smtplib.SMTP("localhost", port)
            smtp.starttls(context=trusted)
        with smtp:
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                smtp.sendmail(user, [user], letter())
            smtp.login(user, servers.password)
            smtp.sendmail(user, [user], letter())
    with imaplib.IMAP4_SSL("localhost", servers.imaps_port, ssl_context=trusted) as client:
        client.login(f'"{user}"', servers.password)
    assert len(servers.mailbox(user, at_least=2)) == 2
    with pytest.raises(ssl.SSLCertVerificationError):
        imaplib.IMAP4_SSL("localhost", servers.imaps_port, ssl_context=ssl.create_default_context())


def test_a_token_is_as_good_as_a_password(servers):
    user = servers.someone()
    for mechanism, said in (
        ("XOAUTH2", f"user={user}\1auth=Bearer {servers.token(user)}\1\1"),
        ("OAUTHBEARER", f"n,a={user},\1auth=Bearer {servers.token(user)}\1\1"),
    ):
        client = imaplib.IMAP4("127.0.0.1", servers.imap_port)
        client.authenticate(mechanism, lambda _, said=said: said.encode())
        client.logout()
