"""Rows without a key: tasks to draw up for measures of plans that one coordinates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.names import NameIndex
from agencies.refusals import Invalid
from measures.models import Measure, Plan
from oversight.sheet.reading import Returned
from oversight.sheet.steps import AGENCIES, expect_fits, meaning, names
from workflow.actions.draw_up import PlannedReceiver, draw_up_task
from workflow.models import Task
from workflow.states import Part, Rhythm, TaskState

_MARKS = " .．、。)）(（"
"""What may stand around the number of a measure, or be left out, without its being another."""


@dataclass(slots=True)
class Plans:
    """The plans that new rows name, among those that somebody coordinates, and their measures."""

    by_name: dict[str, list[Plan]]
    measures: dict[int, list[Measure]] = field(default_factory=dict)

    def measure(self, row: Returned) -> Measure:
        """Return the measure that a row names by plan and number, and by its title where the number is not enough.

        Raises:
            Invalid: none, or more than one.
        """
        plan, number, title = self._plan(row.values.get("plan", "")), row.values.get("number", ""), row.values.get("title", "")
        if not number:
            raise Invalid(_("Give the number of the measure that the new task is for."), "number")
        if plan.pk not in self.measures:
            self.measures[plan.pk] = list(plan.measures.select_related("plan"))
        found = [one for one in self.measures[plan.pk] if one.number == number]
        found = found or [one for one in self.measures[plan.pk] if one.number.strip(_MARKS) == number.strip(_MARKS)]
        if len(found) > 1:
            found = [one for one in found if one.title == title] or found
        if not found:
            raise Invalid(_("The plan has no measure with the number “%(number)s”.") % {"number": number}, "number")
        if len(found) > 1:
            raise Invalid(
                _("Several measures have the number “%(number)s”; write the title of the one meant.") % {"number": number}, "title"
            )
        return found[0]

    def _plan(self, name: str) -> Plan:
        if not name:
            raise Invalid(_("Name the plan that the new task is for; a task of no plan is drawn up on its own page."), "plan")
        found = self.by_name.get(name, [])
        if not found:
            raise Invalid(_("You coordinate no plan “%(name)s” in force.") % {"name": name}, "plan")
        if len(found) > 1:
            raise Invalid(_("Several plans are called “%(name)s”; write the document number.") % {"name": name}, "plan")
        return found[0]


def lock_plans(actor: Actor, rows: Collection[Returned]) -> Plans:
    """Return the plans that rows name, by title or document number, locked in the order of their keys, before any task is."""
    wanted = {name for row in rows if (name := row.values.get("plan", ""))}
    if not wanted:
        return Plans({})
    own = Plan.objects.filter(coordinator__in=actor.agencies_where("coordinate"), later__isnull=True)
    ids = [pk for pk, *known in own.values_list("pk", "title", "number") if wanted & set(known)]
    by_name: dict[str, list[Plan]] = {}
    for plan in Plan.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk"):
        for name in {plan.title, plan.number} & wanted:
            by_name.setdefault(name, []).append(plan)
    return Plans(by_name)


def draw_up(*, actor: Actor, row: Returned, plans: Plans, index: NameIndex, now: dt.datetime) -> Task:
    """Draw a task up as a row says; title, words and date left empty are those of the measure.

    Raises:
        Refusal: the row names no measure or no lead, an agency is not known, the task is there already, or the act was refused.
    """
    measure = plans.measure(row)
    wanted = {name: row.values.get(name, "") for name in ("title", "text", "due_on", "rhythm", *AGENCIES)}
    title = wanted["title"] or measure.title
    expect_fits(title, wanted["text"])
    if Task.objects.filter(measure=measure, title=title).exclude(state=TaskState.TERMINATED).exists():
        raise Invalid(_("For this measure there is a task of this title already."), "title")
    if not names(wanted["leads"]):
        raise Invalid(_("Name at least one agency that leads it."), "leads")
    if wanted["rhythm"] == Rhythm.BY_STAGE:
        raise Invalid(_("Set the stages on the page of the task; it reports by stage from then on."), "rhythm")
    return draw_up_task(
        actor=actor,
        issuer_id=measure.plan.coordinator_id,
        title=title,
        text=wanted["text"] or measure.text,
        receivers=_receivers(wanted["leads"], wanted["supporters"], index),
        due_on=dt.date.fromisoformat(wanted["due_on"]) if wanted["due_on"] else measure.deadline,
        rhythm=wanted["rhythm"] or Rhythm.MONTHLY,
        measure_id=measure.pk,
        now=now,
    )


def _receivers(leads: str, supporters: str, index: NameIndex) -> Sequence[PlannedReceiver]:
    found: dict[tuple[int | None, int | None], PlannedReceiver] = {}
    for column, part, cell in (("leads", Part.LEAD, leads), ("supporters", Part.SUPPORT, supporters)):
        for name in names(cell):
            whom = meaning(name, column, index)
            if whom in found:
                raise Invalid(_("“%(name)s” is named twice.") % {"name": name}, column)
            found[whom] = PlannedReceiver(part, *whom)
    return list(found.values())
