"""Certificates for tests: an authority of our own, and what it signs for this machine."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

NAMES = ("localhost", "127.0.0.1")


@dataclass(frozen=True)
class Authority:
    """A certificate authority; programs trust it where SSL_CERT_FILE is `file`."""

    file: Path
    _own: trustme.CA

    def certificate(self, path: Path, *names: str, expired: bool = False) -> Path:
        """Write key and certificate for some names (this machine's, unless given) into one file."""
        until = datetime.now(UTC) - timedelta(days=2) if expired else None
        since = datetime.now(UTC) - timedelta(days=9) if expired else None
        made = self._own.issue_cert(*(names or NAMES), not_before=since, not_after=until)
        made.private_key_and_cert_chain_pem.write_to_path(str(path))
        return path


def authority(folder: Path) -> Authority:
    """Make an authority, and write its certificate."""
    own = trustme.CA(organization_name="tix tests")
    file = folder / "ca.pem"
    own.cert_pem.write_to_path(str(file))
    return Authority(file, own)
