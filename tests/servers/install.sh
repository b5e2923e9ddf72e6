#!/bin/sh
# Installs the mail servers that tests start, where they are absent (Debian, as root).
set -eu
PATH="$PATH:/usr/sbin:/sbin"

present() {
    command -v dovecot && command -v postfix && ls /usr/lib*/dovecot/imap /usr/lib*/dovecot/lmtp
}

if present >/dev/null 2>&1; then
    exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "install Dovecot (IMAP and LMTP) and Postfix: tests that need them are skipped" >&2
    exit 0
fi
# Tests start them; they are no services of this machine.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
apt-get update -qq
apt-get install -y -qq --no-install-recommends dovecot-imapd dovecot-lmtpd postfix >/dev/null
