"""The filters of the ledger: one form that list, export, saved views and the numbers of the boards share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any
from urllib.parse import quote_plus

from django import forms
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.actor import Actor
from agencies.listing import said_of
from measures.models import Section
from oversight import sight
from oversight.lights import LIGHT_WORDS, SEVERITY, Lights, waiting_for_time
from oversight.models import Standing
from oversight.scope import portfolio_of
from oversight.words import kinds, lookup
from workflow.deadlines.calendar import SHANGHAI
from workflow.deadlines.lights import Colour
from workflow.models import Assignment, Participation, Task
from workflow.states import ENDED_ASSIGNMENT_STATES, LIVE_TASK_STATES, AssignmentState, Part, TaskState, Tie

SHORTEST_WORD = 2
"""Fewest characters that are searched for: a two-character word is the shortest that means something in Chinese."""

LIVE = "live"
"""The choice of a state that stands for everything still worked on."""

OUT = "out"
"""The choice of a state that stands for everything that ever went out."""

OWED = "owed"
"""The choice of a part's state that stands for what an agency still has to do."""

SIGNED = "signed"
"""The choice of a part's state that stands for everything signed for, whatever came after."""

DONE = "done"
"""The choice of a part's state that stands for what is declared or confirmed done."""

LONGEST_WAIT = 3650

UNSEEN = {
    "unsigned": _("not signed for within %(days)s days"),
    "stalled": _("no movement for %(days)s days"),
    "was": _("was overdue at some time"),
}
"""What only links of boards ask for, in words."""

LINKS_SAY = frozenset({"agency", "due_from", "due_to", "mine", "overdue", "own", "part", "plan", "q", "rows", "scope", "sort", "state"})
"""What link rows know of parts; whatever else is asked, the parts are asked."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns are called by which a table is asked about tasks, and about parts."""

    task: str
    plan: str
    section: str
    task_state: str
    key: str = ""
    part: str = ""
    state: str = ""


STANDINGS = Columns(task="pk", plan="plan_id", section="section_id", task_state="state")
PARTS = Columns(
    task="task_id",
    plan="task__plan_id",
    section="task__measure__section_id",
    task_state="task__state",
    key="pk",
    part="part",
    state="state",
)
LINKS = Columns(
    task="task_id", plan="plan_id", section="", task_state="task_state", key="assignment_id", part="tie", state="assignment_state"
)
"""Link rows hold copies of states and dates (`workflow.grants`)."""


class Dates(models.TextChoices):
    """The two dates by which lateness is counted: more time that was granted moves the one in force, never the first."""

    CURRENT = "current", _("By dates in force")
    FIRST = "first", _("By first dates")


