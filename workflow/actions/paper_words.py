"""What formal papers say, in the house's language; the caller has switched to it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from workflow.ladder import Paper

ANSWER_WITHIN = 3
"""Working days within which an agency answers a paper that urges it."""

INNER = str.maketrans("“”", "‘’")
"""Quotation marks within quotation marks: papers put the title of a task into them."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What a paper is about.

    Attributes:
        task: title of the task.
        agency: the agency's name.
        due_on: the date in force, or None.
        late: working days by which it is overdue; 0 before the date, negative when that many are left.
        granted_to: for a reply to a request, the date granted; None when it is refused.
        asked_for: for a reply, the date asked for.
        opinion: for a reply, what the office says of it.
        text: for a notice of supervision, what is to be done.
    """

    task: str
    agency: str
    due_on: dt.date | None = None
    late: int = 0
    granted_to: dt.date | None = None
    asked_for: dt.date | None = None
    opinion: str = ""
    text: str = ""


def words_for(kind: Paper, matter: Matter) -> tuple[str, str]:
    """Return the title and the text of a paper, paragraphs on lines of their own."""
    named = {
        "task": matter.task.translate(INNER),
        "agency": matter.agency,
        "due_on": _date(matter.due_on),
        "late": matter.late,
        "left": -matter.late,
        "within": ANSWER_WITHIN,
        "granted_to": _date(matter.granted_to),
        "asked_for": _date(matter.asked_for),
        "opinion": matter.opinion,
        "text": matter.text,
    }
    title, *paragraphs = _texts(kind, matter)
    return title % named, "\n".join(paragraph % named for paragraph in paragraphs if paragraph)


def _texts(kind: Paper, matter: Matter) -> tuple[str, ...]:
    match kind:
        case Paper.SUPERVISION:
            return (
                _("Notice of supervision: %(task)s"),
                _("The following task is given to you under supervision: %(task)s."),
                "%(text)s" if matter.text else "",
                _("It is to be done by %(due_on)s.") if matter.due_on else "",
                _("Please sign for it, name an officer, and report progress as the task asks for it."),
            )
        case Paper.URGE:
            return (
                _("Notice of urging: %(task)s"),
                _("Your agency's part in “%(task)s” was due on %(due_on)s. It has not been declared done."),
                _("Please take measures at once, and report within %(within)d working days how far it has come, why it is late, "
                  "and when it will be done."),
            )  # fmt: skip
        case Paper.WARNING_RED:
            return (
                _("Red warning slip: %(task)s"),
                _("Your agency's part in “%(task)s” was due on %(due_on)s and is overdue by %(late)d working days."),
                _("It has been entered in the list that is put before the leadership group. Please have the head of your agency "
                  "see to it in person, and report within %(within)d working days."),
            )  # fmt: skip
        case Paper.BULLETIN:
            return (
                _("Bulletin on overdue work: %(task)s"),
                _("%(agency)s has a part in “%(task)s” that was due on %(due_on)s. By this day it is overdue by %(late)d working days, "
                  "after a notice of urging."),
                _("It is made known hereby. %(agency)s is to take it up at once and to report the outcome in writing within %(within)d "
                  "working days; the other agencies may draw the lesson."),
            )  # fmt: skip
        case Paper.EXTENSION:
            return _reply(matter)
        case _:
            name = _("Orange warning slip: %(task)s") if kind == Paper.WARNING_ORANGE else _("Yellow warning slip: %(task)s")
            return (
                name,
                _("Your agency's part in “%(task)s” is due on %(due_on)s; %(left)d working days are left."),
                _("Please check how far it has come, clear what stands in its way, and make sure that it is done in time."),
            )


def _reply(matter: Matter) -> tuple[str, ...]:
    title = _("Reply to your request for more time: %(task)s")
    opinion = "%(opinion)s" if matter.opinion else ""
    if matter.granted_to is None:
        refused = _(
            "You asked for more time until %(asked_for)s for “%(task)s”. After consideration this is not granted; it is due on %(due_on)s."
        )
        return title, refused, opinion
    granted = _("You asked for more time until %(asked_for)s for “%(task)s”. After consideration it is granted until %(granted_to)s.")
    return title, granted, opinion, _("Please see to it that it is done by then. The first due date stays on record.")


def _date(day: dt.date | None) -> str:
    return _("%(year)d-%(month)d-%(day)d") % {"year": day.year, "month": day.month, "day": day.day} if day else ""
