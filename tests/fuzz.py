"""Fuzz what reads mail for as long as it is let, by hand: `python -m tests.fuzz [SECONDS]`.

Where atheris is installed (`pip install atheris`) it leads the way by what code is reached; else
chance does. A mail that is a fault, or takes longer than a second, is written to a file and named.
"""

from __future__ import annotations

import random
import sys
import time
from hashlib import sha256
from pathlib import Path

from tests.damage import SEEDS, damaged, nested

SLOW = 1.0


def check(raw: bytes) -> None:
    """Read a mail; raise what is raised, and where it took too long."""
    from tix.mail.parse import parse
    from tix.mail.parsed import NotAMail, TooLarge
    from tix.mail.quotes import shown

    start = time.process_time()
    try:
        found = parse(raw, ("mx.example",))
    except (NotAMail, TooLarge):
        return
    assert bool(shown(found.text, found.subject)) == bool(found.text.strip())
    if time.process_time() - start > SLOW:
        raise TimeoutError(f"{len(raw)} bytes took {time.process_time() - start:.1f} s")


def keep(raw: bytes) -> Path:
    """Write a mail that is a fault to a file."""
    path = Path(f"fault-{sha256(raw).hexdigest()[:12]}.eml")
    path.write_bytes(raw)
    return path


def by_chance(seconds: float) -> int:
    """Damage mails at random; return how many were faults."""
    chance, end, count, faults = random.Random(), time.monotonic() + seconds, 0, 0
    while time.monotonic() < end:
        seed = nested(chance.sample(SEEDS, 2), chance.randrange(3))
        raw = damaged(seed, chance, chance.randrange(1, 20))
        count += 1
        try:
            check(raw)
        except Exception as error:
            faults += 1
            print(f"{keep(raw)}: {type(error).__name__}: {error}")
    print(f"{count} mails, {faults} faults")
    return faults


def guided(seconds: float) -> None:
    """Let atheris lead."""
    import atheris

    with atheris.instrument_imports(include=["tix.mail"]):
        import tix.mail.parse
        import tix.mail.quotes  # noqa: F401
    folder = Path("fuzz-seeds")
    folder.mkdir(exist_ok=True)
    for at, seed in enumerate(SEEDS):
        (folder / f"{at}.eml").write_bytes(seed)
    limits = [f"-max_total_time={int(seconds)}", "-max_len=20000", "-timeout=20"]
    atheris.Setup([sys.argv[0], *limits, str(folder)], check)
    atheris.Fuzz()


def main() -> None:
    """Fuzz for some seconds, five minutes where none are given."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 300
    try:
        import atheris  # noqa: F401
    except ImportError:
        sys.exit(bool(by_chance(seconds)))
    guided(seconds)


if __name__ == "__main__":
    main()
