"""Which commands there are and where they live, so that help and start-up import none of them."""

from __future__ import annotations

from typing import NamedTuple

FIRST = "First steps"
TICKETS = "Tickets"
MAIL = "Mail and other channels"
RELATIONS = "Relations"
REPOSITORY = "Repository"
AUTOMATION = "Automation"


class Entry(NamedTuple):
    """A command: its module below `tix.cli`, its section, one line of help.

    `daily` ones are what `tix --help` shows; the rest stands under `tix help all`.
    """

    module: str
    section: str
    help: str
    daily: bool = False


COMMANDS: dict[str, Entry] = {
    "next": Entry("working", TICKETS, "Take the ticket that is due first, and show it.", True),
    "new": Entry("creating", TICKETS, "Make a ticket; prints its id.", True),
    "list": Entry("listing", TICKETS, "List the tickets that a query names.", True),
    "show": Entry("showing", TICKETS, "Show a ticket as a conversation.", True),
    "reply": Entry("replying", TICKETS, "Answer the requester, from a template or by hand.", True),
    "note": Entry("replying", TICKETS, "File an internal note.", True),
    "take": Entry("working", TICKETS, "Make a ticket mine, unless somebody has it.", True),
    "assign": Entry("working", TICKETS, "Give tickets to an agent.", False),
    "status": Entry("statuses", TICKETS, "Set the status of tickets.", False),
    "open": Entry("statuses", TICKETS, "Set tickets to open.", False),
    "pend": Entry("statuses", TICKETS, "Wait for the requester, until a time.", False),
    "hold": Entry("statuses", TICKETS, "Wait for somebody else, until a time.", False),
    "solve": Entry("statuses", TICKETS, "Set tickets to solved.", True),
    "close": Entry("statuses", TICKETS, "Close tickets for good.", False),
    "reopen": Entry("statuses", TICKETS, "Open solved or closed tickets again.", False),
    "set": Entry("fields", TICKETS, "Set fields of tickets: KEY=VALUE.", False),
    "tag": Entry("fields", TICKETS, "Add and remove tags: +vip -spam.", False),
    "edit": Entry("editing", TICKETS, "Edit a ticket's file in $EDITOR.", False),
    "undo": Entry("undoing", TICKETS, "Reverse my last command.", False),
    "log": Entry("logging", TICKETS, "Say who changed what, when, from git history.", False),
    "path": Entry("showing", TICKETS, "Print the folder of a ticket.", False),
    "files": Entry("showing", TICKETS, "List or save a ticket's attachments.", False),
    "import": Entry("importing", MAIL, "File mail from mbox, Maildir, .eml files or a pipe.", True),
    "receive": Entry("receiving", MAIL, "Fetch new mail by IMAP, and file it.", False),
    "outbox": Entry("sending", MAIL, "List what has not left: drafts, queued, failed.", False),
    "send": Entry("sending", MAIL, "Send what is queued.", False),
    "approve": Entry("sending", MAIL, "Queue a draft, or give a message up.", False),
    "quarantine": Entry("quarantining", MAIL, "See and decide what was not accepted.", False),
    "spam": Entry("quarantining", MAIL, "Close as spam, and quarantine the sender.", False),
    "redact": Entry("redacting", MAIL, "Take a text or attachment out, for good.", False),
    "customer": Entry("customers", MAIL, "Say who is who: list, show, set, merge.", False),
    "link": Entry("fields", RELATIONS, "Link a ticket to others.", False),
    "merge": Entry("relating", RELATIONS, "Merge tickets into another, or undo that.", False),
    "split": Entry("relating", RELATIONS, "Make a ticket of messages of another.", False),
    "sync": Entry("syncing", REPOSITORY, "Share with others: fetch, merge, push.", True),
    "doctor": Entry("doctoring", REPOSITORY, "Say what is wrong with a desk or this clone.", False),
    "events": Entry("watching", REPOSITORY, "Print what happened since a commit.", False),
    "changes": Entry("watching", REPOSITORY, "Say what a branch does to the desk.", False),
    "clone": Entry("cloning", REPOSITORY, "Clone a desk; a large one only in part.", False),
    "recent": Entry("cloning", REPOSITORY, "Choose how far back tickets are checked out.", False),
    "check": Entry("checking", REPOSITORY, "Name every file that is not valid.", False),
    "index": Entry("checking", REPOSITORY, "Look at the index, or build it anew.", False),
    "hook": Entry("hooking", REPOSITORY, "Install git hooks, or run one.", False),
    "report": Entry("reporting", AUTOMATION, "Figures: summary, volume, response and more.", True),
    "template": Entry("templating", AUTOMATION, "List, show and check reply templates.", False),
    "batch": Entry("batching", AUTOMATION, "Run many commands from a file, in one commit.", False),
    "export": Entry("exporting", AUTOMATION, "Write tickets, entries or events as tables.", False),
    "init": Entry("starting", FIRST, "Make a desk.", True),
    "demo": Entry("starting", FIRST, "Make a desk with a morning's mail, to play with.", False),
    "completion": Entry("starting", FIRST, "Print the completion script for a shell.", False),
    "help": Entry("helping", FIRST, "Explain a command, or all of them.", False),
}

# Other tools' habits.
ALIASES = {"view": "show", "create": "new", "comment": "note", "ls": "list"}
