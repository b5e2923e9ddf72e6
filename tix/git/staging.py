"""What is staged for a commit that git is about to make, seen from inside its hook."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from tix.git import process

_INDEX = "GIT_INDEX_FILE"
# What `git commit --verbose` puts below it is no part of the message (git-commit(1), scissors).
_SCISSORS = re.compile(rb"^. -+ >8 -+$", re.MULTILINE)


def _env() -> dict[str, str]:
    # git names the index of the commit that is being made, which need not be the usual one.
    return {_INDEX: os.environ[_INDEX]} if _INDEX in os.environ else {}


def is_partial() -> bool:
    """Tell whether only some paths are committed (`git commit -- path`).

    Then git has written the usual index already, and what a hook adds would be missing there.
    """
    return Path(os.environ.get(_INDEX, "")).name.startswith("next-index")


def changes(top: Path, prefix: str) -> dict[str, str]:
    """Return the blobs that a commit changes, by path; an empty one where a file is deleted."""
    command = ["diff-index", "--cached", "--raw", "--no-abbrev", "--no-renames", "-z", "HEAD", "--"]
    output = process.run([*command, prefix or "."], top, env=_env(), accept=(0, 128))
    rows = iter(output.decode("utf-8", "surrogateescape").split("\0"))
    found = {next(rows, ""): head.split(" ")[3] for head in rows if head.startswith(":")}
    return {path: oid if oid.strip("0") else "" for path, oid in found.items()}


def restage(contents: Mapping[str, bytes], top: Path) -> None:
    """Stage other contents at some paths."""
    stream = [b"feature done\n"]
    for mark, content in enumerate(contents.values(), 1):
        stream += [f"blob\nmark :{mark}\ndata {len(content)}\n".encode(), content, b"\n"]
        stream.append(f"get-mark :{mark}\n".encode())
    command = ["fast-import", "--quiet", "--done"]
    oids = process.run(command, top, data=b"".join([*stream, b"done\n"])).decode().split()
    rows = (f"100644 {oid}\t{path}\0" for path, oid in zip(contents, oids, strict=True))
    data = "".join(rows).encode("utf-8", "surrogateescape")
    process.run(["update-index", "-z", "--index-info"], top, data=data, env=_env())


def add_trailers(path: Path, trailers: Sequence[str]) -> None:
    """Add trailers to the message in a file; one that says nothing, which git refuses, stays so."""
    written = _SCISSORS.split(path.read_bytes(), maxsplit=1)[0]
    if not process.run(["stripspace", "--strip-comments"], path.parent, data=written).strip():
        return
    command = ["-c", "trailer.where=end", "-c", "trailer.ifexists=addIfDifferent"]
    command += ["interpret-trailers", "--in-place"]
    command += [option for one in trailers for option in ("--trailer", one)]
    process.run([*command, str(path.absolute())], path.parent)
