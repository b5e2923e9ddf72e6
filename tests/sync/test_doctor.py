"""What is wrong with a desk or a clone, the worst first."""

import json

from tests.forked import Forked


def subjects(desk, *options, **env):
    found = desk.run("doctor", *options, "--json", **env)
    return {one["subject"]: one for one in json.loads(found.out)["data"]}, found.status


def test_a_new_desk_lacks_hooks_which_it_mends(staffed):
    found, status = subjects(staffed)
    assert status == 0
    assert {"hooks", "merge driver", "remote"} <= set(found)
    assert subjects(staffed, "--fix")[0]["hooks"]["mended"]
    found, _ = subjects(staffed)
    assert "hooks" not in found


def test_errors_come_first_and_end_with_5(staffed):
    (staffed.folder / ".gitattributes").write_text("")
    ticket = staffed.new("Late")
    path = staffed.folder / staffed.ok("path", ticket).strip() / "ticket.yaml"
    path.write_text("broken: [")
    staffed.git("commit", "-qnam", "a mistake")
    staffed.git("config", "user.email", "eve@evil.example")
    done = staffed.run("doctor")
    assert done.status == 5
    lines = done.out.splitlines()
    assert lines[0].startswith("error: identity: eve@evil.example")
    assert lines[1].startswith("error: files: 1 file cannot be read")
    assert any(line.startswith("warning: attributes: .gitattributes lacks") for line in lines)


def test_mail_that_has_no_way_out(staffed):
    settings = staffed.folder / "desk.yaml"
    settings.write_text(settings.read_text() + "mailboxes:\n  support: imaps://a@mail.example\n")
    staffed.git("commit", "-qam", "a mailbox")
    ticket = staffed.new("Late")
    staffed.ok("reply", ticket, "-m", "x", "--anyway")
    found, status = subjects(staffed)
    assert status == 0
    assert "no way leads out" in found["mail"]["message"]
    assert "has no password" in found["mailbox"]["message"]


def test_bots_without_a_list_and_agents_without_keys(staffed):
    agents, settings = (staffed.folder / one for one in ("agents.yaml", "desk.yaml"))
    agents.write_text(agents.read_text() + "robo:\n  role: bot\n")
    settings.write_text(settings.read_text() + "signed: required\n")
    staffed.git("commit", "-qam", "a bot")
    found, status = subjects(staffed)
    assert "robo" in found["agents"]["message"]
    assert status == 5
    staffed.git("config", "commit.gpgSign", "true")
    found, status = subjects(staffed)
    assert "ann, bob, robo" in found["signatures"]["message"]
    assert status == 0


def test_a_bare_desk_is_told_of_its_door(staffed, tmp_path):
    staffed.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    bare = Forked(tmp_path / "bare.git")
    assert "tix hook install --server" in subjects(bare)[0]["hooks"]["message"]
    bare.ok("hook", "install", "--server")
    assert "hooks" not in subjects(bare)[0]
