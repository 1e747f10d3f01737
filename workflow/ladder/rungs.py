"""Rungs as data: a plan has its own set, this is the default one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Trigger(TextChoices):
    """What a rung counts its working days from."""

    DUE = "due", _("the due date")
    UNSIGNED = "unsigned", _("the dispatch, while not signed for")
    REPORT = "report", _("the due date of a missing report")
    CONTRIBUTION = "contribution", _("the due date of a missing contribution")
    WORK_PLAN = "work_plan", _("the day until which an asked work plan is due")
    STANDSTILL = "standstill", _("the last movement")


class Audience(TextChoices):
    """Who is told; the caller turns it into people."""

    OFFICER = "officer", _("officer of the agency")
    AGENCY_HEAD = "agency_head", _("head of the agency")
    LEAD = "lead", _("lead agencies")
    COORDINATOR = "coordinator", _("coordinator")
    SUPERVISING_LEADER = "supervising_leader", _("supervising leader")
    LEADERSHIP = "leadership", _("leadership group")


class Paper(TextChoices):
    """A numbered formal paper 督办文书; the first ones are made by rungs, the last two by dispatching and by deciding on more time."""

    NONE = "", _("none")
    WARNING_YELLOW = "warning_yellow", _("Yellow warning slip")
    WARNING_ORANGE = "warning_orange", _("Orange warning slip")
    WARNING_RED = "warning_red", _("Red warning slip")
    URGE = "urge", _("Notice of urging")
    BULLETIN = "bulletin", _("Bulletin")
    SUPERVISION = "supervision", _("Notice of supervision")
    EXTENSION = "extension", _("Reply to a request for more time")


SHAMING = frozenset({Paper.BULLETIN})
"""Papers that name an agency before others: the ladder only ever drafts them for the coordinator's signature."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung.

    Attributes:
        code: unique within the ladder; part of the key by which it fires once.
        trigger: what the days are counted from.
        days: working days after the trigger's day; negative ones before it (`DUE` only).
        threshold: "yellow" or "orange": instead of `days`, the working days of the plan's light threshold before the due date.
        audiences: who is told.
        paper: the numbered paper made along with it.
        urgent: delivered at once in working hours, not with the day's digest.
        channels: by which channels; empty leaves it to each person's preferences.
    """

    code: str
    trigger: Trigger
    audiences: tuple[Audience, ...]
    days: int = 0
    threshold: str = ""
    paper: Paper = Paper.NONE
    urgent: bool = False
    channels: tuple[str, ...] = ()


DEFAULT_LADDER: tuple[Rung, ...] = (
    Rung("due_soon", Trigger.DUE, (Audience.OFFICER,), threshold="yellow"),
    Rung("warning", Trigger.DUE, (Audience.OFFICER, Audience.AGENCY_HEAD), threshold="orange", paper=Paper.WARNING_ORANGE),
    Rung(
        "overdue",
        Trigger.DUE,
        (Audience.OFFICER, Audience.AGENCY_HEAD, Audience.COORDINATOR, Audience.SUPERVISING_LEADER),
        days=1,
        paper=Paper.URGE,
        urgent=True,
    ),
    Rung(
        "bulletin",
        Trigger.DUE,
        (Audience.OFFICER, Audience.AGENCY_HEAD, Audience.COORDINATOR),
        days=5,
        paper=Paper.BULLETIN,
        urgent=True,
    ),
    Rung(
        "leadership",
        Trigger.DUE,
        (Audience.AGENCY_HEAD, Audience.COORDINATOR, Audience.LEADERSHIP),
        days=10,
        paper=Paper.WARNING_RED,
        urgent=True,
    ),
    Rung("unsigned", Trigger.UNSIGNED, (Audience.OFFICER, Audience.AGENCY_HEAD), days=3),
    Rung("unsigned_long", Trigger.UNSIGNED, (Audience.AGENCY_HEAD, Audience.COORDINATOR), days=5, urgent=True),
    Rung("report_missed", Trigger.REPORT, (Audience.OFFICER, Audience.AGENCY_HEAD), days=1),
    Rung("report_missed_long", Trigger.REPORT, (Audience.AGENCY_HEAD, Audience.COORDINATOR), days=5),
    Rung("contribution_missed", Trigger.CONTRIBUTION, (Audience.OFFICER, Audience.AGENCY_HEAD), days=1),
    Rung("contribution_missed_long", Trigger.CONTRIBUTION, (Audience.AGENCY_HEAD, Audience.LEAD), days=3),
    Rung("work_plan_missing", Trigger.WORK_PLAN, (Audience.OFFICER, Audience.AGENCY_HEAD), days=1),
    Rung("work_plan_missing_long", Trigger.WORK_PLAN, (Audience.AGENCY_HEAD, Audience.COORDINATOR), days=5),
    Rung("standstill", Trigger.STANDSTILL, (Audience.OFFICER, Audience.COORDINATOR), days=20),
)


RUNG_PAPERS: Mapping[str, Paper] = {"due_soon": Paper.WARNING_YELLOW} | {rung.code: rung.paper for rung in DEFAULT_LADDER if rung.paper}
"""The paper that a rung makes where it is set to make one; the yellow slip only where a plan or the house asks for it."""

RUNG_NAMES: Mapping[str, Promise] = {
    "due_soon": _("Reminder before the due date"),
    "warning": _("Warning shortly before the due date"),
    "overdue": _("Urging after the due date"),
    "bulletin": _("Draft of a bulletin"),
    "leadership": _("List of the leadership group"),
    "unsigned": _("Not signed for"),
    "unsigned_long": _("Not signed for, to the head"),
    "report_missed": _("Report missed"),
    "report_missed_long": _("Report missed, to the head"),
    "contribution_missed": _("Contribution missed"),
    "contribution_missed_long": _("Contribution missed, to the head and the leads"),
    "work_plan_missing": _("Work plan not on record"),
    "work_plan_missing_long": _("Work plan not on record, to the head and the coordinator"),
    "standstill": _("No movement"),
}
"""What people call the rungs of the default ladder."""

BEFORE = frozenset({"due_soon", "warning"})
"""Rungs that come before the due date, or on it; the others of its course only after it."""

LONGEST = 250
"""Working days that a rung may lie from what it counts from: a year."""


def check_rising(rungs: Sequence[Rung]) -> list[str]:
    """Return what is wrong with the order of a ladder's days, in sentences; `check_ladder` says the rest."""
    wrong: list[str] = []
    for rung in rungs:
        name = {"rung": RUNG_NAMES.get(rung.code, rung.code), "days": LONGEST}
        if abs(rung.days) > LONGEST:
            wrong.append(str(_("%(rung)s: at most %(days)d working days.")) % name)
        if rung.trigger == Trigger.DUE and rung.code in BEFORE and rung.days > 0:
            wrong.append(str(_("%(rung)s: it must come on the due date or before it.")) % name)
        if rung.code not in BEFORE and rung.days < 1:
            wrong.append(str(_("%(rung)s: it comes after at least one working day.")) % name)
    for trigger in Trigger:
        line = [rung for rung in rungs if rung.trigger == trigger and not rung.threshold]
        for earlier, later in pairwise(line):
            if earlier.days >= later.days:
                names = {"later": RUNG_NAMES.get(later.code, later.code), "earlier": RUNG_NAMES.get(earlier.code, earlier.code)}
                wrong.append(str(_("%(later)s must come later than %(earlier)s.")) % names)
    return wrong


