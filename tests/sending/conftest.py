"""Desks that send, and the server they send to."""

import pytest

from tests.driver import Driver
from tests.sending import smtpd


@pytest.fixture
def server():
    """A mail server on this machine."""
    state, stop = smtpd.start()
    yield state
    stop()


def set_up(desk: Driver, port: int, *lines: str) -> None:
    """Have a desk send its mail over a port."""
    path = desk.folder / "desk.yaml"
    way = f"sending:\n  email: smtp://127.0.0.1:{port}?tls=no\n"
    path.write_text(path.read_text() + way + "".join(f"{line}\n" for line in lines))
    desk.git("commit", "-qam", "send mail")


@pytest.fixture
def mailing(staffed, server) -> Driver:
    """A desk with a second agent, which sends its mail, and tells its agents nothing."""
    set_up(staffed, server.port, "notify: none")
    return staffed


def replied(desk: Driver, *arguments: str, subject: str = "Parcel is late") -> str:
    """Make a ticket and answer it; return its id."""
    ticket = desk.new(subject)
    desk.ok("reply", ticket, "-m", "It is on its way.", *arguments)
    return ticket


def deliveries(desk: Driver, ticket: str) -> list[str]:
    """Return the delivery states of a ticket's timeline, in order."""
    return [one["delivery"] for one in desk.json("show", ticket)["timeline"] if "delivery" in one]
