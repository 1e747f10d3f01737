"""What every history has: a world of people and agencies, choosing among them, and doing something that is then looked at."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from agencies.actor import Actor
from agencies.models import Agency, Office, Role, Succession, User
from agencies.refusals import Refusal
from tests.factories.directory import NOW, make_agency, make_member, make_person
from tests.workflow.histories import rules
from workflow.catalog import Act, Subject
from workflow.models import Answer, Assignment, Contribution, Event, Report, Task, WorkPlan

SYSTEM = Actor.system()
MODELS: dict[Subject, Any] = {
    Subject.TASK: Task,
    Subject.ASSIGNMENT: Assignment,
    Subject.REPORT: Report,
    Subject.CONTRIBUTION: Contribution,
    Subject.ANSWER: Answer,
    Subject.WORKPLAN: WorkPlan,
}
MOST_TASKS, MOST_AGENCIES = 4, 9


@dataclass
class World:
    """The people and agencies of a history."""

    issuer: Agency
    agencies: list[Agency]
    people: list[User]
    made: Counter[str] = field(default_factory=Counter)


def build_world() -> World:
    """Make an issuer with two coordinators and a leader, four agencies with their people, an outsider and the three offices."""
    issuer = make_agency("省办公厅")
    agencies = [make_agency() for _ in range(4)]
    people = [make_member(issuer, Role.COORDINATOR), make_member(issuer, Role.COORDINATOR), make_member(issuer, Role.LEADER)]
    for agency in agencies:
        people += [make_member(agency, role) for role in (Role.OFFICER, Role.OFFICER, Role.REVIEWER, Role.HEAD)]
    people += [make_person(office=office) for office in Office]
    people.append(make_member(make_agency(), Role.REVIEWER))
    return World(issuer, agencies, people)


class Playing(RuleBasedStateMachine):
    """One history in one world: choosing who does what, doing it, and looking at what is on record."""

    world: ClassVar[World]
    totals: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.now = NOW
        self.events = Event.objects.count()
        self.states = rules.states()
        self.agencies = list(self.world.agencies)
        self.new = 0

    def teardown(self) -> None:
        """Forget the history."""
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    # --- Choosing -------------------------------------------------------------------------------------

    def actor(self, user: User) -> Actor:
        """Return a person as an actor of this moment."""
        return Actor.load(User.objects.get(pk=user.pk), now=self.now)

    def pick(self, data: st.DataObject, rows: list[Any], label: str) -> Any:
        """Choose one, by its place: keys differ from run to run."""
        return rows[data.draw(st.integers(0, len(rows) - 1), label=label)]

    def able(self, data: st.DataObject, act: Act, row: Any) -> Actor:
        """Choose somebody who may do it, where there is anybody."""
        people = [actor for actor in (self.actor(user) for user in self.world.people) if act.may(actor, row)]
        return self.pick(data, people, "able") if people else self.actor(self.pick(data, self.world.people, "person"))

    def values(self, data: st.DataObject, act: Act, row: Any) -> dict[str, Any]:
        """Choose what an act is told."""
        told: dict[str, Any] = {}
        for asked in act.fields:
            match asked.kind:
                case "date":
                    told[asked.name] = self.now.date() + dt.timedelta(days=data.draw(st.sampled_from([40, 80, 160]), label="days"))
                case "agency":
                    told[asked.name] = self.pick(data, self.agencies, "agency").pk
                case "officer" | "person":
                    told[asked.name] = self.pick(data, self.world.people, "officer").pk
                case "successor":
                    heirs = Succession.objects.filter(predecessor=getattr(row, "agency_id", None)).order_by("pk")
                    told[asked.name] = heirs[0].successor_id if heirs else self.agencies[0].pk
                case "sentences":
                    told[asked.name] = [data.draw(st.integers(0, 2), label="sentence")]
                case "choice":
                    told[asked.name] = self.pick(data, [value for value, _label in asked.choices], "choice")
                case _:
                    told[asked.name] = "说明"
        return told

    def task_of(self, row: Any) -> int:
        """Return the task that something belongs to."""
        match row:
            case Task():
                return row.pk
            case Assignment():
                return row.task_id
            case _:
                return int(row.assignment.task_id)

    # --- Doing ----------------------------------------------------------------------------------------

    def do(self, name: str, run: Callable[[], object]) -> int:
        """Do something; refused it has changed nothing, accepted it is on record. Returns the status."""
        before = self.states
        try:
            with transaction.atomic():
                run()
            status = 200
        except Refusal as refusal:
            status = refusal.status
        added = Event.objects.count() - self.events
        self.states = rules.states()
        self.events += added
        self.totals[f"{name} {status}"] += 1
        if status != 200:
            assert added == 0, f"{name} was refused and left {added} events"
            assert self.states == before, f"{name} was refused and changed something"
        assert rules.illegal(before, self.states) == []
        return status

    def recorded(self, name: str, count: int) -> None:
        """Look whether the last events are one of the act itself, and else only what it brings about."""
        verb = rules.RECORDED_AS.get(name, name)
        verbs = Counter(Event.objects.order_by("-sequence").values_list("verb", flat=True)[:count])
        assert verbs, f"{name} is not on record"
        assert verbs[verb] == 1 or (verbs[verb] > 1 and name in rules.RECORDED_BY_AGENCY), (name, verbs)
        assert set(verbs) <= {verb} | rules.CONSEQUENCES.get(name, set()), (name, verbs)
