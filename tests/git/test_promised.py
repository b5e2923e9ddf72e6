"""Partial clones: what is missing is fetched in one batch, and named where it cannot be."""

import json
import shutil
import subprocess

import pytest

from tests.store.quick import Quick
from tix.errors import NotHere
from tix.git import repository
from tix.git.objects import Absent, Objects


@pytest.fixture
def remote(quick, names, tmp_path):
    """A bare desk that serves partial clones; its first ticket has a large attachment."""
    mail = (
        "From: Jan <jan@example.com>\nTo: support@acme.example\nSubject: Scan\n"
        "Message-ID: <scan@example.com>\nDate: Tue, 3 Mar 2026 10:00:00 +0000\n"
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"
        "--x\n\nSee the scan.\n--x\nContent-Type: application/pdf\n"
        "Content-Disposition: attachment; filename=scan.pdf\n\n" + "page\n" * 8000 + "--x--\n"
    )
    (tmp_path / "scan.eml").write_text(mail)
    quick.ok("import", str(tmp_path / "scan.eml"))
    folder = tmp_path / "remote.git"
    quick.git("clone", "-q", "--bare", ".", str(folder))
    made = Quick(folder)
    made.git("config", "uploadpack.allowFilter", "true")
    return made


def clone(remote, tmp_path, what="blob:none", *more) -> Quick:
    """Clone a desk without its blobs."""
    folder = tmp_path / "clone"
    words = ("clone", "-q", "--bare", f"--filter={what}", *more)
    remote.git(*words, remote.folder.as_uri(), str(folder))
    return Quick(folder)


@pytest.fixture
def partial(remote, tmp_path) -> Quick:
    return clone(remote, tmp_path)


def fetches(desk: Quick, *words: str) -> int:
    """Count the fetches that a command makes."""
    trace = desk.folder.parent / "trace"
    trace.unlink(missing_ok=True)
    desk.ok(*words, GIT_TRACE=str(trace))
    return sum("built-in: git fetch" in line for line in trace.read_text().splitlines())


def away(remote: Quick) -> None:
    shutil.move(remote.folder, remote.folder.with_suffix(".away"))


def back(remote: Quick) -> None:
    shutil.move(remote.folder.with_suffix(".away"), remote.folder)


def blobs(remote: Quick) -> list[str]:
    rows = remote.git("ls-tree", "-r", "HEAD").splitlines()
    return [row.split()[2] for row in rows]


def test_all_that_is_missing_is_fetched_at_one_go(remote, partial, tmp_path):
    ids = blobs(remote)
    with Objects.of(repository.find(partial.folder)) as objects:
        found = list(objects.get_many([*ids, "0" * 40, ids[0]]))
    assert [one.oid if one else None for one in found] == [*ids, None, ids[0]]
    packs = list((partial.folder / "objects" / "pack").glob("*.pack"))
    assert len(packs) == 2


def test_names_by_path_are_fetched_too(partial):
    place = repository.find(partial.folder)
    names = [f"{place.head}:{one}" for one in ("desk.yaml", "nowhere", "tickets", "a\nb", "x/y")]
    with Objects.of(place) as objects:
        found = list(objects.get_many(names))
    assert [one.type if one else None for one in found] == ["blob", None, "tree", None, None]


def test_what_one_remote_lacks_does_not_keep_back_the_rest(remote, partial):
    ids = blobs(remote)
    lost = "1" * 40
    with Objects.of(repository.find(partial.folder)) as objects:
        found = list(objects.read_many([lost, *ids]))
    assert isinstance(found[0], Absent)
    assert [one.oid for one in found[1:]] == ids


def test_a_full_clone_pays_nothing_for_it(quick):
    assert Objects.of(repository.find(quick.folder))._promised is None
    trace = quick.folder.parent / "trace"
    quick.ok("list", GIT_TRACE=str(trace))
    assert "without-remotes" not in trace.read_text()
    assert not (quick.folder / ".git" / "tix" / "without-remotes").exists()


def test_a_treeless_clone_is_left_to_git(remote, tmp_path):
    desk = clone(remote, tmp_path, "tree:0")
    assert Objects.of(repository.find(desk.folder))._promised is None
    assert "Parcel" in desk.ok("list")


def test_the_index_is_built_with_one_fetch(partial, names):
    # Two more are for the two settings files, before it is known what there is.
    assert fetches(partial, "list") <= 3
    assert fetches(partial, "show", names[0]) == 0
    assert fetches(partial, "report", "summary") == 0
    assert fetches(partial, "log", names[0]) <= 1


def test_the_configured_filter_stays(remote, tmp_path):
    desk = clone(remote, tmp_path, "blob:limit=16k")
    [name] = desk.ok("list", "Scan", "--format", "ids").split()
    (tmp_path / "to").mkdir()
    assert fetches(desk, "show", name) == 0
    assert fetches(desk, "files", name, "--save", str(tmp_path / "to")) == 1
    assert desk.git("config", "remote.origin.partialclonefilter") == "blob:limit=16384\n"


