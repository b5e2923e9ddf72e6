"""Completion: tickets, agents, templates, query words and more; it never fails, never writes."""

import subprocess

import pytest


def complete(desk, line: str, shell: str = "bash", **env: str) -> list[str]:
    """Return what a shell would offer for the last word of a line."""
    words = line.split(" ")
    given = {
        "_TIX_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": line if shell != "fish" else " ".join(words),
        "COMP_CWORD": str(len(words) - 1) if shell != "fish" else words[-1],
    }
    done = desk.run(**given, **env)
    assert done.status == 0, done
    assert done.err == ""
    if shell == "bash":
        return [row.partition(",")[2] for row in done.out.splitlines() if row]
    return done.out.splitlines()


def test_words_are_completed_from_the_desk(worked):
    desk, tickets = worked
    head, status = desk.git("rev-parse", "HEAD"), desk.git("status", "--porcelain")
    assert complete(desk, "tix sho") == ["show"]
    assert set(complete(desk, "tix show ")) == {tickets.open, tickets.other}
    assert complete(desk, f"tix show {tickets.open[7:10]}") == [tickets.open]
    assert complete(desk, f"tix solve {tickets.open} {tickets.other[:12]}")
    assert "bob" in complete(desk, f"tix assign {tickets.open} b")
    assert tickets.open in complete(desk, f"tix assign {tickets.open[7:10]}")
    assert "solved" in complete(desk, f"tix status {tickets.open} so")
    assert complete(desk, f"tix status {tickets.open[7:11]}") == [tickets.open]
    assert complete(desk, "tix reply . -t refund-") == ["refund-declined"]
    assert "priority:" in complete(desk, "tix list prio")
    assert "priority:>=high" in complete(desk, "tix list priority:>=")
    assert "@mine" in complete(desk, "tix list @m")
    assert "-tag:" in complete(desk, "tix list -ta")
    assert "priority=" in complete(desk, f"tix set {tickets.open} prio")
    assert "priority=high" in complete(desk, f"tix set {tickets.open} priority=h")
    assert complete(desk, "tix report summ") == ["summary"]
    assert complete(desk, "tix template sh") == ["show"]
    assert complete(desk, "tix template show shipp") == ["shipped"]
    assert complete(desk, "tix help queri") == ["queries"]
    assert "bob" in complete(desk, "tix new x --assign b")
    assert "--dry-run" in complete(desk, f"tix tag {tickets.open} --dr")
    assert (desk.git("rev-parse", "HEAD"), desk.git("status", "--porcelain")) == (head, status)


def test_completion_never_fails(empty, worked):
    desk, tickets = worked
    for line in ("tix show ", "tix assign 7k3 ", "tix list ", "tix reply . -t ", "tix bogus x", ""):
        assert complete(empty, line) is not None
    for line in (
        "tix bogus ",
        "tix list statsu:",
        f"tix show {tickets.open} x y",
        "tix set a=b c=",
    ):
        complete(desk, line)
    complete(desk, "tix show ", TIX_AGENT="nobody")
    (desk.folder / "desk.yaml").write_text("format: 99\n")
    desk.git("commit", "-qam", "the future")
    assert complete(desk, "tix show ") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script_and_its_words(worked, shell):
    desk, tickets = worked
    script = desk.ok("completion", shell)
    assert f"_TIX_COMPLETE={shell}_complete" in script
    if shell == "bash":
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)
    assert any(
        tickets.open in row for row in complete(desk, f"tix show {tickets.open[7:10]}", shell)
    )
