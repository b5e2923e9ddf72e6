"""Sending what is queued: each message at most once, over SMTP, sendmail or a command."""