def test_without_the_remote_the_missing_file_is_named_and_the_rest_works(remote, tmp_path, names):
    desk = clone(remote, tmp_path, "blob:limit=16k")
    away(remote)
    assert "Parcel 0 is late" in desk.ok("list")
    [name] = desk.ok("list", "Scan", "--format", "ids").split()
    assert "See the scan" in desk.ok("show", name)
    (tmp_path / "to").mkdir()
    line = desk.fails(75, "files", name, "--save", str(tmp_path / "to"))
    assert f"{name}/files/" in line
    assert "scan.pdf is not on this machine" in line
    assert not list((tmp_path / "to").iterdir())
    desk.ok("note", name, "-m", "Asked for the scan")
    assert json_code(desk, "files", name, "--save", str(tmp_path / "to")) == "not-here"
    back(remote)
    desk.ok("files", name, "--save", str(tmp_path / "to"))
    assert list((tmp_path / "to").iterdir())


def json_code(desk: Quick, *words: str) -> str:
    done = desk.run(*words, "--json")
    return json.loads(done.err)["data"]["code"]


def lose(desk: Quick, *paths: str) -> None:
    """Make a partial clone that lacks the blobs at some paths only."""
    wanted = desk.git("ls-tree", "-r", "HEAD").splitlines()
    rows = [one.split("\t") for one in wanted]
    ids = "".join(f"{head.split()[2]}\n" for head, path in rows if not path.endswith(paths))
    command = ["git", "-c", "fetch.negotiationAlgorithm=noop", "fetch", "-q", "origin"]
    more = ["--no-write-fetch-head", "--filter=blob:none", "--stdin"]
    subprocess.run([*command, *more], cwd=desk.folder, input=ids.encode(), check=True)


def test_an_index_built_without_the_remote_heals(remote, partial, names):
    lose(partial, f"{names[0]}/ticket.yaml", ".md")
    away(remote)
    listed = partial.ok("list")
    assert "Parcel 1 is late" in listed
    assert "Parcel 0 is late" not in listed
    problems = partial.json("index")["problems"]
    assert problems >= 4
    done = partial.run("check")
    assert done.status == 5
    assert f"{names[0]}/ticket.yaml:1: this is not on this machine" in done.out
    assert "cannot be read" in partial.ok("show", names[1])
    line = partial.fails(75, "show", names[0])
    assert f"{names[0]}/ticket.yaml is not on this machine" in line
    partial.ok("report", "summary")
    partial.ok("tag", names[1], "+vip")
    back(remote)
    assert "Parcel 0 is late" in partial.ok("list")
    assert partial.json("index")["problems"] == 0
    assert partial.ok("list", "Where", "--format", "ids").split()
    assert fetches(partial, "list") == 0


def test_it_heals_too_where_git_fetched_it(remote, partial, names):
    lose(partial, f"{names[0]}/ticket.yaml")
    away(remote)
    assert "Parcel 0 is late" not in partial.ok("list")
    back(remote)
    partial.git(
        "cat-file",
        "-p",
        f"HEAD:tickets/20{names[0][:2]}/{names[0][2:4]}/{names[0][4:6]}/{names[0]}/ticket.yaml",
    )
    away(remote)
    assert "Parcel 0 is late" in partial.ok("list")


def test_a_remote_that_is_slow_to_fail_is_not_asked_at_each_command(
    remote, partial, names, monkeypatch
):
    lose(partial, f"{names[0]}/ticket.yaml")
    away(remote)
    monkeypatch.setattr("tix.git.promised.PATIENCE", 100_000)
    monkeypatch.setattr("tix.git.promised.AT_ONCE", 0)
    partial.ok("list")
    assert fetches(partial, "list") == 0


def test_the_error_names_the_file(remote, partial):
    away(remote)
    place = repository.find(partial.folder)
    with Objects.of(place) as objects, pytest.raises(NotHere, match=r"desk\.yaml is not on this"):
        objects.get(f"{place.head}:desk.yaml")


def test_a_remote_of_any_name_is_asked(remote, tmp_path):
    desk = clone(remote, tmp_path, "blob:none", "--origin", "Up.Stream")
    assert "Parcel 0 is late" in desk.ok("list")


def test_a_sha256_clone_is_read(empty, tmp_path):
    empty.git("init", "-q", "--bare", "--object-format=sha256", "big.git")
    source = Quick(empty.folder / "big.git")
    source.ok("init")
    source.new()
    source.git("config", "uploadpack.allowFilter", "true")
    assert "Parcel is late" in clone(source, tmp_path).ok("list")


def test_a_log_fetches_old_versions_at_one_go_and_does_without(quick, remote, tmp_path, names):
    for turn in range(5):
        quick.ok("tag", names[0], f"+turn{turn}")
    quick.git("push", "-q", str(remote.folder), "main")
    desk = clone(remote, tmp_path)
    desk.ok("list")
    away(remote)
    assert "cannot be read" in desk.ok("log", names[0])
    back(remote)
    assert fetches(desk, "log", names[0]) == 1
    assert "turn3" in desk.ok("log", names[0])
