"""Queries: `is:open assignee:me priority:>=high tag:vip -tag:spam created:>7d "refund" @mine`.

`parse` turns words into a tree (`tix.query.tree`), `tix.query.complete` finishes half a word. The
language is described in docs/queries.md.
"""

from tix.query.parser import parse
from tix.query.tree import Query

__all__ = ["Query", "parse"]
