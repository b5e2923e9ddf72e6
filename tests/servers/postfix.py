"""Postfix as an instance of its own: takes mail on loopback ports, delivers it to Dovecot's LMTP.

Mail for any user of `DOMAINS` is delivered, all other refused; `LATER` and `GONE` are refused for
now and for good, mail to `BOUNCES` is taken and comes back, mail to `PIPED` is handed to a program,
for which a test stands in.
"""

import json
import os
import subprocess
import time
from pathlib import Path

from tests.servers import processes
from tests.servers.dovecot import Dovecot

DOMAINS = ("acme.example", "example.com", "example.org")
LATER, GONE = "later@example.com", "gone@example.com"
BOUNCES, PIPED = "bounces@example.com", "piped@example.com"
# By sysexits.h: there is no such user.
NOBODY = "cat > /dev/null; echo no such user here; exit 67\n"
PROGRAM = "cat > {folder}/handed; read status < {folder}/status; exit $status\n"

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
command_directory = {commands}
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
myhostname = mail.acme.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
relay_domains =
virtual_mailbox_domains = {domains}
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
transport_maps = inline:{{ {{ {bounces} = bouncing }} {{ {piped} = piping }} }}
default_transport = error:5.7.1 this server delivers to its own users only
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions =
    check_recipient_access inline:{{
        {{ {later} = 450 4.2.1 not now }} {{ {gone} = 550 5.1.1 no such user }} }}
smtpd_tls_security_level = may
smtpd_tls_chain_files = {certificate}
smtpd_sasl_type = dovecot
smtpd_sasl_path = {logins}
smtpd_tls_auth_only = yes
message_size_limit = 67108864
mailbox_size_limit = 0
recipient_delimiter = +
lmtp_destination_recipient_limit = 1
"""

MASTER = """\
127.0.0.1:{smtp} inet n - n - - smtpd
127.0.0.1:{submission} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
127.0.0.1:{smtps} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
piping unix - n n - 1 pipe flags=DFORhu user=nobody argv=/bin/sh {folder}/program.sh
showq unix n - n - - showq
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
bouncing unix - n n - - pipe user=nobody argv=/bin/sh {folder}/nobody.sh
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """A running Postfix; `folder` must be one that any user may enter."""

    def __init__(self, folder: Path, certificate: Path, dovecot: Dovecot) -> None:
        self.smtp_port, self.submission_port, self.smtps_port = processes.free_ports(3)
        self._log = folder / "maillog"
        self._folder = folder
        for name in ("etc", "spool", "data"):
            (folder / name).mkdir()
        subprocess.run(["chown", "postfix", folder / "data"], check=True)
        self._configure(folder, certificate, dovecot)
        etc = str(folder / "etc")
        command = [processes.program("postfix"), "-c", etc, "check"]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        master = Path(_default("daemon_directory")) / "master"
        self._process = processes.start([str(master), "-c", etc, "-d"], self._log)
        processes.wait_until_greeting(self.smtp_port, self._process, self.log)

    def _configure(self, folder: Path, certificate: Path, dovecot: Dovecot) -> None:
        main = MAIN.format(
            folder=folder,
            commands=_default("command_directory"),
            daemons=_default("daemon_directory"),
            domains=", ".join(DOMAINS),
            certificate=certificate,
            lmtp=dovecot.lmtp_port,
            logins=dovecot.logins,
            later=LATER,
            gone=GONE,
            bounces=BOUNCES,
            piped=PIPED,
        )
        (folder / "etc" / "main.cf").write_text(main)
        (folder / "nobody.sh").write_text(NOBODY)
        (folder / "program.sh").write_text(PROGRAM.format(folder=folder))
        for name in ("handed", "status"):
            os.mkfifo(folder / name)
            (folder / name).chmod(0o666)
        master = MASTER.format(
            folder=folder,
            smtp=self.smtp_port,
            submission=self.submission_port,
            smtps=self.smtps_port,
        )
        (folder / "etc" / "master.cf").write_text(master)

    def handed(self) -> bytes:
        """Return the next mail that is handed to a program; `answer` says how that has ended."""
        deadline = time.monotonic() + processes.PATIENCE
        pipe = os.open(self._folder / "handed", os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(pipe, "rb", buffering=0) as file:
            found = b""
            # It reads as empty before somebody writes, and after.
            while (more := file.read(1 << 16)) != b"" or not found:
                found += more or b""
                assert time.monotonic() < deadline, f"nothing was handed over\n{self.log()}"
                time.sleep(0 if more else 0.02)
        return found

    def answer(self, status: int) -> None:
        """End the program with a status."""
        (self._folder / "status").write_text(f"{status}\n")

    def kept(self) -> list[str]:
        """Return the reasons for which mail to a program is kept; empty where none is."""
        rows = [json.loads(one) for one in self._queue("-j").splitlines()]
        people = (to for one in rows for to in one["recipients"] if to["address"] == PIPED)
        return [to.get("delay_reason", "") for to in people]

    def try_again(self) -> None:
        """Try again to deliver what is kept."""
        self._queue("-f")

    def _queue(self, what: str) -> str:
        command = [processes.program("postqueue"), "-c", str(self._folder / "etc"), what]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, f"{done.stderr}\n{self.log()}"
        return done.stdout

    def log(self) -> str:
        """Return what it has logged."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def stop(self) -> None:
        """Stop it."""
        processes.stop(self._process)


def _default(name: str) -> str:
    command = [processes.program("postconf"), "-dh", name]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
