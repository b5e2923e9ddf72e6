"""Dovecot with a configuration of its own: any user, one password; IMAP, LMTP, and logins for SMTP.

A user's mailbox is there once a mail is delivered or they log in.
"""

import base64
import getpass
import grp
import os
import pwd
from pathlib import Path

from tests.servers import processes

PASSWORD = "s3cret"
# What the tokens of tests are signed with (JWT, HS256).
TOKEN_KEY = b"a key for tests only, of thirty-two bytes"

CONFIGURATION = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{certificate}
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
auth_cache_size = 0
mail_location = maildir:{folder}/mail/%u
mail_uid = {owner}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 1
lmtp_save_to_detail_mailbox = no
recipient_delimiter =
namespace inbox {{
  inbox = yes
  separator = /
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner} gid={group} home={folder}/mail/%u allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service anvil {{
  chroot =
  # Who fails to log in is not made to wait the next time.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service auth {{
  unix_listener {folder}/auth {{
    mode = 0666
  }}
}}
"""

OAUTH2 = """\
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={folder}/keys/
username_attribute = sub
"""


class Dovecot:
    """A running Dovecot; `folder` must be one that any user may enter."""

    def __init__(self, folder: Path, certificate: Path) -> None:
        self.imap_port, self.imaps_port, self.lmtp_port = processes.free_ports(3)
        self._folder = folder
        self._log = folder / "dovecot.log"
        configuration = folder / "dovecot.conf"
        configuration.write_text(self._configuration(certificate))
        (folder / "oauth2.conf").write_text(OAUTH2.format(folder=folder))
        key = folder / "keys" / "default" / "HS256" / "default"
        key.parent.mkdir(parents=True)
        key.write_bytes(base64.b64encode(TOKEN_KEY))
        mail = folder / "mail"
        mail.mkdir()
        owner = self._owner()
        if os.getuid() == 0:
            os.chown(mail, owner.pw_uid, owner.pw_gid)
        command = [processes.program("dovecot"), "-F", "-c", str(configuration)]
        self._process = processes.start(command, self._log)
        for port in (self.imap_port, self.lmtp_port):
            processes.wait_until_greeting(port, self._process, self.log)

    def _owner(self) -> pwd.struct_passwd:
        # Dovecot keeps no mail as root.
        return pwd.getpwnam("nobody" if os.getuid() == 0 else getpass.getuser())

    def _configuration(self, certificate: Path) -> str:
        owner = self._owner()
        is_root = os.getuid() == 0
        return CONFIGURATION.format(
            folder=self._folder,
            certificate=certificate,
            owner=owner.pw_uid,
            group=owner.pw_gid,
            internal="dovecot" if is_root else owner.pw_name,
            internal_group="dovecot" if is_root else grp.getgrgid(owner.pw_gid).gr_name,
            login="dovenull" if is_root else owner.pw_name,
            password=PASSWORD,
            imap=self.imap_port,
            imaps=self.imaps_port,
            lmtp=self.lmtp_port,
        )

    @property
    def logins(self) -> Path:
        """The socket at which other servers ask whether a login is right."""
        return self._folder / "auth"

    def log(self) -> str:
        """Return what it has logged."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def stop(self) -> None:
        """Stop it."""
        processes.stop(self._process)


def is_installed() -> bool:
    """Tell whether Dovecot is there, with what serves IMAP and LMTP."""
    parts = [[*Path("/usr").glob(f"lib*/dovecot/{one}")] for one in ("imap", "lmtp")]
    return processes.program("dovecot") is not None and all(parts)
