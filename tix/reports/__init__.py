"""Reports: figures from replayed timelines, as values. `REPORTS[name](cases, settings, now)`."""

from tix.reports.catalogue import BY, REPORTS, Maker
from tix.reports.facts import Case, Message
from tix.reports.keeping import Kept
from tix.reports.report import Cell, Column, Kind, Report, Section

__all__ = [
    "BY",
    "REPORTS",
    "Case",
    "Cell",
    "Column",
    "Kept",
    "Kind",
    "Maker",
    "Message",
    "Report",
    "Section",
]
