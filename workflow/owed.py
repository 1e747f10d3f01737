"""What of the reports and contributions asked for is still owed: nothing of a part that has ended.

The lists ask the database the same (`workflow.duties`, the ladder); here it is asked of rows that are loaded.
"""

from __future__ import annotations

from workflow.models import Contribution, Report
from workflow.states import LIVE_ASSIGNMENT_STATES, OPEN_CONTRIBUTION_STATES, REPORTING_STATES, ReportState

UNSENT_REPORTS = frozenset({ReportState.DUE, ReportState.DRAFT, ReportState.RETURNED, ReportState.AGENCY_REVIEW})


def is_owed(written: Report | Contribution) -> bool:
    """Tell whether what was asked of a part can still be owed: a report until it is declared done, a contribution until it is confirmed."""
    return written.assignment.state in (REPORTING_STATES if isinstance(written, Report) else LIVE_ASSIGNMENT_STATES)


def is_over(written: Report | Contribution) -> bool:
    """Tell whether what was asked of a part has not been sent, and is not owed any more."""
    unsent = UNSENT_REPORTS if isinstance(written, Report) else OPEN_CONTRIBUTION_STATES
    return written.state in unsent and not is_owed(written)
