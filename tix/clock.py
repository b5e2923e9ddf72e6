"""The only reader of the clock."""

from __future__ import annotations

import os
from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment, UTC, cut to the second.

    `TIX_NOW` (an ISO 8601 time with a zone) stands in for the clock in demonstrations and tests.
    """
    fixed = os.environ.get("TIX_NOW")
    moment = datetime.fromisoformat(fixed).astimezone(UTC) if fixed else datetime.now(UTC)
    return moment.replace(microsecond=0)
