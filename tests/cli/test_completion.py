"""Completion: tickets, agents, templates, query words and more; it never fails, never writes."""

import os
import shutil
import subprocess
import sys

import pytest


def complete(desk, line: str, shell: str = "bash", **env: str) -> list[str]:
    """Return what a shell would offer for the last word of a line."""
    words = line.split(" ")
    given = {
        "_TIX_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": line,
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
    assert complete(desk, "tix tag . +ol") == ["+old"]
    assert complete(desk, "tix tag . -ol") == ["-old"]
    assert "tag:old" in complete(desk, "tix list tag:o")
    assert "-tag:old" in complete(desk, "tix list -tag:")
    assert complete(desk, "tix next queue:del") == ["queue:delivery"]
    assert complete(desk, "tix new x --queue del") == ["delivery"]
    assert complete(desk, "tix new x --priority u") == ["urgent"]
    assert complete(desk, "tix new x --channel ph") == ["phone"]
    assert complete(desk, "tix new x --tag o") == ["old"]
    assert complete(desk, "tix new x --set tier=g") == ["tier=gold"]
    assert complete(desk, "tix reply . --status sol") == ["solved"]
    assert complete(desk, "tix close . --reason sp") == ["spam"]
    assert complete(desk, "tix list --sort du") == ["due"]
    assert complete(desk, "tix list --columns id,sub") == ["id,subject"]
    assert complete(desk, "tix list --format cs") == ["csv"]
    assert complete(desk, "tix report volume --by wee") == ["week"]
    assert complete(desk, "tix report volume --format m") == ["md"]
    assert complete(desk, "tix link . bl") == ["blocks:"]
    assert complete(desk, f"tix link . blocks:{tickets.open[7:11]}") == [f"blocks:{tickets.open}"]
    assert complete(desk, f"tix log {tickets.solved[7:11]}") == [tickets.solved]
    assert complete(desk, f"tix template show refund --ticket {tickets.open[7:11]}")
    assert "bob" in complete(desk, "tix note . --as b")
    assert complete(desk, "tix import ./in") == ["./in"]
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


# What somebody types, in the words that bash makes of it, and what stands there then.
TYPED = [
    ("tix list priority:h", "tix list priority : h", "high"),
    ("tix list priority:", "tix list priority :", "low"),
    ("tix list is:open,pen", "tix list is : open,pen", "open,pending"),
    ("tix list @m", "tix list @ m", "@mine"),
    ("tix list -@m", "tix list -@ m", "@mine"),
    ("tix set . priority=h", "tix set . priority = h", "high"),
    ("tix list 'priority:>=h", "tix list 'priority:>=h", "priority:>=high"),
    ("tix assign . b", "tix assign . b", "bob"),
    ("tix list prio", "tix list prio", "priority:"),
]


def in_path(folder) -> dict[str, str]:
    """Return an environment in which `tix` is this one."""
    folder.mkdir(exist_ok=True)
    (folder / "tix").write_text(f'#!/bin/sh\nexec {sys.executable} -m tix "$@"\n')
    (folder / "tix").chmod(0o755)
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}


def test_bash_completes_words_that_it_would_take_apart(worked, tmp_path):
    desk, _ = worked
    script = [desk.ok("completion", "bash")]
    for line, words, _ in TYPED:
        quoted = " ".join(f'"{one}"' for one in words.split(" "))
        script.append(
            f'COMP_LINE="{line}" COMP_POINT={len(line)} COMP_WORDS=({quoted}) '
            f'COMP_CWORD={words.count(" ")}\n_tix_completion tix\necho "${{COMPREPLY[*]}}"'
        )
    done = subprocess.run(
        ["bash", "--norc", "-c", "\n".join(script)],
        cwd=desk.folder,
        env=in_path(tmp_path / "bin"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    for (line, _, wanted), found in zip(TYPED, done.stdout.splitlines(), strict=True):
        assert wanted in found.split(), line


@pytest.mark.skipif(not shutil.which("fish"), reason="no fish here")
def test_fish_completes_words(worked, tmp_path):
    desk, _ = worked
    for line, _, wanted in TYPED[::4]:
        command = f'tix completion fish | source; complete -C "{line}"'
        out = subprocess.run(
            ["fish", "--no-config", "-c", command],
            cwd=desk.folder,
            env=in_path(tmp_path / "bin"),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert wanted in out, line


@pytest.mark.skipif(not shutil.which("zsh"), reason="no zsh here")
def test_zsh_takes_the_script(worked):
    desk, _ = worked
    script = desk.ok("completion", "zsh")
    subprocess.run(["zsh", "-n"], input=script, text=True, check=True)