class DateInput(forms.DateInput):
    """A date as browsers ask for it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class LedgerForm(forms.Form):
    """What the ledger can be asked; everything is optional, and the choices hold only what the actor may see."""

    q = forms.CharField(label=_("Keywords"), required=False, max_length=60)
    plan = forms.ChoiceField(label=_("Plan"), required=False)
    section = forms.ChoiceField(label=_("Section"), required=False)
    agency = forms.ChoiceField(label=_("Agency"), required=False)
    part = forms.ChoiceField(label=_("Part"), required=False, choices=[("", _("All")), *Part.choices])
    state = forms.ChoiceField(
        label=_("State of the task"),
        required=False,
        choices=[("", _("All")), (LIVE, _("Still worked on")), (OUT, _("Dispatched, all")), *TaskState.choices],
    )
    own = forms.ChoiceField(
        label=_("State of the part"),
        required=False,
        choices=[
            ("", _("All")),
            (OWED, _("Still owed")),
            (SIGNED, _("Signed for, all")),
            (DONE, _("Done, all")),
            *(choice for choice in AssignmentState.choices if choice[0] not in ENDED_ASSIGNMENT_STATES),
        ],
    )
    light = forms.ChoiceField(
        label=_("Warning light"),
        required=False,
        choices=[("", _("All")), *((str(colour.value), word) for colour, word in LIGHT_WORDS.items())],
    )
    due_from = forms.DateField(label=_("Due from"), required=False, widget=DateInput())
    due_to = forms.DateField(label=_("Due to"), required=False, widget=DateInput())
    dates = forms.ChoiceField(
        label=_("Lateness"), required=False, choices=[("", Dates.CURRENT.label), (Dates.FIRST.value, Dates.FIRST.label)]
    )
    scope = forms.ChoiceField(
        label=_("Scope"),
        required=False,
        choices=[("", _("All I may see")), ("overseen", _("All we oversee")), ("issued", _("Issued by us")), ("own", _("Our own parts"))],
    )
    overdue = forms.BooleanField(label=_("Overdue only"), required=False)
    mine = forms.BooleanField(label=_("My portfolio only"), required=False)
    unsigned = forms.IntegerField(required=False, min_value=0, max_value=LONGEST_WAIT, widget=forms.HiddenInput())
    stalled = forms.IntegerField(required=False, min_value=0, max_value=LONGEST_WAIT, widget=forms.HiddenInput())
    was = forms.BooleanField(required=False, widget=forms.HiddenInput())
    rows = forms.ChoiceField(required=False, choices=[("", ""), ("tasks", ""), ("parts", "")], widget=forms.HiddenInput())
    sort = forms.ChoiceField(required=False, choices=[("", ""), ("due", ""), ("number", ""), ("light", "")], widget=forms.HiddenInput())

    def __init__(self, data: Mapping[str, Any], *, actor: Actor, now: dt.datetime) -> None:
        super().__init__(data)
        plans = [(str(pk), title) for pk, title in sight.plans(actor, now=now).order_by("-pk").values_list("pk", "title")]
        self._choices("plan", [("none", _("Without a plan")), *plans] if plans else [])
        plan = data.get("plan") or (plans[0][0] if len(plans) == 1 else "")
        known = plan in {value for value, _title in plans}
        sections = Section.objects.filter(plan_id=plan, measures__isnull=False).distinct().order_by("start") if known else ()
        self._choices("section", [(str(section.pk), str(section)) for section in sections])
        self._choices("agency", [(str(pk), name) for pk, name in sight.agencies(actor).values_list("pk", "short_name")])
        self.fields["state" if self.rows_kind == "parts" else "own"].widget = forms.HiddenInput()
        if not actor.oversees:
            del self.fields["mine"]

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [("", _("All")), *choices]

    @property
    def rows_kind(self) -> str:
        """Return what a row is: a task, or one agency's part."""
        return "parts" if self.data.get("rows") == "parts" else "tasks"

    @property
    def unseen(self) -> list[tuple[str, str]]:
        """Return what is asked without a field that shows it, as links of boards do: the value's name, and what it asks in words."""
        said: dict[str, str] = {}
        for name, words in UNSEEN.items():
            asked = self.cleaned_data.get(name)
            if asked is not None and asked is not False:
                said[name] = str(words) % {"days": asked}
        name = "state" if self.rows_kind == "parts" else "own"
        words_of = dict(getattr(self.fields[name], "choices", ()))
        if (asked := self.cleaned_data.get(name)) in words_of and asked:
            said[name] = said_of(self.fields[name].label, words_of[asked])
        return list(said.items())

    def clean_q(self) -> str:
        """Refuse words too short to find anything by."""
        words: str = self.cleaned_data["q"].strip()
        if words and any(len(word) < SHORTEST_WORD for word in words.split()):
            raise forms.ValidationError(_("Enter at least two characters of a word."))
        return words


