"""Whatever the user's git is set to, the same commits are made and the tree stays clean."""

import os
import subprocess

import pytest

from tests.store.test_politeness import ticket_file

TEXT = "First line\r\n$Id$ and $Id: 1234 $\nworking-tree: ünïcödé\n"


def config(desk, *pairs: str) -> None:
    for pair in pairs:
        desk.git("config", *pair.split("=", 1))


def work(desk, name):
    """Write with all kinds of contents, and compare the files with what was committed."""
    desk.ok("note", name, "-m", TEXT)
    desk.ok("tag", name, "+vip")
    desk.ok("solve", name)
    assert "Looked" not in desk.ok("log", name)
    for path in desk.git("ls-files", "tickets").splitlines():
        held = subprocess.run(
            ["git", "cat-file", "blob", f"HEAD:{path}"], cwd=desk.folder, capture_output=True
        ).stdout
        assert (desk.folder / path).read_bytes() == held
        assert b"\r\n" not in held
    assert "$Id: 1234 $" in desk.ok("show", name)
    desk.clean()


@pytest.fixture
def hooks(quick, tmp_path):
    """Hooks that fail, each, and leave a trace."""
    folder = tmp_path / "hooks"
    folder.mkdir()
    names = "pre-commit commit-msg prepare-commit-msg post-commit pre-push post-checkout"
    for one in (*names.split(), "reference-transaction", "post-index-change", "post-rewrite"):
        (folder / one).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran-{one}\nexit 1\n")
        (folder / one).chmod(0o755)
    config(quick, f"core.hooksPath={folder}")
    return tmp_path


def test_hooks_that_fail_are_not_run(quick, name, hooks):
    quick.ok("note", name, "-m", "x")
    quick.ok("new", "Another", "-m", "x", "--from", "a@example.com")
    assert list(hooks.glob("ran-*")) == []


SETTINGS = [
    ("commit.template=/nowhere", "commit.cleanup=scissors", "commit.verbose=true"),
    ("core.autocrlf=true",),
    ("core.autocrlf=input", "core.safecrlf=true"),
    ("core.eol=crlf",),
    ("core.ignoreCase=true", "core.fileMode=false"),
    ("core.quotePath=true", "core.abbrev=4"),
    ("core.fsync=none",),
    ("core.fsync=all", "core.fsyncMethod=batch"),
    ("i18n.commitEncoding=ISO-8859-2", "i18n.logOutputEncoding=KOI8-R"),
    ("log.showSignature=true", "log.follow=true", "log.mailmap=true", "log.showRoot=false"),
    ("log.date=relative", "format.pretty=oneline", "log.decorate=full", "log.diffMerges=off"),
    ("diff.noprefix=true", "diff.renames=copies", "diff.external=false", "diff.relative=true"),
    ("diff.mnemonicPrefix=true", "diff.ignoreSubmodules=all", "diff.wsErrorHighlight=all"),
    ("status.showUntrackedFiles=no", "status.relativePaths=false", "status.branch=true"),
    ("merge.ff=only", "merge.conflictStyle=zdiff3", "pull.rebase=true", "rebase.autoStash=true"),
    ("color.ui=always", "core.pager=false", "column.ui=always", "core.commentChar=;"),
    (
        "alias.fast-import=!false",
        "alias.update-ref=!false",
        "alias.log=!false",
        "alias.diff=!false",
    ),
    ("user.useConfigOnly=true",),
    ("receive.denyCurrentBranch=refuse", "transfer.fsckObjects=true", "fetch.fsckObjects=true"),
    ("gc.auto=1", "maintenance.auto=true"),
    ("core.attributesFile=/nowhere", "core.excludesFile=/nowhere", "core.editor=false"),
    ("core.compression=0", "core.deltaBaseCacheLimit=1", "pack.window=0"),
    ("core.fsmonitor=false-monitor", "core.untrackedCache=keep"),
    ("core.whitespace=error", "apply.whitespace=error", "core.protectNTFS=true"),
]


@pytest.mark.parametrize("pairs", SETTINGS, ids=" ".join)
def test_no_setting_changes_what_is_written(quick, name, pairs):
    config(quick, *pairs)
    work(quick, name)
    assert (
        quick.git("log", "-1", "--format=%an %ae %cn")
        == "Ann Example ann@acme.example Ann Example\n"
    )


