"""tix clone and tix recent: part of a desk in the working tree, and all of it at hand."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.driver import Driver
from tests.store.quick import Quick
from tix.recent import recent_days

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAYS = {"today": 0, "week": 7, "quarter": 80, "year": 400, "done": 500, "fresh-done": 3}


class Desks:
    """A desk to clone: `url`, and its tickets by the names of DAYS."""

    def __init__(self, folder: Path, tickets: dict[str, str]) -> None:
        self.source = Quick(folder, {"TIX_NOW": NOW.isoformat()})
        self.url = folder.as_uri()
        self.tickets = tickets


def make(folder: Path, prefix: str = "") -> dict[str, str]:
    """Make a desk of old and new tickets, in a bare repository."""
    work = folder.parent / "work"
    Driver(folder.parent).ok("init", str(work / prefix), "--name", "Acme")
    tickets = {}
    for name, days in DAYS.items():
        then = {"TIX_NOW": (NOW - timedelta(days=days)).isoformat()}
        tickets[name] = Driver(work / prefix, then).new(f"Ticket {name}")
        if "done" in name:
            Driver(work / prefix, then).ok("solve", tickets[name])
    then = {"TIX_NOW": (NOW - timedelta(days=500)).isoformat()}
    (folder.parent / "scan.eml").write_text(
        "From: Jan <jan@example.com>\nTo: support@acme.example\nSubject: Ticket scan\n"
        f"Message-ID: <scan@example.com>\nDate: {NOW - timedelta(days=500):%a, %d %b %Y %T} +0000\n"
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"
        "--x\n\nSee the scan.\n--x\nContent-Type: application/pdf\n"
        "Content-Disposition: attachment; filename=scan.pdf\n\n" + "page\n" * 8000 + "--x--\n"
    )
    desk = Driver(work / prefix, then)
    desk.ok("import", str(folder.parent / "scan.eml"))
    [tickets["scan"]] = desk.ok("list", "scan", "--format", "ids").split()
    desk.ok("solve", tickets["scan"])
    subprocess.run(["git", "clone", "-q", "--bare", str(work), str(folder)], check=True)
    for key in ("allowFilter", "allowAnySHA1InWant"):
        subprocess.run(
            ["git", "-C", str(folder), "config", f"uploadpack.{key}", "true"], check=True
        )
    return tickets


@pytest.fixture(scope="session")
def _source(tmp_path_factory) -> tuple[Path, list[dict[str, str]]]:
    return tmp_path_factory.mktemp("source") / "acme.git", []


@pytest.fixture
def desks(_source, tmp_path) -> Desks:
    folder, made = _source
    if not made:
        made.append(make(folder))
    shutil.copytree(folder, tmp_path / "acme.git")
    return Desks(tmp_path / "acme.git", made[0])


@pytest.fixture
def here(tmp_path) -> Driver:
    (tmp_path / "here").mkdir()
    return Driver(tmp_path / "here", {"TIX_NOW": NOW.isoformat()})


@pytest.fixture
def sparse(desks, here) -> Quick:
    """A clone with the tickets of 90 days."""
    here.ok("clone", desks.url, "desk", "--recent", "90d")
    return Quick(here.folder / "desk", here.env)


def folder(desk: Driver, name: str) -> Path:
    return desk.folder / f"tickets/20{name[:2]}/{name[2:4]}/{name[4:6]}/{name}"


def out(desk: Driver, desks: Desks) -> set[str]:
    """Return the tickets that are checked out."""
    return {key for key, name in desks.tickets.items() if folder(desk, name).exists()}


def fetches(desk: Driver, *words: str) -> int:
    trace = desk.folder.parent / "trace"
    trace.unlink(missing_ok=True)
    desk.ok(*words, GIT_TRACE=str(trace))
    return sum("built-in: git fetch" in line for line in trace.read_text().splitlines())


RECENT = {"today", "week", "quarter", "year", "fresh-done"}


def test_a_clone_holds_recent_and_unsolved_tickets(desks, here):
    done = here.run("clone", desks.url, "--recent", "90d")
    assert done.status == 0
    assert "7 tickets, 5 of them checked out: those since 2026-08-24, and unsolved ones" in done.out
    desk = Driver(here.folder / "acme", here.env)
    assert out(desk, desks) == RECENT
    assert (desk.folder / "desk.yaml").exists()
    desk.clean()
    assert desk.git("config", "core.sparseCheckoutCone") == "true\n"
    assert desk.git("config", "index.sparse") == "true\n"
    assert any(one.endswith("/") for one in desk.git("ls-files", "--sparse").splitlines())
    assert desk.git("config", "remote.origin.partialclonefilter") == "blob:limit=16384\n"
    assert list(here.folder.iterdir()) == [desk.folder]


def test_every_command_works_on_what_is_not_checked_out(desks, sparse, tmp_path):
    name = desks.tickets["scan"]
    for words in (
        ("show",),
        ("log",),
        ("files",),
        ("tag", "+vip"),
        ("note", "-m", "x"),
        ("reopen",),
    ):
        sparse.ok(words[0], name, *words[1:])
    assert not folder(sparse, name).exists()
    sparse.clean()
    assert fetches(sparse, "files", name, "--save", str(tmp_path)) == 1
    assert sparse.json("show", name)["tags"] == ["vip"]
    assert sparse.ok("list", "tag:vip", "--format", "ids").split() == [name]


def test_it_tells_in_json_what_there_is(desks, here):
    data = here.json("clone", desks.url, "desk", "--recent", "90d")
    assert data == {
        "path": str(here.folder / "desk"),
        "commit": desks.source.git("rev-parse", "HEAD").strip(),
        "partial": True,
        "recent": "90d",
        "since": "2026-08-24",
        "tickets": 7,
        "checked_out": 5,
        "unsolved_outside": 0,
        "could_go": 0,
    }


def test_without_recent_it_is_a_plain_clone(desks, here):
    data = here.json("clone", desks.url)
    assert (data["partial"], data["recent"], data["checked_out"]) == (False, "all", 7)
    desk = Driver(here.folder / "acme", here.env)
    assert out(desk, desks) == set(DAYS) | {"scan"}
    desk.clean()
    assert "partialclonefilter" not in desk.git("config", "--list")


def test_the_index_is_there_after_cloning(sparse):
    assert (sparse.folder / ".git" / "tix" / "index.sqlite").exists()
    assert fetches(sparse, "list") == 0


def test_new_tickets_appear_as_they_come(desks, sparse):
    later = Quick(sparse.folder, {"TIX_NOW": (NOW + timedelta(days=200)).isoformat()})
    for desk in (sparse, later):
        assert folder(desk, desk.new("New")).exists()
    desks.source.git("fetch", "-q", str(sparse.folder), "+main:main")
    name = Quick(desks.source.folder, later.env).new("From elsewhere")
    sparse.git("pull", "-q")
    assert folder(sparse, name).exists()
    sparse.clean()


def test_editing_brings_a_tickets_files(desks, sparse):
    name = desks.tickets["scan"]
    sparse.ok("edit", name, "--dry-run", EDITOR="sed -i '/^priority:/s/normal/high/'")
    assert not folder(sparse, name).exists()
    sparse.ok("edit", name, EDITOR="sed -i '/^priority:/s/normal/high/'")
    assert "priority: high" in (folder(sparse, name) / "ticket.yaml").read_text()
    assert list((folder(sparse, name) / "files").iterdir())
    sparse.clean()
    assert out(sparse, desks) == {*RECENT, "scan"}


def test_a_path_is_one_that_an_editor_can_open(desks, sparse):
    name = desks.tickets["done"]
    found = sparse.json("path", name)
    assert found == {"id": name, "path": str(folder(sparse, name)), "checked_out": True}
    assert (folder(sparse, name) / "ticket.yaml").exists()
    sparse.clean()


def test_editing_works_where_the_files_cannot_be_had(desks, sparse):
    shutil.move(desks.source.folder, desks.source.folder.with_suffix(".away"))
    name = desks.tickets["scan"]
    done = sparse.run("edit", name, EDITOR="sed -i '/^priority:/s/normal/high/'")
    assert done.status == 0, done
    assert "not in the working tree" in done.err
    assert sparse.json("show", name)["priority"] == "high"
    sparse.clean()


def test_recent_is_changed_later(desks, sparse):
    assert sparse.json("recent")["checked_out"] == 5
    data = sparse.json("recent", "30d")
    assert (data["recent"], data["since"], data["checked_out"]) == ("30d", "2026-10-23", 5)
    sparse.ok("solve", desks.tickets["quarter"], desks.tickets["year"])
    said = sparse.ok("recent")
    assert "2 could go, `tix recent 30d` lets them" in said
    sparse.ok("recent", "30d")
    assert out(sparse, desks) == {"today", "week", "fresh-done"}
    sparse.ok("reopen", desks.tickets["quarter"])
    assert "1 unsolved ones are not, `tix recent 30d` has them too" in sparse.ok("recent")
    sparse.ok("recent", "2y")
    assert out(sparse, desks) == set(DAYS) | {"scan"}
    sparse.ok("recent", "1d")
    assert out(sparse, desks) == {"today", "week", "quarter"}
    assert sparse.ok("recent", "all") == "7 tickets, all checked out\n"
    assert out(sparse, desks) == set(DAYS) | {"scan"}
    assert sparse.git("config", "core.sparseCheckout") == "false\n"
    sparse.clean()


def test_a_plain_clone_can_be_made_sparse(desks, here):
    here.ok("clone", desks.url, "desk")
    desk = Quick(here.folder / "desk", here.env)
    desk.ok("recent", "90d")
    assert out(desk, desks) == RECENT
    desk.clean()
    assert desk.ok("recent", "all") == desk.ok("recent", "all")
    desk.clean()


@pytest.mark.parametrize("what", ["edited", "staged", "untracked", "ignored", "removed"])
def test_what_is_not_committed_is_never_removed(desks, here, what):
    here.ok("clone", desks.url, "desk")
    desk = Quick(here.folder / "desk", here.env)
    gone = folder(desk, desks.tickets["done"])
    inside = folder(desk, desks.tickets["today"]) / "mine.txt"
    inside.write_text("stays\n")
    desk.ok("recent", "90d")
    desk.ok("recent", "all")
    if what in ("untracked", "ignored"):
        (gone / "mine.txt").write_text("mine\n")
    elif what == "removed":
        (gone / "ticket.yaml").unlink()
    else:
        (gone / "ticket.yaml").write_text("mine\n")
    if what == "ignored":
        (desk.folder / ".git" / "info" / "exclude").write_text("mine.txt\n")
    if what == "staged":
        desk.git("add", str(gone))
    before = desk.git("status", "--porcelain", "--ignored"), desk.git("config", "--list")
    line = desk.fails(4, "recent", "90d")
    assert str(gone.relative_to(desk.folder)) in line
    assert "would go away" in line
    assert (desk.git("status", "--porcelain", "--ignored"), desk.git("config", "--list")) == before
    assert out(desk, desks) == set(DAYS) | {"scan"}


def test_users_own_folders_outside_the_tickets_stay_as_they_are(desks, here, tmp_path):
    shutil.rmtree(tmp_path / "acme.git")
    tickets = make_in_code(tmp_path)
    here.ok("clone", (tmp_path / "code.git").as_uri(), "shop", "--recent", "90d")
    shop = Quick(here.folder / "shop", here.env)
    desk = Quick(shop.folder / "support", here.env)
    assert out(desk, Desks(tmp_path, tickets)) == RECENT
    assert (shop.folder / "src" / "deep" / "code.py").exists()
    assert (shop.folder / "README").exists()
    assert (shop.folder / "lib" / "x.py").exists()
    shop.git("sparse-checkout", "set", "src/deep", "support")
    desk.ok("recent", "30d")
    assert (shop.folder / "src" / "deep" / "code.py").exists()
    assert not (shop.folder / "lib").exists()
    assert "lib" not in shop.git("sparse-checkout", "list").split()
    desk.ok("recent", "all")
    assert (shop.folder / "lib" / "x.py").exists()
    desk.clean()


def make_in_code(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "work" / "src" / "deep").mkdir(parents=True)
    (tmp_path / "work" / "lib").mkdir()
    code = Driver(tmp_path / "work")
    code.git("init", "-q")
    for name in ("README", "src/deep/code.py", "lib/x.py"):
        (code.folder / name).write_text("x\n")
    code.git("add", ".")
    code.git("commit", "-qm", "code")
    return make(tmp_path / "code.git", "support")


def test_of_several_desks_one_is_named(here, tmp_path):
    work = Driver(tmp_path / "work")
    work.folder.mkdir()
    work.git("init", "-q")
    for name in ("sales", "support"):
        (work.folder / name).mkdir()
        work.ok("init", name)
    url = work.folder.as_uri()
    assert "--folder (sales, support)" in here.fails(3, "clone", url, "desk")
    assert list(here.folder.iterdir()) == []
    assert here.json("clone", url, "desk", "--folder", "sales")["path"].endswith("desk/sales")
    here.fails(3, "clone", url, "other", "--folder", "nowhere")


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("URL/../nowhere.git",), 3, "no repository at"),
        (("http://127.0.0.1:1/x.git",), 75, "cannot be cloned"),
        (("URL", "full"), 1, "full is there already, and not empty"),
        (("URL", "file"), 1, "file is there already"),
        (("URL", "file/below"), 1, "is a file"),
        (("URL", "desk", "--recent", "soon"), 2, "no duration"),
        (("URL", "desk", "--branch", "nowhere"), 3, "no branch 'nowhere'"),
        (("EMPTY", "desk"), 3, "no desk in"),
        (("CODE", "desk", "--recent", "9d"), 3, "no desk in"),
        (("https://me:secret@127.0.0.1:1/x.git",), 75, "https://127.0.0.1:1/x.git cannot"),
        (("--", "--upload-pack=touch x", "desk"), 3, "no repository"),
        (("URL", ""), 0, ""),
        (("/",), 1, "suggests no folder"),
    ],
)
def test_what_cannot_be_cloned_leaves_nothing(desks, here, tmp_path, words, status, said):
    (here.folder / "full").mkdir()
    (here.folder / "full" / "mine").write_text("mine\n")
    (here.folder / "file").write_text("mine\n")
    for name in ("empty", "code"):
        (tmp_path / name).mkdir()
        Driver(tmp_path / name).git("init", "-q")
    (tmp_path / "code" / "x").write_text("x\n")
    Driver(tmp_path / "code").git("add", "x")
    Driver(tmp_path / "code").git("commit", "-qm", "x")
    names = {"URL": desks.url, "EMPTY": str(tmp_path / "empty"), "CODE": str(tmp_path / "code")}
    given = [names.get(one, one.replace("URL", desks.url)) for one in words]
    if not status:
        here.ok("clone", *given)
        return
    line = here.fails(status, "clone", *given)
    assert said in line
    assert "secret" not in line
    assert sorted(one.name for one in here.folder.iterdir()) == ["file", "full"]
    assert (here.folder / "full" / "mine").read_text() == "mine\n"


def test_an_empty_folder_is_filled_also_the_one_we_stand_in(desks, here):
    here.ok("clone", desks.url, ".", "--recent", "90d")
    here.clean()
    assert out(here, desks) == RECENT
    assert "Ticket scan" in here.ok("list", "")


def test_a_server_without_filters_is_named_and_all_is_fetched(desks, here):
    desks.source.git("config", "uploadpack.allowFilter", "false")
    done = here.run("clone", desks.url, "desk", "--recent", "90d")
    assert done.status == 0
    assert "cannot leave large files behind" in done.err
    desk = Quick(here.folder / "desk", here.env)
    assert out(desk, desks) == RECENT
    shutil.move(desks.source.folder, desks.source.folder.with_suffix(".away"))
    desk.ok("files", desks.tickets["scan"], "--save", str(here.folder))
    desk.clean()


def test_a_folder_on_this_machine_is_cloned_too(desks, here):
    done = here.run("clone", "../acme.git", "--recent", "90d")
    assert (done.status, done.err) == (0, "")
    desk = Quick(here.folder / "acme", here.env)
    assert out(desk, desks) == RECENT
    desk.git("fetch", "-q")
    desk.clean()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("after", [0.3, 0.45, 0.6, 0.8])
def test_an_interrupted_clone_leaves_nothing_that_looks_whole(desks, here, how, after):
    command = [sys.executable, "-m", "tix", "clone", desks.url, "desk", "--recent", "90d"]
    env = {**os.environ, **here.env}
    with subprocess.Popen(command, cwd=here.folder, env=env, stderr=subprocess.PIPE) as running:
        time.sleep(after)
        running.send_signal(how)
        _, said = running.communicate()
    desk = Driver(here.folder / "desk", here.env)
    if running.returncode:
        assert not desk.folder.exists(), said
        assert how != signal.SIGINT or not list(here.folder.iterdir())
        deadline = time.monotonic() + 20
        while list(here.folder.iterdir()) != [desk.folder] and time.monotonic() < deadline:
            shutil.rmtree(desk.folder, ignore_errors=True)
            here.ok("clone", desks.url, "desk", "--recent", "90d")
    assert list(here.folder.iterdir()) == [desk.folder], (running.returncode, said)
    assert out(desk, desks) == RECENT
    desk.clean()


def test_in_a_bare_desk_there_is_nothing_to_choose(desks):
    assert desks.source.json("recent")["checked_out"] == 0
    assert "checked out nowhere" in desks.source.fails(1, "recent", "90d")


def test_patterns_that_are_no_folders_are_left_alone(desks, here):
    here.ok("clone", desks.url, "desk")
    desk = Quick(here.folder / "desk", here.env)
    desk.git("sparse-checkout", "set", "--no-cone", "/*.yaml", "/tickets/2026")
    assert "git sparse-checkout disable" in desk.fails(1, "recent", "90d")
    assert desk.git("sparse-checkout", "list").split() == ["/*.yaml", "/tickets/2026"]
    desk.ok("recent", "all")
    assert out(desk, desks) == set(DAYS) | {"scan"}


def test_each_worktree_has_its_own(desks, sparse, tmp_path):
    other = Quick(tmp_path / "other", sparse.env)
    sparse.git("worktree", "add", "-q", "-b", "side", str(other.folder))
    other.ok("recent", "all")
    assert other.json("recent")["recent"] == "all"
    assert sparse.json("recent")["recent"] == "90d"
    assert out(sparse, desks) == RECENT
    sparse.clean()
    other.clean()


def test_a_desk_on_a_branch_of_its_own(desks, here):
    desks.source.git("branch", "-m", "main", "desk")
    here.ok("clone", desks.url, "desk", "--branch", "desk", "--recent", "90d")
    desk = Quick(here.folder / "desk", here.env)
    assert desk.git("symbolic-ref", "HEAD") == "refs/heads/desk\n"
    assert out(desk, desks) == RECENT


def test_a_ticket_nobody_can_read_is_checked_out(desks, here):
    name = desks.tickets["done"]
    path = f"tickets/20{name[:2]}/{name[2:4]}/{name[4:6]}/{name}/ticket.yaml"
    work = desks.source.folder.parent / "broken"
    desks.source.git("clone", "-q", ".", str(work))
    (work / path).write_text("broken: [\n")
    Driver(work).git("commit", "-qam", "break")
    Driver(work).git("push", "-q")
    here.ok("clone", desks.url, "desk", "--recent", "90d")
    assert (here.folder / "desk" / path).read_text() == "broken: [\n"


@pytest.mark.parametrize(
    ("first", "found"),
    [
        ("2026-11-29", ["2026/11/29", "2026/11/30", "2026/12", "2027"]),
        ("2026-11-01", ["2026/11", "2026/12", "2027"]),
        ("2026-01-01", ["2026", "2027"]),
        ("2025-12-31", ["2025/12/31", "2026", "2027"]),
        ("1901-05-05", [str(year) for year in range(2000, 2028)]),
        (
            "2028-02-28",
            ["2028/02/28", "2028/02/29", *(f"2028/{month:02}" for month in range(3, 13))],
        ),
    ],
)
def test_recent_days_are_few_folders(first, found):
    assert list(recent_days(date.fromisoformat(first), 2027)) == found


def test_errors_are_json_where_asked(here):
    done = here.run("clone", "http://127.0.0.1:1/x.git", "--json")
    assert json.loads(done.err)["data"]["code"] == "temporary"


def test_without_the_server_what_would_be_missing_is_named(desks, sparse):
    away = desks.source.folder.with_suffix(".away")
    shutil.move(desks.source.folder, away)
    before = sparse.git("sparse-checkout", "list"), sparse.git("config", "--list")
    line = sparse.fails(75, "recent", "2y")
    assert "scan.pdf is not on this machine" in line
    assert (sparse.git("sparse-checkout", "list"), sparse.git("config", "--list")) == before
    assert out(sparse, desks) == RECENT
    sparse.ok("recent", "1d")
    shutil.move(away, desks.source.folder)
    sparse.ok("recent", "2y")
    assert out(sparse, desks) == set(DAYS) | {"scan"}
    sparse.git("status")
    shutil.move(desks.source.folder, away)
    sparse.ok("recent", "90d")
    sparse.ok("recent", "all")
    sparse.clean()
