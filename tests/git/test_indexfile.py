"""The index as tix changes it, beside what git makes of it: the same bytes."""

import os
import random
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tix.git.indexfile import IndexFile
from tix.git.indexrows import LeftToGit

OLD = 1_600_000_000
BLOB = "0123456789" * 4
# Names that are parts of each other, in the order that is not that of a tree, and odd ones.
PARTS = ["a", "a-b", "a.b", "ab", "b", "tickets", "2026", "ü", "x\x1da", "A" * 60]
NAMES = st.lists(st.sampled_from(PARTS), min_size=1, max_size=5).map("/".join)
SOME = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Repository:
    """A repository with an index that git has made."""

    def __init__(self, folder: Path, *options: str) -> None:
        folder.mkdir()
        self.folder = folder
        self.git("init", "-q", *options)
        self.width = 64 if options else 40

    def git(self, *words: str, data: bytes = b"", index: Path | None = None) -> bytes:
        env = {**os.environ, **({"GIT_INDEX_FILE": str(index)} if index else {})}
        command = ["git", *words]
        return subprocess.run(
            command, cwd=self.folder, input=data, env=env, check=True, capture_output=True
        ).stdout

    def commit(self, names: list[str]) -> None:
        for name in names:
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(name)
            os.utime(file, (OLD, OLD))
        self.git("add", ".")
        self.git("commit", "-qm", "all")

    @property
    def index(self) -> Path:
        return self.folder / ".git" / "index"

    def read(self) -> IndexFile:
        return IndexFile.at(self.index, self.width)

    def rows(self, index: Path | None = None) -> dict[bytes, tuple[str, bool]]:
        found = {}
        for row in self.git("ls-files", "--sparse", "--stage", "-t", "-z", index=index).split(
            b"\0"
        )[:-1]:
            head, name = row.split(b"\t", 1)
            tag, _, oid, _ = head.decode().split(" ")
            found[name] = (oid, tag == "S")
        return found

    def by_git(self, oids: dict[bytes, str]) -> bytes:
        copy = self.folder / ".git" / "copy"
        copy.write_bytes(self.index.read_bytes())
        data = b"".join(b"100644 %s\t%s\0" % (oid.encode(), name) for name, oid in oids.items())
        self.git("update-index", "--add", "-z", "--index-info", data=data, index=copy)
        return copy.read_bytes()


def without_clashes(names: list[str]) -> list[str]:
    """Leave out names that are folders of others."""
    kept = set(names)
    return [one for one in kept if not any(other.startswith(f"{one}/") for other in kept)]


def is_odd(names: list[str]) -> bool:
    """Tell whether a name is long, or a folder elsewhere, or may be taken for part of another."""
    folders = [f"{one.split('/')[0]}/" for one in names if "/" in one]
    inside = any(folder in name[1:] for folder in folders for name in names)
    clash = len(without_clashes(names)) < len(set(names))
    return inside or clash or any(len(os.fsencode(one)) > 255 for one in names)


@pytest.fixture
def numbers():
    return iter(range(10**6))


@pytest.mark.parametrize("options", [(), ("--object-format=sha256",)])
@SOME
@given(there=st.lists(NAMES, min_size=1, max_size=30), chosen=st.data())
def test_what_is_changed_and_added_is_as_git_does_it(tmp_path, numbers, options, there, chosen):
    repository = Repository(tmp_path / str(next(numbers)), *options)
    there = without_clashes(there)
    repository.commit(there)
    new = chosen.draw(st.lists(NAMES, max_size=5))
    names = chosen.draw(
        st.lists(st.sampled_from(sorted({*there, *without_clashes(new)})), unique=True)
    )
    oids = {os.fsencode(name): BLOB.ljust(repository.width, "a") for name in names}
    try:
        made = b"".join(repository.read().edited(oids))
    except LeftToGit:
        assert is_odd([*there, *names])
        return
    assert made == repository.by_git(oids)


@pytest.mark.parametrize("seed", range(4))
def test_many_rows_are_found_and_added_in_any_order(tmp_path, seed):
    chance = random.Random(seed)
    days = [f"tickets/20{year}/{day:02}" for year in (24, 25, 26) for day in range(1, 9)]
    names = [f"{chance.choice(days)}/{chance.randrange(900):03}/{one}" for one in range(1500)]
    repository = Repository(tmp_path / "many")
    rows = b"".join(b"100644 %s\t%s\0" % (b"ab" * 20, one.encode()) for one in names[:1200])
    repository.git(
        "update-index", "--add", "-z", "--index-info", data=rows + b"100644 %s\tz\0" % (b"cd" * 20)
    )
    chance.shuffle(names)
    index, there = repository.read(), repository.rows()
    for name in (one.encode() for one in names):
        found = index.row(name)
        assert (found.oid if found else None) == there.get(name, (None,))[0]
    oids = {one.encode(): BLOB for one in names[:400]}
    assert b"".join(index.edited(oids)) == repository.by_git(oids)
    assert b"".join(repository.read().edited(oids)) == repository.by_git(oids)


@SOME
@given(there=st.lists(NAMES, min_size=1, max_size=30), kept=st.sampled_from(PARTS))
def test_rows_are_those_that_git_tells(tmp_path, numbers, there, kept):
    repository = Repository(tmp_path / str(next(numbers)))
    repository.commit(without_clashes([*there, "kept/file", f"{kept}/in/file"]))
    repository.git("sparse-checkout", "set", "--cone", "--sparse-index", "kept")
    rows = repository.rows()
    read = repository.read()
    for name, (oid, absent) in rows.items():
        inside = name + b"file" if name.endswith(b"/") else name
        try:
            found = read.row(inside)
        except LeftToGit:
            continue
        assert found
        assert (found.name, found.oid, found.absent) == (name, oid, absent)
        other = read.row(inside + b"-not")
        assert other == (found if name.endswith(b"/") else None)