class Filter:
    """What was asked of the ledger, as conditions on tasks and on parts; made once for a list and its number.

    Args:
        asked: the cleaned values of a `LedgerForm`; a value left out asks nothing.
    """

    def __init__(self, asked: Mapping[str, Any], *, actor: Actor, now: dt.datetime, lights: Lights) -> None:
        self.asked = {name: value for name, value in asked.items() if value is not None and value is not False and value != ""}
        self.actor, self.now, self.lights = actor, now, lights

    def parts(self) -> QuerySet[Assignment]:
        """Return the parts asked for; those of one light carry it as `severity`."""
        if "light" not in self.asked:
            return self.bare_parts()
        return self.bare_parts().annotate(severity=self.lights.severity()).filter(severity=self._severity)

    def bare_parts(self) -> QuerySet[Assignment]:
        """Return the parts asked for without their light, and whatever light was asked for; for counting."""
        seen = sight.overseen_parts if self.asked.get("scope") == "overseen" else sight.parts
        asked = self._of_tasks(PARTS) & self._of_parts(PARTS)
        return self._due(seen(self.actor, now=self.now).filter(asked, self._scope_of_parts()), self._by)

    def links(self) -> QuerySet[Participation] | None:
        """Return the link rows of the parts asked for, which are sorted and counted without the wall; what is shown is read behind it.

        Returns:
            None where the parts have to be asked: for what link rows do not know, or for those of all agencies, which the parts'
            own indexes give in order.
        """
        return self._links

    @cached_property
    def _links(self) -> QuerySet[Participation] | None:
        of_an_agency = "agency" in self.asked or self.asked.get("scope") == "own"
        if not of_an_agency or self.asked.keys() - LINKS_SAY or self.asked.get("own") == SIGNED or self.asked.get("scope") == "issued":
            return None
        overseen = self.asked.get("scope") == "overseen"
        own = self.asked.get("scope") == "own" or int(self.asked["agency"]) in self.actor.agency_ids
        seen = sight.links(self.actor, now=self.now, overseen=overseen, own=own and not overseen)
        return self._due(seen.filter(self._of_tasks(LINKS) & self._of_parts(LINKS)), self._by)

    def tasks(self) -> QuerySet[Task]:
        """Return the tasks asked for."""
        return Task.objects.filter(pk__in=self.standings().order_by().values("pk"))

    def standings(self) -> QuerySet[Standing]:
        """Return how the tasks asked for stand; what is asked of parts, the light then too, is asked of one part."""
        return self._standings

    @cached_property
    def _standings(self) -> QuerySet[Standing]:
        seen = sight.standings(self.actor, now=self.now, overseen=self.asked.get("scope") == "overseen")
        rows = self._due(seen.filter(self._of_tasks(STANDINGS)), self._by if self._dates == Dates.CURRENT else f"task__{self._by}")
        if self.asked.get("scope") == "issued":
            ties = Participation.objects.filter(tie=Tie.ISSUER, agency_id__in=self.actor.agencies_where("coordinate"))
            rows = rows.filter(pk__in=ties.values("task_id"))
        asks_of_parts = self._of_parts(PARTS)
        if not asks_of_parts:
            return rows.filter(self.lights.tasks_lit(Colour(self.asked["light"]), "")) if "light" in self.asked else rows
        parts = Assignment.objects.exclude(state__in=list(ENDED_ASSIGNMENT_STATES)).filter(asks_of_parts)
        if "light" not in self.asked:
            return rows.filter(pk__in=parts.values("task_id"))
        lit = parts.annotate(severity=self.lights.severity()).filter(severity=self._severity)
        return rows.filter(pk__in=lit.order_by().values("task_id"))

    @property
    def _severity(self) -> int:
        return SEVERITY[Colour(self.asked["light"])]

    @property
    def _dates(self) -> str:
        return Dates(self.asked.get("dates", Dates.CURRENT))

    @property
    def _by(self) -> str:
        return "due_on" if self._dates == Dates.CURRENT else "first_due_on"

    def _due(self, rows: QuerySet[Any], by: str) -> QuerySet[Any]:
        if "due_from" in self.asked:
            rows = rows.filter(**{f"{by}__gte": self.asked["due_from"]})
        return rows.filter(**{f"{by}__lte": self.asked["due_to"]}) if "due_to" in self.asked else rows

    def _scope_of_parts(self) -> Q:
        issued = self.asked.get("scope") == "issued"
        return Q(task__issuer_id__in=self.actor.agencies_where("coordinate")) if issued else Q()

    def _of_tasks(self, columns: Columns) -> Q:
        condition = Q()
        for name, field in (("plan", columns.plan), ("section", columns.section), ("state", columns.task_state)):
            if name in self.asked:
                condition &= self._choice(field, self.asked[name])
        if "mine" in self.asked and (scope := portfolio_of(self.actor)):
            condition &= scope.of_tasks(plan=columns.plan, key=columns.task)
        if words := self.asked.get("q", "").split():
            condition &= Q(**{f"{columns.task}__in": lookup.containing(kinds.TASK, words)})
        return condition

    @staticmethod
    def _choice(field: str, value: str) -> Q:
        if value == LIVE:
            return Q(**{f"{field}__in": list(LIVE_TASK_STATES)})
        if value == OUT:
            return ~Q(**{field: TaskState.DRAFT})
        return Q(**{f"{field}__isnull": True}) if value == "none" else Q(**{field: value})

    def _of_parts(self, columns: Columns) -> Q:
        condition = Q()
        for name, field in (("agency", "agency_id"), ("part", columns.part), ("own", columns.state)):
            if name in self.asked:
                condition &= PART_STATES[value](columns) if (value := self.asked[name]) in PART_STATES else Q(**{field: value})
        if self.asked.get("scope") == "own":
            condition &= Q(agency_id__in=self.actor.agency_ids)
        if "overdue" in self.asked:
            condition &= overdue(self.lights.today, self._by, columns)
        if "was" in self.asked:
            condition &= was_late(self._dates, self.lights.today)
        if "unsigned" in self.asked:
            condition &= unsigned(self.now, self.asked["unsigned"])
        if "stalled" in self.asked:
            condition &= stalled(self.now, self.asked["stalled"])
        return condition


