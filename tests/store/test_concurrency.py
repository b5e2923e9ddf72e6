"""Many processes on one desk, and a person beside them: nobody's change is lost."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from benchmarks import torture


def test_processes_and_a_person_lose_no_change(tmp_path):
    found = torture.crowd(tmp_path / "desk", processes=5, changes=5, seed=1)
    assert found.problems == []
    assert found.done + found.conflicts == 25
    assert set(found.statuses) <= {0, 4}
    assert found.commits_of_a_person >= 2


def test_of_those_who_take_a_ticket_at_once_one_gets_it(staffed):
    name = staffed.new()
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda who: staffed.run("take", name, "--as", who), ("ann", "bob")))
    assert sorted(one.status for one in found) == [0, 4]
    lines = staffed.json("show", name)["timeline"]
    assert sum("assignee" in line for line in lines) == 1
    staffed.clean()


def test_a_key_used_by_many_at_once_makes_one_ticket(desk):
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda _: desk.new("One only", "--key", "k1"), range(4))
    assert len(set(found)) == 1
    assert desk.git("rev-list", "--count", "HEAD").strip() == "2"


def test_git_commits_of_other_files_go_on_meanwhile(desk):
    name = desk.new()
    command = [sys.executable, "-m", "tix", "import", "-"]
    mails = b"".join(_mail(number) for number in range(120))
    running = subprocess.Popen(command, cwd=desk.folder, stdin=subprocess.PIPE)
    running.stdin.write(mails)
    running.stdin.close()
    done = 0
    while running.poll() is None:
        (desk.folder / "notes.txt").write_text(f"{done}\n")
        done += _sh(desk, "git add notes.txt && git commit -qm notes -- notes.txt")
    assert running.returncode == 0
    _sh(desk, "git add notes.txt; git commit -qm notes -- notes.txt")
    subjects = desk.git("log", "--format=%s").splitlines()
    assert sum(bool(re.search(": mail", one)) for one in subjects) == 120
    assert len(desk.json("list", "is:new")) == 121
    assert name in desk.ok("list")
    desk.clean()


def _sh(desk, script: str) -> bool:
    return (
        subprocess.run(["sh", "-c", script], cwd=desk.folder, capture_output=True).returncode == 0
    )


def _mail(number: int) -> bytes:
    return (
        f"From x@y Thu Nov 23 08:00:00 2023\nFrom: c{number}@example.com\n"
        f"To: support@acme.example\nSubject: Parcel {number}\nMessage-ID: <{number}@example.com>\n"
        f"Date: Thu, 23 Nov 2023 08:00:00 +0000\n\nWhere is it?\n\n"
    ).encode()
