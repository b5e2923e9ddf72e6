"""Damaged mail, of the kinds that there are: nothing raises, hangs or grows without bound.

`python -m tests.fuzz` goes on for as long as it is let, guided by what code is reached.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.damage import BITS, SEEDS, damaged, nested
from tests.forked import Forked
from tests.growth import is_linear
from tests.mails import mbox
from tix.mail.parse import parse
from tix.mail.parsed import MAX_SIZE, NotAMail, ParsedMail, TooLarge
from tix.mail.quotes import shown, trim
from tix.mail.sources import mails

EXAMPLES = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])


def read(raw: bytes) -> ParsedMail | None:
    """Read a mail, or learn that it is none; anything else that is raised is a fault."""
    try:
        return parse(raw, ("mx.example",))
    except (NotAMail, TooLarge):
        return None


def check(raw: bytes) -> None:
    """Read a mail, and look at what is said of it."""
    found = read(raw)
    if found is None:
        return
    json.dumps(found._replace(attachments=()), default=str).encode()
    assert "".join(one.text for one in trim(found.text, found.subject)) == found.text
    assert bool(shown(found.text, found.subject)) == bool(found.text.strip())
    # Text is what the mail holds: escapes and Markdown's marks make it longer, copies do not.
    assert len(found.text) <= 40 * len(raw) + 10_000
    assert sum(len(one.content) for one in found.attachments) <= 4 * len(raw) + 10_000
    assert found.automatic in KINDS
    assert found.protection in ("", "signed", "encrypted")
    assert found.authentication in ("", "pass", "fail", "none")
    assert all(ord(sign) >= 32 for sign in found.subject)


KINDS = (
    *("", "bounce", "delayed", "report", "auto-replied", "auto-generated", "list", "bulk"),
    *("auto-response-suppressed", "null-sender"),
)


@pytest.mark.parametrize("seed", SEEDS, ids=range(len(SEEDS)))
def test_the_seeds_are_read(seed: bytes) -> None:
    assert read(seed) is not None
    check(seed)


@pytest.mark.parametrize("seed", SEEDS, ids=range(len(SEEDS)))
def test_each_is_read_however_short_it_is_cut(seed: bytes) -> None:
    for end in range(0, len(seed), max(1, len(seed) // 60)):
        check(seed[:end])


@EXAMPLES
@given(st.sampled_from(SEEDS), st.randoms(use_true_random=False), st.integers(1, 12))
def test_damaged_mail_is_read(seed: bytes, chance, changes: int) -> None:
    check(damaged(seed, chance, changes))


@EXAMPLES
@given(st.lists(st.sampled_from(BITS), max_size=40).map(b"".join))
@example(b"")
def test_bits_of_mail_in_any_order_are_read(raw: bytes) -> None:
    check(raw)


@EXAMPLES
@given(st.lists(st.sampled_from(SEEDS), min_size=1, max_size=4), st.sampled_from(range(5)))
def test_mail_in_mail_is_read(seeds: list[bytes], depth: int) -> None:
    check(nested(seeds, depth))


@pytest.fixture(scope="module")
def empty_desk(tmp_path_factory):
    """A desk into which batches go, one after the other."""
    folder = tmp_path_factory.mktemp("fuzzed") / "desk"
    folder.mkdir()
    driver = Forked(folder)
    driver.ok("init", ".", "--name", "Acme", "--address", "support@acme.example")
    return driver


@pytest.mark.parametrize("turn", range(3))
def test_a_batch_of_it_is_imported(empty_desk, tmp_path, turn: int) -> None:
    # The same each time: a desk that is written to cannot be made smaller step by step.
    chance = random.Random(turn)
    letters = [damaged(chance.choice(SEEDS), chance, 6) + b"\n\n" for _ in range(40)]
    box = tmp_path / "damaged.mbox"
    box.write_bytes(mbox(*letters))
    done = empty_desk.json("import", str(box))
    ended = ("created", "appended", "duplicates", "quarantined", "dropped")
    # Where one has no header left, it is taken for words of the one before.
    assert sum(done[one] for one in ended) == sum(1 for _ in mails(box)) > 20
    empty_desk.ok("check")


def growing(piece: bytes) -> Callable[[int], bytes]:
    """Return how a mail is made that holds a piece so many times."""
    return lambda count: b"From: a@b.example\n" + piece * count


@pytest.mark.parametrize("bit", BITS, ids=range(len(BITS)))
def test_time_grows_with_size(bit: bytes) -> None:
    small, large = (growing(bit)(size // len(bit) + 1) for size in (1 << 13, 1 << 16))
    assert is_linear(read, small, large)


def test_the_largest_that_is_read_is_bounded() -> None:
    with pytest.raises(TooLarge):
        parse(SEEDS[0] + b"x" * MAX_SIZE)
