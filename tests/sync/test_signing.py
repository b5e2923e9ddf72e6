"""Where a desk asks for signed commits, its server takes no others; pushed with plain git."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.forked import Forked
from tests.sync.conftest import settle
from tests.sync.pushing import push, refused

pytestmark = pytest.mark.long


def needs(program: str) -> pytest.MarkDecorator:
    """Skip a test where a program is not installed."""
    return pytest.mark.skipif(not shutil.which(program), reason=f"{program} is not installed")


def signing(clone: Forked, folder: Path, name: str) -> str:
    """Have a clone sign with a new SSH key; return the public one."""
    key = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    for setting in ("gpg.format=ssh", f"user.signingKey={key}", "commit.gpgSign=true"):
        clone.git("config", *setting.split("=", 1))
    return " ".join(Path(f"{key}.pub").read_text().split()[:2])


@needs("ssh-keygen")
def test_commits_must_be_signed_where_the_desk_says_so(guarded, tmp_path):
    ticket, ann, bob = guarded
    anns, bobs = signing(ann, tmp_path, "ann"), signing(bob, tmp_path, "bob")
    agents = ann.folder / "agents.yaml"
    text = agents.read_text().replace("ann:\n", f"ann:\n  keys:\n  - {anns}\n")
    agents.write_text(text.replace("bob:\n", f"bob:\n  keys:\n  - {bobs}\n"))
    settings = ann.folder / "desk.yaml"
    settings.write_text(settings.read_text() + "signed: required\n")
    ann.git("commit", "-qam", "signed from now on")
    assert push(ann).returncode == 0, push(ann).stderr
    bob.git("pull", "-q")
    bob.ok("note", ticket, "-m", "signed")
    assert push(bob).returncode == 0, push(bob).stderr
    bob.git("config", "commit.gpgSign", "false")
    bob.ok("note", ticket, "-m", "unsigned")
    refused(bob, "it is not signed")
    bob.git("config", "commit.gpgSign", "true")
    bob.git("config", "user.signingKey", str(tmp_path / "ann"))
    bob.ok("note", ticket, "-m", "signed by another key")
    refused(bob, "its signature is by no key of bob")
    bob.git("config", "user.signingKey", str(tmp_path / "bob"))
    ann.ok("note", ticket, "-m", "meanwhile")
    bob.ok("tag", ticket, "+a")
    settle(ann, bob)


@needs("gpg")
def test_an_openpgp_key_counts_by_its_fingerprint(guarded, tmp_path, monkeypatch):
    ticket, ann, bob = guarded
    home = tmp_path / "gnupg"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    make = ["gpg", "--batch", "--quiet", "--passphrase", "", "--quick-gen-key", "bob@acme.example"]
    subprocess.run(make, check=True, capture_output=True)
    listed = subprocess.run(["gpg", "--list-keys", "--with-colons"], capture_output=True, text=True)
    fingerprint = next(
        row.split(":")[9] for row in listed.stdout.splitlines() if row.startswith("fpr")
    )
    agents = ann.folder / "agents.yaml"
    agents.write_text(agents.read_text().replace("bob:\n", f"bob:\n  keys: [{fingerprint}]\n"))
    settings = ann.folder / "desk.yaml"
    settings.write_text(settings.read_text() + "signed: required\n")
    ann.git("commit", "-qam", "signed from now on")
    assert push(ann).returncode == 0
    bob.git("pull", "-q")
    bob.git("config", "commit.gpgSign", "true")
    bob.git("config", "user.signingKey", fingerprint)
    bob.ok("note", ticket, "-m", "signed")
    assert push(bob).returncode == 0, push(bob).stderr
    subprocess.run(["gpgconf", "--kill", "all"], check=False, capture_output=True)
