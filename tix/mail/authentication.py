"""Whether a mail is from whom it names, as far as a trusted host says so (RFC 8601)."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

from tix.mail.headers import MAX_VALUE, Headers, addresses

_FIELD, _RECEIVED = "authentication-results", "received"
_COMMENT = re.compile(r"\([^()]*\)")
_QUOTED = re.compile(r'"[^"]*"')
_DEPTH = 5
_RESULT = re.compile(r"\s*(dmarc|spf|dkim)(?:/\d+)?\s*=\s*([a-z]+)")
_DOMAIN = {
    "dmarc": re.compile(r"\bheader\.from\s*=\s*(\S+)"),
    "dkim": re.compile(r"\bheader\.(?:d|i)\s*=\s*(\S+)"),
    "spf": re.compile(r"\bsmtp\.(?:mailfrom|mail|helo)\s*=\s*(\S+)"),
}
_BY = re.compile(r"\bby\s+([^\s;()]+)", re.IGNORECASE)


class Result(NamedTuple):
    """What one method came to, and the domain that it is about ('' if none is named)."""

    method: str
    outcome: str
    domain: str


def verdict(headers: Headers, trusted: Container[str] = frozenset()) -> str:
    """What the Authentication-Results come to: pass, fail, none, or '' where nothing is said.

    Only what a trusted host says counts. Where the desk names none, nobody is believed who says
    that a mail is genuine, and anybody who says that it is not. They say nothing of one of several
    senders (RFC 7489, 6.6.1): that is a fail.
    """
    senders = addresses(headers.all("from"))
    if len(senders) > 1:
        return "fail"
    if not trusted:
        said = (_results(value) for value in headers.all(_FIELD))
        return "fail" if any(_outcome(one, "") == "fail" for one in said) else ""
    fields = list(_of_trusted(headers, trusted))
    if not fields:
        return ""
    domain = senders[0].address.rpartition("@")[2] if senders else ""
    return _outcome([one for value in fields for one in _results(value)], domain) or "none"


def _of_trusted(headers: Headers, trusted: Container[str]) -> Iterator[str]:
    """The fields that a trusted host put on top; what lies below its stamp the sender wrote.

    Its own stamps, and that of whoever delivered the mail here, may stand above them.
    """
    found = False
    for number, (name, value) in enumerate(headers.in_order(_FIELD, _RECEIVED)):
        if name == _FIELD:
            if _host(value) in trusted:
                found = True
                yield value
        elif found or (number and not _is_by(value, trusted)):
            return


def _host(value: str) -> str:
    """The host that speaks: the field's first word; '' for a field that names none."""
    words = _plain(value).partition(";")[0].split()
    return words[0] if words and "=" not in words[0] else ""


def _is_by(received: str, trusted: Container[str]) -> bool:
    by = _BY.search(received[:MAX_VALUE])
    labels = by[1].lower().strip("[].").split(".") if by else []
    return any(".".join(labels[at:]) in trusted for at in range(len(labels)))


def _plain(value: str) -> str:
    """A field without comments, which may nest, and without quoted words."""
    plain = _QUOTED.sub('""', value[:MAX_VALUE].lower())
    for _ in range(_DEPTH):
        plain, count = _COMMENT.subn(" ", plain)
        if not count:
            break
    return plain


def _results(value: str) -> list[Result]:
    found = []
    for said in _plain(value).split(";"):
        if result := _RESULT.match(said):
            named = _DOMAIN[result[1]].search(said)
            domain = named[1].rpartition("@")[2] if named else ""
            found.append(Result(result[1], result[2], domain))
    return found


def _outcome(results: Iterable[Result], domain: str) -> str:
    """What some results come to for a sender's domain; of one method the first counts.

    A signature may be anybody's: it passes if it is the domain's own ('' stands for any).
    """
    found = list(results)
    dmarc = next((one for one in found if one.method == "dmarc"), None)
    if dmarc and dmarc.outcome in ("pass", "fail"):
        return dmarc.outcome
    passed = [one for one in found if one.outcome == "pass"]
    if any(_is_of(one.domain, domain) for one in passed):
        return "pass"
    spf = next((one.outcome for one in found if one.method == "spf"), "")
    return "fail" if spf == "fail" and not any(one.method == "dkim" for one in passed) else ""


def _is_of(named: str, domain: str) -> bool:
    return not domain or (bool(named) and (domain == named or domain.endswith(f".{named}")))
