"""Jobs for a forge: what they run is run here, with a remote in the place of the forge."""

import subprocess

import pytest
import yaml

from tests.forked import Forked
from tests.sync.conftest import settle, tip


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
    for word in ("BRANCH", "FOLDER", "BOT_"):
        assert word not in source.replace("BRANCH_NAME", "")
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


def test_proposals_are_kept_mergeable(shared, staffed, on_path):
    staffed.ok("init", "--ci", "gitlab")
    ticket = staffed.new("Late", "--priority", "normal")
    ann, bob = shared()
    jobs = yaml.safe_load((bob.folder / ".gitlab-ci.yml").read_text())
    bob.git("switch", "-qc", "proposal")
    bob.ok("set", ticket, "priority=high")
    bob.git("push", "-q", "-u", "origin", "proposal")
    ann.ok("tag", ticket, "+a")
    settle(ann)
    clone = Forked(ann.folder.parent / "runner")
    ann.git("clone", "-q", str(ann.folder.parent / "remote.git"), str(clone.folder))
    script = [one for one in jobs["tix-mergeable"]["script"] if "set-url" not in one]
    done = subprocess.run(
        ["bash", "-euc", "\n".join(script)], cwd=clone.folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    ann.git("fetch", "-q")
    assert ann.git("merge-base", "origin/proposal", "main").strip() == tip(ann)
    ann.git("merge", "-q", "--ff-only", "origin/proposal")
    found = ann.json("show", ticket)
    assert (found["priority"], found["tags"]) == ("high", ["a"])
