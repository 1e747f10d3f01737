"""A second edition of a plan beside the first: both in the form in which they are compared, and which plan a document follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.db.models import Prefetch, QuerySet
from rapidfuzz import fuzz

from agencies.actor import Actor
from agencies.heirs import heirs_of
from measures.comparing import Aim, AimChange, Change, Named, Side, compare, compare_aims
from measures.draft import Draft, DraftMeasure
from measures.models import Measure, Plan, Responsibility, Upload
from measures.policy import plans_directed_by
from measures.reviewing import Review

OFFERED = 30
"""Earlier plans among which a page lets somebody choose."""

TITLE_ALIKE = 85.0
"""From which similarity, of 100, a document is taken for another edition of a plan."""


def earlier_plans(actor: Actor, upload: Upload) -> QuerySet[Plan]:
    """Return the plans of which a document may be a new edition, the newest first: its agency's, without those that were replaced."""
    found = Plan.objects.filter(plans_directed_by(actor), coordinator=upload.agency, later__isnull=True)
    return found.select_related("issuer", "coordinator").order_by("-pk")


def likely_earlier(plans: Iterable[Plan], draft: Draft) -> Plan | None:
    """Return the newest plan of which a document seems to be a new edition: the same number, or nearly the same title."""
    for plan in plans:
        if draft.number and plan.number == draft.number:
            return plan
        if draft.title and fuzz.ratio(plan.title, draft.title) >= TITLE_ALIKE:
            return plan
    return None


def changes_of(plan: Plan, found: Review, today: dt.date) -> list[Change]:
    """Compare a plan with a document in review.

    An agency that has been reorganised between the two is the same as its one successor, whatever it is called.
    """
    return _compared(_sides_confirmed(plan), [_side_in_review(found, measure) for measure in found.draft.measures], today)


def changes_since(earlier: Plan, plan: Plan, today: dt.date) -> list[Change]:
    """Compare a plan with the edition before it, likewise."""
    return _compared(_sides_confirmed(earlier), _sides_confirmed(plan), today)


def _compared(before: Sequence[Side], after: Sequence[Side], today: dt.date) -> list[Change]:
    heirs = heirs_of({one.agency_id for side in (*before, *after) for one in (*side.leads.values(), *side.supports.values())}, today)
    return compare([_as_today(side, heirs) for side in before], [_as_today(side, heirs) for side in after])


def _sides_confirmed(plan: Plan) -> list[Side]:
    responsibilities = Responsibility.objects.order_by("rank", "pk")
    measures = plan.measures.prefetch_related(Prefetch("responsibilities", responsibilities)).order_by("start", "pk")
    return [_side_confirmed(measure) for measure in measures]


def _as_today(side: Side, heirs: Mapping[int, int | None]) -> Side:
    """Return a side with everybody named by whom they are today; who cannot be told stays."""

    def today(names: Mapping[str, Named]) -> dict[str, Named]:
        found: dict[str, Named] = {}
        for one in names.values():
            heir = heirs.get(one.agency_id) if one.agency_id is not None else None
            known = replace(one, agency_id=heir) if heir is not None else one
            found.setdefault(known.identity, known)
        return found

    return replace(side, leads=today(side.leads), supports=today(side.supports))


def aims_of(plan: Plan, found: Review) -> list[AimChange]:
    """Compare the targets of a plan with those of a document in review."""
    before = [Aim(one.metric, _reach(one.comparator, one.amount, one.unit, one.due_on)) for one in plan.targets.all()]
    after = [Aim(one.metric, _reach(one.comparator, one.amount, one.unit, one.due_on)) for one in found.draft.targets]
    return compare_aims(before, after)


def _reach(comparator: str, amount: str, unit: str, due_on: object) -> str:
    return f"{comparator} {amount}{unit} {due_on or ''}".strip()


def _side_confirmed(measure: Measure) -> Side:
    """Return a confirmed measure as a side; its responsibilities are read from memory where they were fetched with it."""
    named: dict[str, dict[str, Named]] = {role: {} for role in Responsibility.Role.values}
    for row in measure.responsibilities.all():
        one = Named(row.name_as_written, row.agency_id, row.group_id)
        named[row.role].setdefault(one.identity, one)
    return Side(measure.pk, measure.number, measure.title, measure.text, measure.deadline, named["lead"], named["support"])


def _side_in_review(found: Review, measure: DraftMeasure) -> Side:
    named: dict[str, dict[str, Named]] = {role: {} for role in Responsibility.Role.values}
    for mention in measure.mentions:
        match = found.match(mention)
        one = Named(mention.name, match.agency_id, match.group_id)
        named[mention.role].setdefault(one.identity, one)
    text = found.upload.text[measure.start : measure.end].strip()
    return Side(measure.key, measure.number, measure.title, text, measure.deadline, named["lead"], named["support"])
