"""The ladder climbs: rungs whose day has come fire once, are recorded, and tell the people they name.

The day of an assignment's next rung stands in an index, and is computed anew after whatever may move it, which says so in its own
transaction. What is due is one index range; it is fired in batches, each a transaction with a number of statements that does not
depend on its size. Several sweepers share the work on PostgreSQL: each passes over the rows another has locked.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.models import Role, User
from agencies.models.chain import ChainHead
from measures.models import PlanEvent
from notifications import outbox
from notifications.leaving import never
from notifications.outbox import Circular
from notifications.topics import Topic
from workflow import policy
from workflow.actions.ladders import Ladders
from workflow.actions.paper_words import Matter
from workflow.actions.papers import NewPaper, make_papers
from workflow.actions.standing import Standing, standings
from workflow.deadlines import ChineseCalendar, working_days_between
from workflow.ladder import DEFAULT_LADDER, Audience, Firing, Trigger, still_holds
from workflow.models import Assignment, Notice, Participation
from workflow.models import Firing as FiringRow
from workflow.models.batches import NEVER, NewFiring, check_references_now, fire, set_ladder_days
from workflow.states import SWEPT_STATES, Tie
from workflow.timeline import Reminder, record_reminders
from workflow.working_days import calendar_in_force

BATCH = 1000
"""Assignments looked at in one transaction."""


def climb(now: dt.datetime, must_end: Callable[[], bool] = never) -> int:
    """Fire every rung that is due, batch by batch, until there is none or it must end; doing it again at once fires nothing.

    Returns:
        The number of rungs that told somebody.
    """
    today = timezone.localdate(now)
    rules, told = _Rules(), 0
    if not rules.in_force()[0].is_working(today):
        return 0
    for due in (_uncertain(), _due(today)):
        while not must_end() and (count := _climb_batch(due, now, rules)) is not None:
            told += count
    return told


class _Rules:
    """The working days and the ladders in force.

    They are loaded anew once the record of plans has gone on, where every change of them has its line. Asked with the parts of a batch
    locked, they are those by which whoever changes them later has these parts looked at again.
    """

    def __init__(self) -> None:
        self._seen = -1

    def in_force(self) -> tuple[ChineseCalendar, Ladders]:
        seen = ChainHead.objects.filter(chain=PlanEvent.chain()).values_list("sequence", flat=True).first() or 0
        if seen != self._seen:
            calendar = calendar_in_force()
            self._kept, self._seen = (calendar, Ladders(calendar)), seen
        return self._kept


def _uncertain() -> QuerySet[Assignment]:
    """Return the assignments whose next day is to be computed because something has happened to them."""
    return Assignment.objects.filter(climbs_anew=True, state__in=SWEPT_STATES).order_by("pk")


def _due(today: dt.date) -> QuerySet[Assignment]:
    """Return the assignments whose day has come; those too that climb no more, for which none comes again."""
    return Assignment.objects.filter(next_rung__day__lte=today).order_by("next_rung__day", "pk")


@transaction.atomic
def _climb_batch(due: QuerySet[Assignment], now: dt.datetime, rules: _Rules) -> int | None:
    """Fire what is due among the next assignments; returns how many rungs told somebody, None when no assignment is left."""
    today = timezone.localdate(now)
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True, of=("self",), no_key=True)
    ids = list(due.values_list("pk", flat=True)[:BATCH])
    if not ids:
        return None
    calendar, ladders = rules.in_force()
    if not calendar.is_working(today):
        return None
    fired = _fired(ids)
    following: dict[int, dt.date] = {}
    found: list[tuple[Standing, Firing]] = []
    for part in standings(ids, calendar):
        firings, day = ladders.of_plan(part.plan_id).advance(part.subject, today, fired.get(part.pk, ()))
        found += [(part, firing) for firing in firings]
        following[part.pk] = day or NEVER
    new = fire([NewFiring(firing.key, firing.rung.code, part.pk) for part, firing in found], now)
    loud = [(part, firing) for part, firing in found if not firing.skipped and firing.key in new]
    Assignment.objects.filter(pk__among=following, climbs_anew=True).update(climbs_anew=False)
    set_ladder_days(dict.fromkeys(ids, NEVER) | following)
    _tell(loud, now)
    return len(loud)


def _fired(assignment_ids: Collection[int]) -> dict[int, set[str]]:
    fired: dict[int, set[str]] = defaultdict(set)
    for assignment_id, key in FiringRow.objects.filter(assignment__pk__among=assignment_ids).values_list("assignment_id", "key"):
        fired[assignment_id].add(key)
    return fired


def _tell(firings: Sequence[tuple[Standing, Firing]], now: dt.datetime) -> None:
    """Queue what people are told, and append to the record last: its head is locked for as short a time as can be."""
    if not firings:
        return
    people = _people(firings, now)
    papers = make_papers(_papers(firings, people, now), now)
    with translation.override(settings.LANGUAGE_CODE):
        wording, told = _Wording(), []
        for part, firing in firings:
            named = dict.fromkeys(user for audience in firing.rung.audiences for user in people(part, audience))
            told.append(wording.circular(part, firing, named, _number(papers, firing)))
        outbox.post(told, now=now)
    check_references_now()
    record_reminders(
        Actor.system(),
        now,
        [
            Reminder(part.task_id, part.pk, part.agency_id, part.agency_name, firing.rung.code, firing.key, _number(papers, firing))
            for part, firing in firings
        ],
    )


def _number(papers: Mapping[str, Notice], firing: Firing) -> str:
    paper = papers.get(firing.key)
    return paper.written_number if paper is not None else ""


def _papers(
    firings: Sequence[tuple[Standing, Firing]], people: Callable[[Standing, Audience], Iterable[int]], now: dt.datetime
) -> list[NewPaper]:
    """Return the papers that rungs make: addressed to the agency, copied to the leaders whom the rung names."""
    making = [(part, firing) for part, firing in firings if firing.rung.paper]
    if not making:
        return []
    leaders = {key: [user for one in audiences for user in people(part, one)] for key, part, audiences in (
        (firing.key, part, [one for one in firing.rung.audiences if one in {Audience.SUPERVISING_LEADER, Audience.LEADERSHIP}])
        for part, firing in making
    )}  # fmt: skip
    names = {user.pk: str(user) for user in User.objects.filter(pk__in={pk for found in leaders.values() for pk in found})}
    calendar, today = calendar_in_force(), timezone.localdate(now)
    return [
        NewPaper(
            key=firing.key,
            kind=firing.rung.paper,
            issuer_id=part.issuer_id,
            task_id=part.task_id,
            assignment_id=part.pk,
            agency_id=part.agency_id,
            addressee=part.agency_name,
            copied_to="、".join(dict.fromkeys(names[pk] for pk in leaders[firing.key])),
            matter=Matter(
                task=part.task_title,
                agency=part.agency_name,
                due_on=part.due_on,
                late=working_days_between(part.due_on, today, calendar) if part.due_on else 0,
            ),
        )
        for part, firing in making
    ]


class _Wording:
    """What rungs say, in the language in force; the words and the address of the page are looked up once for all firings."""

    def __init__(self) -> None:
        self._soon = _("Due soon: %(task)s (%(agency)s, due on %(due_on)s)"), Topic.DEADLINE
        self._overdue = _("Overdue: %(task)s (%(agency)s, was due on %(due_on)s)"), Topic.ESCALATION
        self._by_trigger = {
            Trigger.UNSIGNED: (_("Not signed for yet: %(task)s (%(agency)s)"), Topic.DEADLINE),
            Trigger.REPORT: (_("Report missing: %(task)s (%(agency)s)"), Topic.DEADLINE),
            Trigger.CONTRIBUTION: (_("Contribution missing: %(task)s (%(agency)s)"), Topic.DEADLINE),
            Trigger.WORK_PLAN: (_("Work plan not on record yet: %(task)s (%(agency)s)"), Topic.DEADLINE),
            Trigger.STANDSTILL: (_("No movement for a long time: %(task)s (%(agency)s)"), Topic.DEADLINE),
        }
        self._before, self._after = reverse("task", args=[0]).rsplit("0", 1)

    def circular(self, part: Standing, firing: Firing, people: Iterable[int], number: str) -> Circular:
        """Return what people are told of a firing."""
        rung = firing.rung
        if rung.trigger == Trigger.DUE:
            form, topic = self._soon if rung.code in {"due_soon", "warning"} else self._overdue
        else:
            form, topic = self._by_trigger[rung.trigger]
        due_on = part.due_on.isoformat() if part.due_on else ""
        subject = form % {"task": part.task_name, "agency": part.agency_short_name, "due_on": due_on}
        return Circular(
            key=firing.key,
            people=tuple(people),
            topic=topic,
            subject=subject,
            body=f"{subject}\n{number}".strip(),
            link=f"{self._before}{part.task_id}{self._after}",
            ref=f"task:{part.task_id}",
            urgent=rung.urgent,
            channels=rung.channels,
        )


def _people(firings: Sequence[tuple[Standing, Firing]], now: dt.datetime) -> Callable[[Standing, Audience], Iterable[int]]:
    """Return a function from a part and an audience to people, everything loaded beforehand."""
    agencies = {part.agency_id for part, _firing in firings}
    above: dict[int, set[int]] = defaultdict(set)
    leads: dict[int, set[int]] = defaultdict(set)
    rows = Participation.objects.filter(task__pk__among={part.task_id for part, _firing in firings}).exclude(tie=Tie.SUPPORT)
    for task_id, tie, agency_id in rows.values_list("task_id", "tie", "agency_id"):
        (leads if tie == Tie.LEAD else above)[task_id].add(agency_id)
    officers = policy.people_who_hold("report", agencies.union(*leads.values()), now=now)
    reviewers = policy.people_who_hold("review", agencies, now=now)
    heads = policy.people_in_role(Role.HEAD, agencies, now=now)
    coordinators = policy.people_who_hold("coordinate", {part.issuer_id for part, _firing in firings}, now=now)
    leaders = policy.people_in_role(Role.LEADER, {agency for line in above.values() for agency in line}, now=now)

    def people(part: Standing, audience: Audience) -> Iterable[int]:
        match audience:
            case Audience.OFFICER:
                own = officers.get(part.agency_id, [])
                return [part.officer_id] if part.officer_id is not None and part.officer_id in own else own
            case Audience.AGENCY_HEAD:
                return heads.get(part.agency_id) or reviewers.get(part.agency_id, [])
            case Audience.LEAD:
                return [user for agency in sorted(leads[part.task_id]) for user in officers.get(agency, ())]
            case Audience.COORDINATOR:
                return coordinators.get(part.issuer_id, [])
            case _:
                return [user for agency in sorted(above[part.task_id]) for user in leaders.get(agency, ())]

    return people


def still_true(keys: Collection[str], now: dt.datetime) -> set[str]:
    """Answer, at the moment of sending, which of the ladder's reminders are still so; registered with the outbox for `assignment:…`."""
    parts = {key: int(key.partition("|")[0].partition(":")[2]) for key in keys}
    subjects = {part.pk: part.subject for part in standings(set(parts.values()), calendar_in_force())}
    return {key for key, part in parts.items() if part in subjects and still_holds(key, subjects[part], DEFAULT_LADDER)}