@pytest.fixture
def sparse(tmp_path):
    made = Repository(tmp_path / "sparse")
    days = [f"tickets/2026/{month:02}/{day:02}" for month in (1, 2, 3) for day in (1, 2)]
    made.commit(
        [f"{day}/{day[-2:]}-{n}/ticket.yaml" for day in days for n in "abc"] + ["desk.yaml"]
    )
    made.git("sparse-checkout", "set", "--cone", "--sparse-index", "tickets/2026/02/01")
    return made


def test_a_folder_left_out_has_one_row(sparse):
    row = sparse.read().row(b"tickets/2026/01/02/02-a/ticket.yaml")
    tree = sparse.git("rev-parse", "HEAD:tickets/2026/01").decode().strip()
    assert row
    assert (row.name, row.oid, row.absent) == (b"tickets/2026/01/", tree, True)


def test_a_folder_left_out_gets_another_tree(sparse):
    name, old = b"tickets/2026/01/", sparse.read()
    head = sparse.git("rev-parse", "HEAD").decode().strip()
    path = "tickets/2026/01/02/02-a/ticket.yaml"
    stream = f"commit refs/heads/new\ncommitter A <a@b> 1 +0000\ndata 1\nx\nfrom {head}\n"
    stream += f"M 100644 inline {path}\ndata 1\ny\n"
    sparse.git("fast-import", "--quiet", data=stream.encode())
    tree = sparse.git("rev-parse", "new:tickets/2026/01").decode().strip()
    sparse.index.write_bytes(b"".join(old.edited({name: tree})))
    sparse.git("update-ref", "HEAD", "refs/heads/new")
    assert sparse.git("status", "--porcelain") == b""
    assert sparse.git("write-tree") == sparse.git("rev-parse", "new^{tree}")
    assert sparse.git("fsck", "--no-dangling", "--no-progress") == b""
    assert not (sparse.folder / path).exists()


def split(repository):
    repository.git("update-index", "--split-index")


def version_4(repository):
    repository.git("update-index", "--index-version", "4")


def untracked_cache(repository):
    repository.git("update-index", "--force-untracked-cache")


def cut_off(repository):
    repository.index.write_bytes(repository.index.read_bytes()[:-30])


def no_index(repository):
    repository.index.write_bytes(b"DIRC")


@pytest.mark.parametrize("change", [split, version_4, untracked_cache, cut_off, no_index])
def test_other_forms_are_left_to_git(tmp_path, change):
    repository = Repository(tmp_path / "made")
    repository.commit(["a/b", "c"])
    change(repository)
    with pytest.raises(LeftToGit):
        repository.read()


def conflict(repository):
    data = b"".join(b"100644 %s %d\ta/b\0" % (BLOB.encode(), stage) for stage in (1, 2, 3))
    repository.git("update-index", "--force-remove", "a/b")
    repository.git("update-index", "-z", "--index-info", data=data)


def planned(repository):
    repository.git("rm", "-q", "--cached", "a/b")
    repository.git("add", "--intent-to-add", "a/b")


def assumed(repository):
    repository.git("update-index", "--assume-unchanged", "a/b")


@pytest.mark.parametrize("change", [conflict, planned, assumed])
def test_odd_rows_are_left_to_git(tmp_path, change):
    repository = Repository(tmp_path / "made")
    repository.commit(["a/a", "a/b", "a/c", "d/e"])
    change(repository)
    with pytest.raises(LeftToGit):
        repository.read().row(b"a/b")
    assert repository.read().row(b"d/e")


def test_a_row_that_is_assumed_unchanged_is_not_passed_over(tmp_path):
    # What is added may have its place before it: behind it, git finds the index damaged.
    repository = Repository(tmp_path / "repository")
    repository.commit(["desk.yaml", "tickets/b", "tickets/c"])
    repository.git("update-index", "--assume-unchanged", "tickets/b")
    with pytest.raises(LeftToGit):
        repository.read().edited({b"tickets/a": BLOB})


def test_an_end_that_is_noted_is_left_out(tmp_path):
    repository = Repository(tmp_path / "made")
    repository.commit(["a/b", "c"])
    repository.git("-c", "index.threads=2", "update-index", "--force-write-index")
    assert b"EOIE" in repository.index.read_bytes()
    made = b"".join(repository.read().edited({b"a/b": BLOB, b"a/c": BLOB}))
    assert made == repository.by_git({b"a/b": BLOB, b"a/c": BLOB})


def test_an_index_without_a_checksum_stays_without(tmp_path):
    repository = Repository(tmp_path / "made")
    repository.commit(["a/b", "c"])
    repository.index.write_bytes(repository.index.read_bytes()[:-20] + bytes(20))
    assert b"".join(repository.read().edited({b"c": BLOB})).endswith(bytes(20))


@SOME
@given(changes=st.dictionaries(st.integers(0, 10**4), st.integers(0, 255), min_size=1))
def test_a_damaged_index_is_left_to_git_or_read(tmp_path, numbers, changes):
    kept = tmp_path / "made"
    if not kept.exists():
        Repository(kept).commit(["a/b", "a/c/d", "e"])
    data = bytearray((kept / ".git" / "index").read_bytes())
    for at, byte in changes.items():
        data[at % len(data)] = byte
    try:
        index = IndexFile(bytes(data), 40)
        index.row(b"a/b")
        b"".join(index.edited({b"a/c/d": BLOB, b"a/f": BLOB}))
    except LeftToGit:
        pass
