"""Nothing in the user's git configuration or environment changes what is written."""

import shutil
import subprocess

import pytest

ODD = {
    "core.autocrlf": "true",
    "core.eol": "crlf",
    "core.safecrlf": "true",
    "core.abbrev": "4",
    "core.quotePath": "true",
    "commit.template": "/nowhere",
    "commit.cleanup": "scissors",
    "diff.noprefix": "true",
    "diff.renames": "copies",
    "log.showSignature": "true",
    "log.decorate": "full",
    "status.short": "true",
    "user.useConfigOnly": "true",
    "i18n.commitEncoding": "ISO-8859-2",
    "alias.fast-import": "!false",
    "alias.cat-file": "!false",
    "gc.auto": "1",
    "color.ui": "always",
    "column.ui": "always",
    "core.fileMode": "false",
    "fastimport.unpackLimit": "1",
}


def test_an_odd_configuration_changes_no_byte(desk):
    plain = desk.new("Zażółć", "-m", "gęślą jaźń")
    for key, value in ODD.items():
        desk.git("config", key, value)
    name = desk.new("Zażółć", "-m", "gęślą\r\njaźń")
    desk.ok("reply", name, "-m", "a\nb", "--status", "solved")
    desk.git("config", "--unset", "commit.template")
    for one in (plain, name):
        folder = desk.ok("path", one).strip()
        for path in desk.git("ls-files", folder).splitlines():
            content = (desk.folder / path.strip('"')).read_bytes()
            assert b"\r" not in content
            shown = subprocess.run(
                ["git", "show", f"HEAD:{path}"], cwd=desk.folder, capture_output=True
            )
            assert shown.stdout == content
    desk.clean()
    assert desk.json("log", name)[0]["action"] == "reply"


def test_attributes_above_the_desk_do_not_reach_its_files(desk):
    (desk.folder / ".gitattributes").write_text(
        "* text=auto eol=crlf ident\n" + (desk.folder / ".gitattributes").read_text()
    )
    desk.git("commit", "-qam", "attributes")
    name = desk.new("$Id$", "-m", "$Id$")
    desk.ok("tag", name, "+vip")
    desk.clean()


def test_hooks_of_the_user_are_for_what_people_commit(desk, tmp_path):
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for one in ("pre-commit", "commit-msg", "post-commit", "reference-transaction"):
        (hooks / one).write_text("#!/bin/sh\nexit 1\n")
        (hooks / one).chmod(0o755)
    desk.git("config", "core.hooksPath", str(hooks))
    assert desk.new()


NONSENSE = {
    "GIT_DIR": "/nowhere",
    "GIT_INDEX_FILE": "/nowhere/index",
    "GIT_WORK_TREE": "/nowhere",
    "GIT_PREFIX": "nowhere/",
    "GIT_OBJECT_DIRECTORY": "/nowhere",
    "GIT_COMMON_DIR": "/nowhere",
    "GIT_AUTHOR_DATE": "2001-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2001-01-01T00:00:00Z",
    "GIT_LITERAL_PATHSPECS": "0",
}


def test_variables_that_git_sets_in_hooks_lead_nowhere_else(desk):
    name = desk.ok("new", "from a hook", "-m", "x", **NONSENSE).strip()
    desk.ok("tag", name, "+vip", **NONSENSE)
    assert not desk.git("log", "-1", "--format=%ad", "--date=short").startswith("2001")
    desk.clean()


@pytest.fixture
def signing(desk, tmp_path):
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    allowed = tmp_path / "allowed"
    allowed.write_text(f"ann@acme.example {key.with_suffix('.pub').read_text()}")
    for name, value in (
        ("gpg.format", "ssh"),
        ("user.signingKey", str(key)),
        ("gpg.ssh.allowedSignersFile", str(allowed)),
        ("commit.gpgSign", "true"),
    ):
        desk.git("config", name, value)
    return desk


def test_signing_is_honoured(signing):
    name = signing.new()
    signing.ok("tag", name, "+vip")
    for commit in ("HEAD", "HEAD~1"):
        signing.git("verify-commit", commit)
    signing.clean()


def test_a_signer_that_fails_leaves_all_as_it_was(signing):
    name = signing.new()
    before = signing.git("rev-parse", "HEAD")
    signing.git("config", "user.signingKey", "/nowhere/key")
    signing.fails(75, "tag", name, "+vip")
    assert signing.git("rev-parse", "HEAD") == before
    signing.clean()
