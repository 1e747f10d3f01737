"""The tables that counters and words are read from and written to, by their names in SQL."""

TASKS, PARTS, LINKS = "workflow_task", "workflow_assignment", "workflow_participation"
REPORTS, EXTENSIONS, HAND_BACKS, SIGN_OFFS = "workflow_report", "workflow_extension", "workflow_handback", "workflow_signoff"
FILES, TIMINGS = "workflow_evidence", "workflow_plantiming"
MEASURES, STANDINGS, TALLIES = "measures_measure", "oversight_standing", "oversight_tally"