def owed(columns: Columns = PARTS) -> Q:
    """Return the condition that an agency still has to do its part, in a task under way."""
    open_states = [AssignmentState.PENDING, AssignmentState.ACCEPTED]
    return Q(**{f"{columns.state}__in": open_states, f"{columns.task_state}__in": [TaskState.DISPATCHED, TaskState.CLOSING]})


def signed(_columns: Columns = PARTS) -> Q:
    """Return the condition that a part was signed for, which link rows do not know."""
    return Q(signed_at__isnull=False)


def done(columns: Columns = PARTS) -> Q:
    """Return the condition that a part is declared or confirmed done."""
    return Q(**{f"{columns.state}__in": [AssignmentState.DECLARED, AssignmentState.CONFIRMED]})


PART_STATES: Mapping[str, Callable[[Columns], Q]] = {OWED: owed, SIGNED: signed, DONE: done}


def overdue(today: dt.date, by: str = "due_on", columns: Columns = PARTS) -> Q:
    """Return the condition that a part is late, by the date in force or by another one, and its clock runs; the red light says the same."""
    waits = Exists(waiting_for_time().filter(assignment_id=OuterRef(columns.key)))
    return owed(columns) & Q(**{f"{by}__lt": today}) & Q(~waits)


def was_late(dates: str, today: dt.date) -> Q:
    """Return the condition that a lead's part was late once, by the date asked for; supporters report through their leads."""
    if dates == Dates.CURRENT:
        return Q(was_overdue=True)
    first = F("first_due_on")
    declared = Q(state__in=[AssignmentState.DECLARED, AssignmentState.CONFIRMED], declared_at__date__gt=first)
    closed = Q(state=AssignmentState.CONFIRMED, declared_at__isnull=True, task__closed_at__date__gt=first)
    return Q(part=Part.LEAD) & (declared | closed | overdue(today, "first_due_on") | Q(was_overdue=True, due_on__gte=first))


def unsigned(now: dt.datetime, days: int) -> Q:
    """Return the condition that a part was assigned so many days ago, or more, and has not been signed for."""
    return Q(state=AssignmentState.PENDING, task__state=TaskState.DISPATCHED, assigned_at__lt=_after_day(now, days))


def stalled(now: dt.datetime, days: int) -> Q:
    """Return the condition that a lead's part in hand has not moved for so many days; supporters report through their leads."""
    return Q(part=Part.LEAD, state=AssignmentState.ACCEPTED, task__state=TaskState.DISPATCHED, moved_at__lt=_after_day(now, days))


def _after_day(now: dt.datetime, days: int) -> dt.datetime:
    """Return the end, in Asia/Shanghai, of the day that lies so many days before a moment."""
    return dt.datetime.combine(timezone.localdate(now) - dt.timedelta(days=days - 1), dt.time(), tzinfo=SHANGHAI)


def ledger_url(**asked: object) -> str:
    """Return the address of the ledger asked this."""
    told = "&".join(f"{key}={_quoted(str(value))}" for key, value in asked.items() if value not in ("", None))
    return f"{_ledger(get_script_prefix())}?{told}"


@lru_cache(maxsize=4096)
def _quoted(value: str) -> str:
    """Return a value as it stands in an address; a board asks for the same few again and again."""
    return quote_plus(value)


@cache
def _ledger(_prefix: str) -> str:
    """Return the address of the ledger under a prefix of the site, looked up once: a board has hundreds of such addresses."""
    return reverse("ledger")


def address_without(query: QueryDict, *names: str) -> str:
    """Return the query string of an address without some of its values and without its place in the list."""
    copy = query.copy()
    for name in (*names, "after", "before"):
        copy.pop(name, None)
    return copy.urlencode()
