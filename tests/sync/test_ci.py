"""Jobs for a forge: what they run is run here, with a remote in the place of the forge."""

import os
import subprocess

import pytest
import yaml

from tests.forked import Forked
from tests.sync.conftest import by, settle, tip


@pytest.mark.parametrize(
    ("forge", "path"), [("github", ".github/workflows/tix.yml"), ("gitlab", ".gitlab-ci.yml")]
)
def test_a_job_file_is_committed_once(staffed, forge, path):
    agents = staffed.folder / "agents.yaml"
    agents.write_text(
        agents.read_text() + "robo:\n  name: Robo\n  emails: [robo@acme.example]\n  role: bot\n"
    )
    staffed.git("commit", "-qam", "a bot")
    assert path in staffed.ok("init", "--ci", forge)
    source = (staffed.folder / path).read_text()
    assert yaml.safe_load(source)
    assert "robo@acme.example" in source
    assert "__" not in source
    staffed.clean()
    assert "is there already" in staffed.fails(1, "init", "--ci", forge)


def test_a_desk_in_a_folder_has_its_jobs_at_the_top(tmp_path):
    top = Forked(tmp_path / "code")
    top.folder.mkdir()
    top.git("init", "-q")
    top.git("commit", "-q", "--allow-empty", "-m", "code")
    top.ok("init", "support", "--name", "Acme", "--address", "support@acme.example")
    desk = Forked(top.folder / "support")
    desk.ok("init", "--ci", "github")
    jobs = yaml.safe_load((top.folder / ".github/workflows/tix.yml").read_text())
    assert jobs["env"]["TIX_DESK"] == "support"


BOT = "robo:\n  name: Robo\n  emails: [robo@acme.example]\n  role: bot\n  may: [import, send]\n"


@pytest.fixture
def proposed(request, shared, staffed, tmp_path, on_path):
    """A forge's jobs, a ticket, Ann's clone, and a runner's of the proposal that Bob has pushed."""
    agents = staffed.folder / "agents.yaml"
    agents.write_text(agents.read_text() + BOT)
    staffed.git("commit", "-qam", "a bot")
    staffed.ok("init", "--ci", request.param)
    ticket = staffed.new("Late", "--priority", "normal")
    ann, bob = shared()
    bob.git("switch", "-qc", "proposal")
    bob.ok("set", ticket, "priority=high")
    (bob.folder / "desk.yaml").write_text((bob.folder / "desk.yaml").read_text() + "quote: all\n")
    bob.git("commit", "-qam", "quote all")
    bob.git("push", "-q", "-u", "origin", "proposal")
    runner = Forked(tmp_path / "runner", by("robo"))
    ann.git("clone", "-q", str(tmp_path / "remote.git"), str(runner.folder))
    path = {"github": ".github/workflows/tix.yml", "gitlab": ".gitlab-ci.yml"}[request.param]
    return scripts(yaml.safe_load((ann.folder / path).read_text())), ticket, ann, runner


def scripts(jobs: dict) -> dict[str, str]:
    """Return what each job runs, but for what only a forge has: pip, and its own address."""
    found = {}
    for name, job in (jobs.get("jobs") or jobs).items():
        if "steps" in job or "script" in job:
            rows = [one["run"] for one in job.get("steps", []) if "run" in one]
            rows = [one for one in (*rows, *job.get("script", [])) if "set-url" not in one]
            kept = "\n".join(one for one in rows if "pipx" not in one)
            found[name.removeprefix("tix-")] = kept
    return found


def run(script: str, runner: Forked, **env: str) -> str:
    done = subprocess.run(
        ["bash", "-euc", script],
        cwd=runner.folder,
        env={**os.environ, **runner.env, "TIX_DESK": ".", **env},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


both = pytest.mark.parametrize("proposed", ["github", "gitlab"], indirect=True)


@both
def test_a_proposal_is_described_and_checked(proposed, tmp_path):
    jobs, ticket, _, runner = proposed
    runner.git("switch", "-q", "proposal")
    page = tmp_path / "summary.md"
    names = {"GITHUB_BASE_REF": "main", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}
    said = run(jobs["check"], runner, GITHUB_STEP_SUMMARY=str(page), **names)
    said += page.read_text() if page.exists() else ""
    assert ticket in said
    assert "desk.yaml" in said


@both
def test_the_schedule_works_the_desk(proposed):
    jobs, _, ann, runner = proposed
    run(jobs["work"], runner)
    made = ann.new("Another")
    ann.ok("sync")
    run(jobs["work"], runner)
    assert runner.json("show", made)["id"] == made


@both
def test_proposals_are_kept_mergeable(proposed, tmp_path):
    """Also where both have changed what git cannot merge: the settings, side by side."""
    jobs, ticket, ann, runner = proposed
    ann.ok("tag", ticket, "+a")
    (ann.folder / "desk.yaml").write_text((ann.folder / "desk.yaml").read_text() + "language: pl\n")
    ann.git("commit", "-qam", "polish")
    settle(ann)
    runner.git("pull", "-q")
    forge = tmp_path / "bin" / "gh"
    forge.write_text("#!/bin/sh\necho proposal\n")
    forge.chmod(0o755)
    run(jobs["mergeable"], runner)
    ann.git("fetch", "-q")
    assert ann.git("merge-base", "origin/proposal", "main").strip() == tip(ann)
    ann.git("merge", "-q", "--ff-only", "origin/proposal")
    found = ann.json("show", ticket)
    assert (found["priority"], found["tags"]) == ("high", ["a"])
    settings = (ann.folder / "desk.yaml").read_text()
    assert "quote: all\n" in settings
    assert "language: pl\n" in settings
    ann.ok("check")