def check_ladder(rungs: Sequence[Rung]) -> list[str]:
    """Return what is wrong with a ladder, in sentences; empty when it can be used."""
    wrong: list[str] = []
    codes = [rung.code for rung in rungs]
    wrong += [str(_("Two rungs are called %(code)s.")) % {"code": code} for code in sorted({c for c in codes if codes.count(c) > 1})]
    for rung in rungs:
        named = {"code": rung.code}
        if not rung.audiences:
            wrong.append(str(_("Rung %(code)s tells nobody.")) % named)
        if rung.threshold not in {"", "yellow", "orange"}:
            wrong.append(str(_("Rung %(code)s names an unknown threshold.")) % named)
        if rung.threshold and rung.trigger != Trigger.DUE:
            wrong.append(str(_("Rung %(code)s: a threshold counts back from the due date only.")) % named)
        if rung.days < 0 and rung.trigger != Trigger.DUE:
            wrong.append(str(_("Rung %(code)s: only the due date can be counted back from.")) % named)
    return wrong


def ladder_to_data(rungs: Iterable[Rung]) -> list[dict[str, Any]]:
    """Return a ladder as a JSON value, for the plan's column."""
    return [{name: list(value) if isinstance(value, tuple) else value for name, value in asdict(rung).items()} for rung in rungs]


def ladder_from_data(rows: Iterable[Mapping[str, Any]]) -> tuple[Rung, ...]:
    """Return the ladder of a JSON value.

    Raises:
        ValueError: a row names an unknown trigger, audience or paper.
        KeyError: a row lacks its code, trigger or audiences.
    """
    return tuple(
        Rung(
            code=str(row["code"]),
            trigger=Trigger(row["trigger"]),
            audiences=tuple(Audience(name) for name in row["audiences"]),
            days=int(row.get("days", 0)),
            threshold=str(row.get("threshold", "")),
            paper=Paper(row.get("paper", "")),
            urgent=bool(row.get("urgent", False)),
            channels=tuple(str(name) for name in row.get("channels", ())),
        )
        for row in rows
    )
