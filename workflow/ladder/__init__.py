"""The ladder: who is told what, at which point. Data and pure functions; firing is a unique row elsewhere."""

from workflow.ladder.firing import Firing, OpenReport, Subject, next_rung_on, report_course, rungs_due, still_holds
from workflow.ladder.preview import PREVIEW_DAYS, Planned, preview
from workflow.ladder.rungs import (
    DEFAULT_LADDER,
    RUNG_NAMES,
    RUNG_PAPERS,
    Audience,
    Paper,
    Rung,
    Trigger,
    check_ladder,
    check_rising,
    ladder_from_data,
    ladder_to_data,
)
from workflow.ladder.timetable import Timetable

__all__ = [
    "DEFAULT_LADDER",
    "PREVIEW_DAYS",
    "RUNG_NAMES",
    "RUNG_PAPERS",
    "Audience",
    "Firing",
    "OpenReport",
    "Paper",
    "Planned",
    "Rung",
    "Subject",
    "Timetable",
    "Trigger",
    "check_ladder",
    "check_rising",
    "ladder_from_data",
    "ladder_to_data",
    "next_rung_on",
    "preview",
    "report_course",
    "rungs_due",
    "still_holds",
]
