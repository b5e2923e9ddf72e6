"""Many commits into one pack: what git itself makes of them is the measure."""

import os
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tix.errors import PackingFailed, Refused, Temporary
from tix.git import commits, packfile, packindex, packing, process, stream
from tix.git import repository as repositories
from tix.git.commits import Commit
from tix.git.packfile import PackFile
from tix.git.stream import Packed, Stream

START = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
# Names that sort before and after the slash, are not ASCII, or are written in quotes.
NAMES = st.sampled_from(["a", "a-", "a.b", "a0", "ab", "ü", '"', 'x"y', "x\\n", "x\ny", "\udcff"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
CONTENTS = st.none() | st.binary(max_size=40)
CHANGES = st.lists(st.dictionaries(PATHS, CONTENTS, max_size=5), min_size=1, max_size=12)


@pytest.fixture(params=["sha1", "sha256"])
def repository(request, tmp_path):
    folder = tmp_path / "repository.git"
    command = ["git", "init", "-q", "--bare", f"--object-format={request.param}", folder]
    subprocess.run(command, check=True)
    return repositories.find(folder)


def commit(number, changes):
    moment = START + timedelta(seconds=number)
    ola = "Ola Example <ola@example.com>"
    return Commit(f"Change {number}\n\nÜber 'x'\n", ola, "Ann <a@b>", moment, START, changes)


def packed(repository, parent, planned):
    with Packed(repository, parent, ()) as one:
        for each in planned:
            one.add(each)
        one.end()
        return one.last()


def git(repository, *words):
    command = ["git", "-C", str(repository.folder), *words]
    return subprocess.run(command, check=True, capture_output=True).stdout


def packs(repository):
    return sorted((repository.common_dir / "objects" / "pack").iterdir())


def sound(repository, commit):
    """Whatever the pack holds, git reads it, and none of it was there before."""
    for one in packs(repository):
        assert one.suffix in (".pack", ".idx")
        git(repository, "verify-pack", str(one.with_suffix(".idx")))
    git(repository, "fsck", "--full", "--strict", commit)


@pytest.mark.long
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(CHANGES, CHANGES, st.booleans())
def test_the_commits_are_those_that_git_would_make(repository, before, changes, first):
    below = commits.write(repository, "", [commit(n, one) for n, one in enumerate(before)])[-1]
    parent = "" if first else below
    planned = [commit(n, one) for n, one in enumerate(changes)]
    present = packs(repository)
    made = packed(repository, parent, planned)
    [index, pack] = [one for one in packs(repository) if one not in present]
    git(repository, "verify-pack", str(index))
    index.unlink()
    pack.unlink()
    assert commits.write(repository, parent, planned)[-1] == made


def test_a_tree_from_which_all_is_taken(repository):
    planned = [commit(0, {"a": b"x"}), commit(1, {"a": None}), commit(2, {"b": b"y"})]
    made = packed(repository, "", planned)
    sound(repository, made)
    assert commits.write(repository, "", planned)[-1] == made


def test_long_histories_of_large_folders(repository):
    names = [f"tickets/2026/05/06/260506-{number:08d}/ticket.yaml" for number in range(2000)]
    first = commit(0, dict.fromkeys(names, b"one"))
    rest = [commit(n, {names[n * 7 % 2000]: b"%d" % n, f"new/{n}": b"x" * n}) for n in range(300)]
    made = packed(repository, "", [first, *rest])
    sound(repository, made)
    assert commits.write(repository, "", [first, *rest])[-1] == made
    # A chain that were never cut would take a minute to read at its end.
    [index] = [one for one in packs(repository) if one.suffix == ".idx"]
    rows = git(repository, "verify-pack", "-v", str(index)).decode().splitlines()
    changed = [row.split() for row in rows if len(row.split()) == 7]
    assert max(int(row[5]) for row in changed) == packfile.DEPTH


def test_a_large_blob_is_kept_once(repository):
    large = os.urandom(3 << 20)
    planned = [commit(n, {f"{n}": large, "small": b"%d" % n}) for n in range(3)]
    made = packed(repository, "", planned)
    sound(repository, made)
    assert sum(one.stat().st_size for one in packs(repository)) < 4 << 20
    assert git(repository, "cat-file", "blob", f"{made}:1") == large
    assert commits.write(repository, "", planned)[-1] == made


def test_a_pack_is_read_by_whoever_may_read_the_folder(repository):
    folder = repository.common_dir / "objects" / "pack"
    for mode, wanted in ((0o755, 0o444), (0o2770, 0o440), (0o700, 0o400)):
        folder.chmod(mode)
        packed(repository, "", [commit(mode, {"a": b"%d" % mode})])
        assert wanted in {stat.S_IMODE(one.stat().st_mode) for one in packs(repository)}
    assert len(packs(repository)) == 6


def test_folders_that_old_programs_wrote_with_a_zero_are_understood(repository):
    blob = git(repository, "hash-object", "-w", "--stdin", "-t", "blob").decode().strip()
    inner = _object(repository, "tree", b"100644 b\0" + bytes.fromhex(blob))
    outer = _object(repository, "tree", b"040000 a\0" + bytes.fromhex(inner))
    parent = git(repository, "commit-tree", outer, "-m", "old").decode().strip()
    made = packed(repository, parent, [commit(1, {"a/c": b"c"})])
    assert git(repository, "ls-tree", "-r", "--name-only", made).split() == [b"a/b", b"a/c"]


def _object(repository, kind, content):
    command = ["git", "-C", str(repository.folder), "hash-object", "-w", "--stdin", "--literally"]
    done = subprocess.run([*command, "-t", kind], input=content, check=True, capture_output=True)
    return done.stdout.decode().strip()


def test_what_has_no_end_leaves_nothing(repository):
    with Packed(repository, "", ()) as one:
        for number in range(2000):
            one.add(commit(number, {f"{number}": os.urandom(300)}))
    assert packs(repository) == []


def test_an_interrupt_is_for_whoever_feeds_it(repository):
    with Packed(repository, "", ()) as one:
        one.add(commit(1, {"a": b"a"}))
        assert os.getpgid(one._process.pid) != os.getpgid(0)
        one.end()
        assert one.last()


def test_one_that_is_killed_is_said_to_have_stopped(repository):
    with Packed(repository, "", ()) as one:
        one.add(commit(1, {"a": b"a"}))
        one._process.send_signal(signal.SIGKILL)
        one.end()
        with pytest.raises(PackingFailed, match="writing commits was stopped before its end"):
            one.last()


def test_whoever_writes_to_one_that_has_stopped_is_told(repository):
    with Packed(repository, "", ()) as one:
        one._process.send_signal(signal.SIGKILL)
        one._process.wait()
        many = [commit(number, {"a": bytes(1 << 14)}) for number in range(3000)]
        with pytest.raises(PackingFailed):
            list(map(one.add, many))


def test_the_folder_of_packs_is_made_where_it_is_missing(repository):
    (repository.common_dir / "objects" / "pack").rmdir()
    sound(repository, packed(repository, "", [commit(1, {"a": b"a"})]))


def test_a_folder_that_cannot_be_written_is_said(repository, monkeypatch):
    folder = repository.common_dir / "objects" / "pack"
    start = process.start_own

    def elsewhere(module, arguments, *rest, **options):
        return start(module, ("/proc", *arguments[1:]), *rest, **options)

    monkeypatch.setattr(process, "start_own", elsewhere)
    with pytest.raises(PackingFailed, match="writing commits failed: fatal: "):
        packed(repository, "", [commit(1, {"a": b"a"})])
    assert not list(folder.iterdir())
    assert PackingFailed("fatal: [Errno 13] Permission denied: 'x'").status == Refused.status


def test_a_python_that_is_gone_is_not_taken_for_git(repository, monkeypatch):
    monkeypatch.setattr(process.sys, "executable", "/nowhere/python")
    with pytest.raises(Temporary, match="/nowhere/python is gone: install tix again"):
        packed(repository, "", [commit(1, {"a": b"a"})])


def test_a_parent_that_is_missing_is_named(repository):
    with pytest.raises(PackingFailed, match=f"the commit {'1' * repository.width} cannot be read"):
        packed(repository, "1" * repository.width, [commit(1, {"a": b"a"})])


@pytest.mark.parametrize("count", [0, 1, stream.FEW - 1, stream.FEW, 40])
def test_a_few_commits_make_no_pack(repository, count):
    planned = [commit(n, {"a": b"%d" % n, f"{n}/b": b"b"}) for n in range(count)]
    with Stream(repository, "") as one:
        for each in planned:
            one.add(each)
        one.end()
        made = one.last()
    assert bool(packs(repository)) == (count >= stream.FEW)
    assert made == (commits.write(repository, "", planned)[-1] if planned else "")


def test_one_large_commit_makes_a_pack(repository):
    with Stream(repository, "") as one:
        large = bytes(2 << 20)
        held = sys.getrefcount(large)
        one.add(commit(1, {"a": large}))
        assert sys.getrefcount(large) == held  # while the stream goes on
        one.end()
        assert one.last()
    assert packs(repository)


def test_nothing_is_imported_from_the_folder_it_works_in(repository):
    (repository.folder / "zlib.py").write_text("raise SystemExit('hostile')")
    (repository.folder / "tix").mkdir()
    assert packed(repository, "", [commit(1, {"a": b"a"})])


def test_without_the_faster_library_the_same_is_written(repository, monkeypatch):
    planned = [commit(n, {"a": b"%d" % n * n}) for n in range(60)]
    blocked = "import sys; sys.modules['isal'] = None; "
    real = process.subprocess.Popen

    def popen(command, **options):
        if "-c" in command and "main" in command[4]:
            command = [*command[:4], blocked + command[4], *command[5:]]
        return real(command, **options)

    made = packed(repository, "", planned)
    monkeypatch.setattr(process.subprocess, "Popen", popen)
    assert packed(repository, "", planned) == made
    sound(repository, made)
    assert len(packs(repository)) == 4


def test_offsets_beyond_two_gibibytes_have_a_table_of_their_own():
    oids = [bytes((number,)) * 20 for number in (9, 1, 5)]
    offsets = [12, 1 << 33, (1 << 31) - 1]
    places = {oid: number for number, oid in enumerate(oids)}
    found = packindex.content(places, [7, 8, 9], offsets, b"p" * 20)
    assert found[:8] == b"\377tOc\0\0\0\2"
    numbers = [int.from_bytes(found[at : at + 4], "big") for at in range(8, 8 + 4 * 256, 4)]
    assert (numbers[0], numbers[1], numbers[4], numbers[5], numbers[9]) == (0, 1, 1, 2, 3)
    rest = found[8 + 4 * 256 :]
    assert rest[:60] == b"".join(sorted(oids))
    assert rest[60:72] == b"".join(one.to_bytes(4, "big") for one in (8, 9, 7))
    near = (1 << 31, (1 << 31) - 1, 12)
    assert rest[72:84] == b"".join(one.to_bytes(4, "big") for one in near)
    assert rest[84:] == (1 << 33).to_bytes(8, "big") + b"p" * 20


def test_a_difference_far_into_a_large_tree(tmp_path):
    first = b"".join(b"100644 %07d\0%b" % (n, bytes(20)) for n in range(40_000))
    subprocess.run(["git", "init", "-q", "--bare", tmp_path], check=True)
    with PackFile(str(tmp_path / "objects" / "pack"), 40) as pack:
        before = pack.add(b"tree", first)
        at = first.index(b"\0", 35 * 30_000) + 1
        second = first[:at] + b"x" * 20 + first[at + 20 :]
        oid = pack.add_tree(second, before, len(first), at, len(first) - at - 20)
        pack.close()
    command = ["git", "-C", tmp_path, "cat-file", "tree", oid.hex()]
    assert subprocess.run(command, check=True, capture_output=True).stdout == second


def test_paths_are_read_as_they_are_written():
    for path in ("a/b", 'x"y', "x\\n", "x\ny", "\\\\n", "a/\\", '"'):
        quoted = commits.quoted(path).encode()
        assert packing._parts(quoted) == path.encode().split(b"/")
