"""Notices over a notification library, which speaks to chats, SMS gateways and many more.

The only user of apprise. Its URLs hold secrets: they come from the environment, from git's
configuration, or from a command that prints them, and are never repeated.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from tix import servers
from tix.errors import Refused
from tix.mail import accounts
from tix.notifying.wording import Worded

PURPOSE, KIND = "notify", "url"


def is_wanted(agent: str, configured: Mapping[str, str]) -> bool:
    """Tell whether an agent is told by the library; no command is run for it."""
    names = (_setting(agent), _command(agent))
    return bool(os.environ.get(_variable(agent))) or any(configured.get(one) for one in names)


def urls(agent: str, configured: Mapping[str, str]) -> str:
    """Return the URLs of an agent, empty where there are none. Raises Temporary."""
    if found := os.environ.get(_variable(agent)) or configured.get(_setting(agent)):
        return found
    command = configured.get(_command(agent))
    return accounts.printed(servers.setting(PURPOSE, agent, KIND), command) if command else ""


def _variable(agent: str) -> str:
    return servers.variable(PURPOSE, agent)


def _setting(agent: str) -> str:
    return f"tix.{PURPOSE}-{agent}.{KIND}".lower()


def _command(agent: str) -> str:
    return servers.setting(PURPOSE, agent, KIND).lower()


def place(agent: str) -> str:
    """Say where an agent's URLs stand."""
    return f"{_variable(agent)} or `git config tix.{PURPOSE}-{agent}.{KIND}`"


def tell(agent: str, given: str, worded: Worded) -> bool:
    """Tell somebody; False where the other side did not take it.

    Raises Refused where the library is missing, or knows no such URL.
    """
    try:
        import apprise
    except ImportError:
        raise Refused(
            "the notification library is not installed: `pip install 'tix[notify]'`"
        ) from None
    _silence()
    made = apprise.Apprise()
    if not made.add(given) or not len(made):
        raise Refused(f"no URL that the notification library knows: see {place(agent)}")
    title, body = worded.subject, worded.text.rstrip("\n")
    return bool(made.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT))


def _silence() -> None:
    # What it logs names its URLs.
    import logging

    log = logging.getLogger("apprise")
    log.addHandler(logging.NullHandler())
    log.propagate = False