def test_attributes_and_filters_of_the_user_s_change_no_byte(quick, name):
    config(
        quick,
        "core.autocrlf=true",
        "filter.shout.clean=tr a-z A-Z",
        "filter.shout.smudge=tr a-z A-Z",
        "filter.shout.required=true",
    )
    home = quick.folder.parent / "attributes"
    home.write_text("* text=auto ident\ntickets/** filter=shout\n")
    config(quick, f"core.attributesFile={home}")
    work(quick, name)


def test_a_checkout_and_a_clone_with_such_attributes_are_the_same_bytes(quick, name, tmp_path):
    work(quick, name)
    clone = tmp_path / "clone"
    quick.git("-c", "core.autocrlf=true", "clone", "-q", ".", str(clone))
    for path in quick.git("ls-files", "tickets").splitlines():
        assert (clone / path).read_bytes() == (quick.folder / path).read_bytes()


def test_an_identity_in_letters_of_any_kind_is_kept(quick, name):
    config(quick, "user.name=Zoë <x> Łukasz\nNewline", "i18n.commitEncoding=ISO-8859-2")
    quick.ok("note", name, "-m", "x")
    assert "\ncommitter Zoë x ŁukaszNewline <ann@" in quick.git("cat-file", "commit", "HEAD")
    quick.clean()


@pytest.fixture
def signing(quick, tmp_path):
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    allowed = tmp_path / "allowed"
    allowed.write_text(f"ann@acme.example {key.with_suffix('.pub').read_text()}")
    config(
        quick,
        "gpg.format=ssh",
        f"user.signingKey={key}",
        f"gpg.ssh.allowedSignersFile={allowed}",
    )
    return quick


@pytest.mark.parametrize("value", ["true", "yes", "1"])
def test_commits_are_signed_where_git_is_told_to(signing, name, value):
    config(signing, f"commit.gpgSign={value}", "i18n.commitEncoding=ISO-8859-2")
    signing.ok("note", name, "-m", "x")
    signing.git("verify-commit", "HEAD")
    assert "encoding" not in signing.git("cat-file", "commit", "HEAD").split("\n\n")[0]
    assert signing.git("log", "-1", "--format=%an").strip() == "Ann Example"
    signing.clean()


def test_a_setting_without_a_value_is_true(signing, name):
    with (signing.folder / ".git" / "config").open("a") as file:
        file.write("[commit]\n\tgpgSign\n")
    signing.ok("note", name, "-m", "x")
    signing.git("verify-commit", "HEAD")


def test_each_mail_of_an_import_is_signed(signing, tmp_path):
    config(signing, "commit.gpgSign=true")
    had = int(signing.git("rev-list", "--count", "HEAD"))
    for turn in range(3):
        text = f"From: a@example.com\nSubject: Hi\nMessage-ID: <{turn}@x>\n\nText\n"
        (tmp_path / f"{turn}.eml").write_text(text)
    signing.ok("import", *(str(path) for path in tmp_path.glob("*.eml")))
    signing.git("verify-commit", "HEAD", "HEAD~1", "HEAD~2")
    assert int(signing.git("rev-list", "--count", "HEAD")) == had + 3
    signing.clean()


def test_history_is_read_though_signatures_are_shown(signing, name):
    config(signing, "commit.gpgSign=true", "log.showSignature=true")
    signing.ok("note", name, "-m", "x")
    rows = signing.json("log", name)
    assert [row["action"] for row in rows] == ["note", "new"]
    signing.ok("undo")


def test_a_signer_that_fails_ends_with_75_and_changes_nothing(quick, name):
    config(quick, "commit.gpgSign=true", "gpg.program=false")
    head = quick.git("rev-parse", "HEAD")
    quick.fails(75, "note", name, "-m", "x")
    assert quick.git("rev-parse", "HEAD") == head
    quick.clean()
    assert not (quick.folder / ".git" / "index.lock").exists()
    config(quick, "commit.gpgSign=false")
    quick.ok("note", name, "-m", "x")


