"""The index follows the branch, whoever moves it, and is made anew when it must be."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

INDEX = ".git/tix/index.sqlite"
TABLES = (
    *("tickets", "sets", "entries", "keys", "deliveries", "shared", "problems"),
    *("customers", "identities"),
)


def contents(desk):
    """All that the index says, but for the numbers of its documents."""
    desk.ok("list", "--format", "ids")
    database = sqlite3.connect(desk.folder / INDEX)
    found = {one: sorted(database.execute(f"SELECT * FROM {one}"), key=repr) for one in TABLES}
    found["texts"] = sorted(database.execute("SELECT ticket, file FROM texts"))
    database.close()
    return found


def anew(desk):
    desk.ok("index", "--rebuild")
    return contents(desk)


@pytest.fixture
def worked(desk):
    """A desk with a short history; returns it with its ticket."""
    name = desk.new("Paczka zaginęła", "--tag", "vip")
    desk.ok("note", name, "-m", "kurier")
    desk.ok("reply", name, "-m", "sprawdzamy", "--status", "pending")
    desk.new("Another")
    return desk, name


def test_it_follows_reset_amend_checkout_and_merge(worked):
    desk, name = worked
    contents(desk)
    desk.git("reset", "-q", "--hard", "HEAD~2")
    assert contents(desk) == anew(desk)
    desk.git("checkout", "-qb", "side")
    desk.ok("tag", name, "+side")
    contents(desk)
    desk.git("checkout", "-q", "main")
    desk.ok("note", name, "-m", "main")
    assert contents(desk) == anew(desk)
    desk.git("commit", "-q", "--amend", "--allow-empty", "-m", "amended")
    assert contents(desk) == anew(desk)
    desk.git("reset", "-q", "--hard", "side")
    assert contents(desk) == anew(desk)


def test_it_follows_customers_however_their_files_change(worked):
    desk, _ = worked
    desk.ok("customer", "set", "jan@example.com", "name=Jan", "+chat:jan")
    desk.ok("customer", "set", "ola@example.com", "name=Ola", "tier=gold")
    before = contents(desk)
    assert [row[2] for row in before["customers"]] == ["Jan", "Ola"]
    assert len(before["identities"]) == 3
    assert before == anew(desk)
    [jan, ola] = sorted((desk.folder / "customers").iterdir())
    ola.write_text(ola.read_text().replace("gold", "silver"))
    jan.unlink()
    (desk.folder / "customers" / "broken.yaml").write_text("format: [\n")
    (desk.folder / "customers" / "other.yaml").write_text("format: 1\nid: another\n")
    desk.git("add", ".")
    desk.git("commit", "-qm", "by hand")
    after = contents(desk)
    assert [(row[2], row[4]) for row in after["customers"]] == [("Ola", "silver")]
    assert [row[0] for row in after["identities"]] == ["ola@example.com"]
    assert {row[0] for row in after["problems"]} == {
        "customers/broken.yaml",
        "customers/other.yaml",
    }
    assert after == anew(desk)
    desk.git("reset", "-q", "--hard", "HEAD~1")
    assert contents(desk) == before


def test_customers_are_compared_where_the_old_commit_is_gone(worked):
    desk, _ = worked
    desk.ok("customer", "set", "jan@example.com", "name=Jan")
    desk.ok("customer", "set", "ola@example.com", "name=Ola")
    contents(desk)
    [jan, ola] = sorted((desk.folder / "customers").iterdir())
    ola.write_text(ola.read_text().replace("Ola", "Aleksandra"))
    jan.unlink()
    desk.git("commit", "-qam", "by hand")
    database = sqlite3.connect(desk.folder / INDEX)
    database.execute("UPDATE meta SET value = ? WHERE key = 'head'", ("1" * 40,))
    database.commit()
    database.close()
    after = contents(desk)
    assert [row[2] for row in after["customers"]] == ["Aleksandra"]
    assert after == anew(desk)


def test_it_follows_a_pull(worked, tmp_path):
    desk, name = worked
    desk.git("clone", "-q", ".", str(tmp_path / "clone"))
    clone = type(desk)(tmp_path / "clone")
    contents(clone)
    desk.ok("status", name, "solved")
    desk.new("A third")
    clone.git("pull", "-q")
    assert contents(clone) == anew(clone)


@pytest.mark.parametrize("damage", ["missing", "empty", "garbage", "cut", "other version"])
def test_it_is_made_anew(worked, damage):
    desk, name = worked
    before = contents(desk)
    path = desk.folder / INDEX
    content = path.read_bytes()
    if damage == "missing":
        path.unlink()
    elif damage == "other version":
        database = sqlite3.connect(path)
        database.execute("PRAGMA user_version = 999")
        database.close()
    else:
        path.write_bytes({"empty": b"", "garbage": b"x" * 9999, "cut": content[:5000]}[damage])
    assert name in desk.ok("list", "zaginęła", "--format", "ids")
    assert contents(desk) == before


def test_damage_in_the_middle_is_mended_with_a_word(worked):
    desk, name = worked
    contents(desk)
    path = desk.folder / INDEX
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    done = desk.run("list", "zaginęła", "--format", "ids")
    assert (done.status, done.out.strip()) == (0, name)
    assert len(done.err.strip().splitlines()) <= 1


def test_a_broken_ticket_hides_no_other(worked):
    desk, name = worked
    path = desk.folder / desk.ok("path", name).strip() / "ticket.yaml"
    path.write_text("status: [\n")
    desk.git("commit", "-qam", "broken")
    done = desk.run("list")
    assert done.status == 0
    assert "Another" in done.out
    assert str(path.relative_to(desk.folder)) in done.err
    assert desk.run("check").status == 5


def test_readers_beside_writers_never_fail(worked):
    desk, name = worked
    command = ["sh", "-c", 'for n in 1 2 3 4 5 6; do "$@" +t$n || exit 1; done', "sh"]
    writer = subprocess.Popen(
        [*command, sys.executable, "-m", "tix", "tag", name], cwd=desk.folder,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    reads = 0
    while writer.poll() is None or reads < 5:
        assert name in desk.ok("list", "--format", "ids")
        reads += 1
    assert writer.wait() == 0
    assert contents(desk) == anew(desk)


def test_a_read_only_repository_still_lists(worked):
    desk, name = worked
    contents(desk)
    desk.git("commit", "-q", "--allow-empty", "-m", "the index is behind")
    subprocess.run(["chmod", "-R", "a-w,a+rX", desk.folder], check=True)
    try:
        done = as_nobody(desk, "list", "--format", "ids")
        assert done.returncode == 0, done.stderr
        assert name in done.stdout
        refused = as_nobody(desk, "tag", name, "+x", "--as", "ann")
        assert refused.returncode == 1
        assert "permission" in refused.stderr
    finally:
        subprocess.run(["chmod", "-R", "u+w", desk.folder], check=True)


def as_nobody(desk, *arguments):
    if os.getuid() != 0:
        command = [sys.executable, "-m", "tix", *arguments]
    elif shutil.which("setpriv") is None:
        pytest.skip("setpriv is not installed, and root may write everywhere")
    else:
        free = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        command = [*free, sys.executable, "-m", "tix", *arguments]
    parents = [one for one in desk.folder.parents if one != Path("/")]
    for one in parents:
        if os.getuid() == 0:
            one.chmod(one.stat().st_mode | 0o055)
    home = desk.folder.parent
    gitconfig = home / ".gitconfig"
    gitconfig.write_text("[safe]\n\tdirectory = *\n[user]\n\tname = N\n\temail = n@example.com\n")
    env = {**os.environ, "HOME": str(home)}
    return subprocess.run(command, cwd=desk.folder, env=env, capture_output=True, text=True)


def test_a_copy_in_the_wrong_place_is_a_problem_and_leaves_the_ticket_as_it_is(worked):
    desk, name = worked
    [folder] = desk.folder.glob(f"tickets/*/*/*/{name}")
    sound = contents(desk)
    copy = folder.parent.with_name("copied") / name
    shutil.copytree(folder, copy)
    desk.git("add", ".")
    desk.git("commit", "-qm", "a copy")
    beside = contents(desk)
    assert {row[0] for row in beside.pop("problems")} == {
        str(one.relative_to(desk.folder)) for one in copy.iterdir()
    }
    assert beside == {key: rows for key, rows in sound.items() if key != "problems"}
    assert {**beside, "problems": contents(desk)["problems"]} == anew(desk)
    shutil.rmtree(copy)
    desk.git("add", ".")
    desk.git("commit", "-qm", "no copy")
    assert contents(desk) == sound
    assert anew(desk) == sound
