"""What has words: which rows, where each belongs, and which tables they are read from. SQL that PostgreSQL and SQLite both read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from oversight.tables import FILES, MEASURES, PARTS, REPORTS, TASKS
from workflow.states import ENDED_ASSIGNMENT_STATES

LONGEST = 8_000
"""Characters of a row that are indexed; what comes after them is not found."""


@dataclass(frozen=True, slots=True)
class Source:
    """A table that a kind's words are read from.

    Attributes:
        columns: those that count, the key first.
        touched: the SELECT of the keys of the kind that a change touches, with `{}` for the changed rows.
    """

    columns: tuple[str, ...]
    touched: str


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that is found by its words.

    Attributes:
        name: in the name of its table.
        table: whose rows they are.
        key: the key of a row in `select`.
        select: the SELECT of `object_id`, `place_id` (where it belongs: the task of a task or report, the plan of a measure, the report of
            a file), `title` and `body`, ending in a condition.
        sources: the tables that `select` reads, by name; others never change what it says.
    """

    name: str
    table: str
    key: str
    select: str
    sources: Mapping[str, Source]

    @property
    def index(self) -> str:
        """Return the name of its index table."""
        return f"oversight_words_{self.name}"


def _joined(*columns: str) -> str:
    return " || '\n' || ".join(columns)


_MEASURE_TITLE = "CASE WHEN m.title <> t.title THEN m.title ELSE '' END"
_OWN = "SELECT c.id FROM {} c"
_ENDED = ", ".join(f"'{state.value}'" for state in sorted(ENDED_ASSIGNMENT_STATES))
TASK = Kind(
    "task",
    TASKS,
    "t.id",
    "SELECT t.id AS object_id, t.id AS place_id, t.title AS title,"
    f" {_joined('t.number', 't.text', _MEASURE_TITLE)} AS body"
    f" FROM {TASKS} t LEFT JOIN {MEASURES} m ON m.id = t.measure_id WHERE 1 = 1",
    {
        TASKS: Source(("id", "title", "number", "text", "measure_id"), _OWN),
        MEASURES: Source(("id", "title"), f"SELECT t.id FROM {TASKS} t WHERE t.measure_id IN (SELECT c.id FROM {{}} c)"),
    },
)
REPORT = Kind(
    "report",
    REPORTS,
    "r.id",
    f"SELECT r.id AS object_id, p.task_id AS place_id, '' AS title, {_joined('r.done', 'r.next_steps', 'r.problems', 'r.help_needed')}"
    f" AS body FROM {REPORTS} r JOIN {PARTS} p ON p.id = r.assignment_id"
    f" WHERE r.state IN ('submitted', 'accepted') AND p.state NOT IN ({_ENDED})",
    {
        REPORTS: Source(("id", "state", "done", "next_steps", "problems", "help_needed"), _OWN),
        PARTS: Source(("id", "state"), f"SELECT r.id FROM {REPORTS} r WHERE r.assignment_id IN (SELECT c.id FROM {{}} c)"),
    },
)
MEASURE = Kind(
    "measure",
    MEASURES,
    "m.id",
    f"SELECT m.id AS object_id, m.plan_id AS place_id, m.title AS title, m.text AS body FROM {MEASURES} m WHERE 1 = 1",
    {MEASURES: Source(("id", "title", "text"), _OWN)},
)
FILE = Kind(
    "file",
    FILES,
    "e.id",
    f"SELECT e.id AS object_id, e.report_id AS place_id, e.filename AS title, '' AS body FROM {FILES} e WHERE 1 = 1",
    {FILES: Source(("id", "filename"), _OWN)},
)
KINDS = (TASK, REPORT, MEASURE, FILE)