NONSENSE = {
    "GIT_DIR": "/nowhere",
    "GIT_INDEX_FILE": "/nowhere/index",
    "GIT_WORK_TREE": "/nowhere",
    "GIT_PREFIX": "nowhere/",
    "GIT_COMMON_DIR": "/nowhere",
    "GIT_OBJECT_DIRECTORY": "/nowhere/objects",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES": "/nowhere/objects",
    "GIT_NAMESPACE": "nowhere",
    "GIT_SHALLOW_FILE": "/nowhere",
    "GIT_CEILING_DIRECTORIES": "/",
    "GIT_AUTHOR_DATE": "nonsense",
    "GIT_COMMITTER_DATE": "nonsense",
    "GIT_LITERAL_PATHSPECS": "0",
    "GIT_GLOB_PATHSPECS": "1",
    "GIT_ICASE_PATHSPECS": "1",
    "GIT_DEFAULT_HASH": "sha256",
    "GIT_OPTIONAL_LOCKS": "1",
    "GIT_EXTERNAL_DIFF": "false",
    "GIT_PAGER": "false",
    "GIT_EDITOR": "false",
    "GIT_REFLOG_ACTION": "nonsense",
    "GIT_NOTES_REF": "refs/notes/nonsense",
    "GIT_TRACE": "1",
    "LC_ALL": "tr_TR.UTF-8",
    "LANGUAGE": "pl",
}


@pytest.mark.parametrize("variable", NONSENSE)
def test_what_git_sets_inside_hooks_changes_nothing(quick, name, variable):
    env = {variable: NONSENSE[variable]}
    quick.ok("note", name, "-m", "Looked into it", **env)
    assert "Looked into it" in quick.ok("show", name, **env)
    quick.ok("log", name, **env)
    assert quick.git("log", "-1", "--format=%s").startswith(f"{name}: note")
    quick.clean()


def test_from_within_a_hook_the_desk_is_found(desk):
    name = desk.new()
    hook = desk.folder / ".git" / "hooks" / "post-commit"
    hook.parent.mkdir(exist_ok=True)
    import sys

    hook.write_text(
        f"#!/bin/sh\n[ -e done ] || {sys.executable} -m tix tag {name} +hooked > done\n"
    )
    hook.chmod(0o755)
    (desk.folder / ".git" / "info").mkdir(exist_ok=True)
    (desk.folder / ".git" / "info" / "exclude").write_text("done\n")
    (desk.folder / "notes.txt").write_text("x\n")
    desk.git("add", "notes.txt")
    desk.git("commit", "-qm", "notes", PYTHONPATH=os.getcwd())  # noqa: PTH109
    assert desk.json("show", name)["tags"] == ["hooked"]
    desk.clean()


def test_the_event_s_time_is_the_author_s_and_now_the_committer_s(quick, tmp_path):
    mail = tmp_path / "one.eml"
    mail.write_text(
        "From: a@example.com\nSubject: Hi\nMessage-ID: <1@x>\n"
        "Date: Thu, 02 Jan 2020 03:04:05 +0900\n\nText\n"
    )
    quick.ok("import", str(mail))
    assert quick.git("log", "-1", "--format=%aI").strip() == "2020-01-01T18:04:05+00:00"
    assert quick.git("log", "-1", "--format=%cs") > "2025"


def test_commits_last_through_a_power_cut(quick, name, tmp_path):
    """git is told to sync what it writes: objects and references."""
    trace = tmp_path / "trace"
    quick.ok("note", name, "-m", "x", GIT_TRACE2_EVENT=str(trace))
    text = trace.read_text()
    assert "core.fsync=committed,reference" in text


def test_the_log_reads_what_others_have_committed(quick, name):
    path = ticket_file(quick, name)
    path.write_text(path.read_text().replace("late", "very late"))
    quick.git("commit", "-qam", "by hand \x01 and \x02 so on")
    env = {"GIT_COMMITTER_DATE": "@99999999999999 +0000", "GIT_AUTHOR_DATE": "@0 +0000"}
    quick.git("commit", "-q", "--allow-empty", "-m", "from far away", **env)
    assert len(quick.json("log")) >= 3
    quick.ok("log", name)
