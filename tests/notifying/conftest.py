"""Desks whose agents are told, and what they have been told."""

import email
import email.policy

import pytest

from tests.driver import Driver
from tests.forked import Forked
from tests.sending.conftest import server, set_up

__all__ = ["server"]

BOB, ANN = "bob@acme.example", "ann@acme.example"


class Desk(Forked):
    """A desk that tells its agents: ann, who leads it and works here, bob, and vic, a viewer."""

    def told(self, *arguments: str, **env: str) -> list[tuple[str, str]]:
        """Send; return whom that has told of what."""
        found = self.json("send", *arguments, **env)["notices"]
        return [(one["agent"], one["event"]) for one in found if one["state"] == "sent"]

    def as_bob(self, *arguments: str) -> str:
        """Do something as bob."""
        return self.ok(*arguments, "--as", "bob")

    def edit(self, name: str, old: str, new: str) -> None:
        """Change a file of the desk's, and commit that."""
        path = self.folder / name
        source = path.read_text()
        assert source.count(old) == 1, (name, old)
        path.write_text(source.replace(old, new))
        self.git("commit", "-qam", "edit")

    def mail(self, text: str, sender: str = "Jan Kowalski <jan@example.com>", *headers: str) -> str:
        """Import a mail of now's; return the ticket that it is in."""
        date = self.git("log", "-1", "--format=%cD").strip()
        head = "\n".join(
            (
                f"From: {sender}",
                "To: support@acme.example",
                f"Date: {date}",
                f"Message-ID: <{abs(hash((text, sender))):x}@example.com>",
                *headers,
            )
        )
        self.ok("import", "-", stdin=f"{head}\n\n{text}\n")
        return self.git("log", "-1", "--format=%s").partition(":")[0]


@pytest.fixture
def mailing(staffed, server) -> Driver:
    """A desk with a second agent and a viewer, which sends its mail."""
    set_up(staffed, server.port)
    return staffed


@pytest.fixture
def desk_told(mailing) -> Desk:
    """A desk whose agents have been told of all that there was."""
    made = Desk(mailing.folder, mailing.env)
    assert made.told() == []
    return made


def parsed(one):
    """Return a mail that the server has taken."""
    return email.message_from_bytes(one.content, policy=email.policy.default)


def text_of(one) -> str:
    """Return its text."""
    return parsed(one).get_body(("plain",)).get_content().replace("\r\n", "\n")
