"""Realistic data by the hundred thousand, for load tests: written in batches, never held as a whole in memory."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from agencies import permissions
from agencies.models import Agency, Membership, Role, User
from measures.models import Measure, Plan, Section
from oversight.counters.upkeep import uncounted
from seeds.wording import CITIES, CITY_OFFICES, DEPARTMENTS, GIVEN_NAMES, OBJECTS, PROBLEMS, SECTIONS, STEPS, SURNAMES, VERBS
from workflow import grants
from workflow.actions.clock import last_day_to_hand_back
from workflow.models import Assignment, Event, Extension, HandBack, Participation, Report, Task
from workflow.states import AssignmentState, Part, ReportState, Rhythm, TaskState
from workflow.timeline import Verb

BATCH = 1000
TASKS_A_PLAN = 200
ISSUERS = 3
BIG_ISSUER = 0.8
"""The share of tasks that the first issuer gives out: one busy office, as in a province."""

STATES = (
    (TaskState.DISPATCHED, 70),
    (TaskState.CLOSED, 20),
    (TaskState.CLOSING, 4),
    (TaskState.SUSPENDED, 2),
    (TaskState.DRAFT, 4),
)
PART_STATES = ((AssignmentState.ACCEPTED, 70), (AssignmentState.PENDING, 18), (AssignmentState.DECLARED, 10), (AssignmentState.DISPUTED, 2))
UNSENT = (ReportState.DUE, ReportState.DRAFT)
SENT = (ReportState.SUBMITTED, ReportState.ACCEPTED, ReportState.ACCEPTED)


@dataclass
class Synthesis:
    """One run.

    Args:
        now: the moment around which everything lies.
        seed: of the dice; the same seed gives the same data.
        events: whether every assignment gets its chained records, which costs about as much as all the rest.
        say: told what has been done.
    """

    now: dt.datetime
    seed: int = 1
    events: bool = False
    say: Callable[[str], None] = print
    agencies: list[Agency] = field(default_factory=list)
    dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 - dice, not secrets
        self.today = timezone.localdate(self.now)
        self.hand_back_until = last_day_to_hand_back(self.now)

    def run(self, *, agencies: int, users: int, tasks: int) -> None:
        """Make agencies, people with their permissions, plans and tasks with everything that hangs on them.

        Args:
            agencies: how many, at least ten.
            users: how many; each agency has an officer and a reviewer as far as they go.
            tasks: how many.
        """
        self._agencies(max(agencies, 10))
        self._people(users)
        with uncounted():
            self._plans(tasks)

    def _plans(self, tasks: int) -> None:
        plan: Sequence[Measure] = ()
        for start in range(0, tasks, BATCH):
            count = min(BATCH, tasks - start)
            with transaction.atomic():
                measures = list(itertools.chain(plan, *(self._plan() for _ in range(-(-(count - len(plan)) // TASKS_A_PLAN)))))
                self._tasks(measures[:count])
                plan = measures[count:]
            self.say(f"tasks: {start + count}")

    def _agencies(self, count: int) -> None:
        offset = Agency.objects.count()
        names = itertools.islice(_agency_names(), count)
        rows = [
            Agency(name=f"{name}（{offset + n}）" if offset else name, short_name=short, position=2000 + offset + n)
            for n, (name, short) in enumerate(names)
        ]
        self.agencies = Agency.objects.bulk_create(rows, batch_size=BATCH)
        self.say(f"agencies: {len(rows)}")

    def _people(self, count: int) -> None:
        offset = User.objects.count()
        names = (self.dice.choice(SURNAMES) + self.dice.choice(GIVEN_NAMES) for _ in range(count))
        closed = make_password(None)
        people = User.objects.bulk_create(
            (User(username=f"s{offset + n}", name=name, password=closed) for n, name in enumerate(names)), batch_size=BATCH
        )
        roles = [(agency, Role.COORDINATOR) for agency in self.agencies[:ISSUERS]]
        roles += [(agency, Role.LEADER) for agency in self.agencies[:ISSUERS]]
        roles += [(agency, role) for role in (Role.OFFICER, Role.REVIEWER) for agency in self.agencies[ISSUERS:]]
        since = self.today - dt.timedelta(days=700)
        Membership.objects.bulk_create(
            (
                Membership(user=user, agency=agency, role=role, starts_on=since)
                for user, (agency, role) in zip(people, itertools.cycle(roles), strict=False)
            ),
            batch_size=BATCH,
        )  # fmt: skip
        for start in range(0, len(people), BATCH):
            permissions.rebuild(now=self.now, people={user.pk for user in people[start : start + BATCH]})
        self.say(f"people: {len(people)}")

    def _plan(self) -> list[Measure]:
        """Make a plan with sections and measures, and return the measures."""
        issuer = self.agencies[0] if self.dice.random() < BIG_ISSUER else self.agencies[self.dice.randrange(1, ISSUERS)]
        titles = [f"{self.dice.choice(VERBS)}{self.dice.choice(OBJECTS)}" for _ in range(TASKS_A_PLAN)]
        number = Plan.objects.count() + 1
        plan = Plan.objects.create(
            title=f"广东省{self.dice.choice(OBJECTS)}行动方案（{self.today.year}年第{number}号）",
            number=f"粤府函〔{self.today.year}〕{number}号",
            issuer=issuer,
            coordinator=issuer,
            issued_on=self.today - dt.timedelta(days=self.dice.randrange(30, 400)),
            text="\n".join(titles),
            sha256=f"{number:064d}",
            confirmed_at=self.now,
        )
        sections = Section.objects.bulk_create(
            Section(plan=plan, number=f"（{'一二三四五六七八'[n]}）", title=title, start=n, end=n + 1) for n, title in enumerate(SECTIONS)
        )
        return Measure.objects.bulk_create(
            Measure(
                plan=plan,
                section=sections[n * len(sections) // TASKS_A_PLAN],
                number=str(n + 1),
                title=title,
                text=f"{title}。{self.dice.choice(STEPS)}",
                start=n,
                end=n + 1,
            )
            for n, title in enumerate(titles)
        )

    def _tasks(self, measures: Sequence[Measure]) -> None:
        tasks = Task.objects.bulk_create([self._task(measure) for measure in measures])
        parts = [part for task in tasks for part in self._parts(task)]
        Assignment.objects.bulk_create(parts, batch_size=BATCH)
        links = [row for task in tasks for row in grants.link_line(task)]
        links += [grants.link_part(part) for part in parts]
        Participation.objects.bulk_create(links, batch_size=BATCH)
        self._papers(parts)
        if self.events:
            Event.append([event for part in parts for event in self._events(part)])

    def _task(self, measure: Measure) -> Task:
        state = _drawn(self.dice, STATES)
        begun = self.now - dt.timedelta(days=self.dice.randrange(5, 300), minutes=self.dice.randrange(600))
        due_on = self.today + dt.timedelta(days=self.dice.choice((-20, -5, 0, 1, 3, 7, 14, 30, 60, 90, 180)) + self.dice.randrange(5))
        is_out = state != TaskState.DRAFT
        return Task(
            plan=measure.plan,
            measure=measure,
            issuer_id=measure.plan.coordinator_id,
            number=measure.number,
            title=measure.title,
            text=measure.text,
            state=state,
            rhythm=self.dice.choice((Rhythm.MONTHLY, Rhythm.QUARTERLY)),
            due_on=due_on,
            first_due_on=due_on,
            dispatched_at=begun if is_out else None,
            moved_at=begun + (self.now - begun) * self.dice.random() if is_out else None,
            closed_at=self.now - dt.timedelta(days=1) if state == TaskState.CLOSED else None,
            percent=100 if state == TaskState.CLOSED else self.dice.randrange(0, 95) if is_out else 0,
        )

    def _parts(self, task: Task) -> Iterator[Assignment]:
        if task.dispatched_at is None:
            return
        chosen = self.dice.sample(range(ISSUERS, len(self.agencies)), k=self.dice.choice((2, 2, 3, 3, 4, 5)))
        for rank, index in enumerate(chosen):
            state = AssignmentState.CONFIRMED if task.state == TaskState.CLOSED else _drawn(self.dice, PART_STATES)
            if task.state != TaskState.DISPATCHED and state == AssignmentState.DISPUTED:
                state = AssignmentState.ACCEPTED
            signed = task.dispatched_at + dt.timedelta(hours=self.dice.randrange(2, 90))
            has_signed = state not in {AssignmentState.PENDING, AssignmentState.DISPUTED}
            yield Assignment(
                task=task,
                agency=self.agencies[index],
                part=Part.LEAD if rank == 0 or (rank == 1 and self.dice.random() < 1 / 4) else Part.SUPPORT,
                rank=rank + 1,
                state=state,
                due_on=task.due_on,
                first_due_on=task.due_on,
                assigned_at=task.dispatched_at,
                hand_back_until=self.hand_back_until,
                signed_at=signed if has_signed else None,
                declared_at=self.now - dt.timedelta(days=2) if state in {AssignmentState.DECLARED, AssignmentState.CONFIRMED} else None,
                was_overdue=self.dice.random() < 1 / 10,
                percent=task.percent if has_signed else 0,
                moved_at=max(signed, task.moved_at or signed) if has_signed else task.dispatched_at,
            )

    def _papers(self, parts: Sequence[Assignment]) -> None:
        reports = [report for part in parts if part.is_lead and part.signed_at for report in self._reports(part)]
        Report.objects.bulk_create(reports, batch_size=BATCH)
        HandBack.objects.bulk_create(self._hand_back(part) for part in parts if part.state == AssignmentState.DISPUTED)
        waiting = (part for part in parts if part.state == AssignmentState.ACCEPTED and self.dice.random() < 1 / 50)
        Extension.objects.bulk_create(self._extension(part) for part in waiting if part.due_on and part.due_on > self.today)

    def _hand_back(self, part: Assignment) -> HandBack:
        return HandBack(
            assignment=part,
            reason="该事项不属我单位“三定”职责。",
            legal_basis="“三定”规定第三条",
            raised_at=part.moved_at,
            rule_by=self.today,
        )

    def _extension(self, part: Assignment) -> Extension:
        due_on = part.due_on or self.today
        return Extension(
            assignment=part,
            due_before=due_on,
            asked_for=due_on + dt.timedelta(days=30),
            reason="项目招标流程尚未完成。",
            requested_at=self.now,
        )

    def _reports(self, part: Assignment) -> Iterator[Report]:
        for back in range(self.dice.randrange(1, 4)):
            start = (self.today.replace(day=1) - dt.timedelta(days=31 * back)).replace(day=1)
            end = (start + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
            state = self.dice.choice(SENT if back else UNSENT)
            sent = state in SENT
            yield Report(
                assignment=part,
                period_start=start,
                period_end=end,
                due_on=end + dt.timedelta(days=7),
                state=state,
                done=f"{self.dice.choice(STEPS)}" if sent else "",
                problems=self.dice.choice(PROBLEMS) if sent else "",
                percent=part.percent if sent else None,
                submitted_at=self.now - dt.timedelta(days=20 * back, hours=self.dice.randrange(100)) if sent else None,
            )

    def _events(self, part: Assignment) -> Iterator[Event]:
        agency = {"agency": part.agency, "agency_name": part.agency.name, "task": part.task, "assignment": part}
        yield Event(at=part.assigned_at, verb=Verb.ASSIGN.value, to_state="pending", **agency)
        if part.signed_at:
            yield Event(at=part.signed_at, verb=Verb.SIGN_FOR.value, from_state="pending", to_state="accepted", **agency)


def _drawn(dice: random.Random, weighted: Sequence[tuple[str, int]]) -> str:
    return dice.choices([value for value, _weight in weighted], [weight for _value, weight in weighted])[0]


def _agency_names() -> Iterator[tuple[str, str]]:
    """Give full and short names without end: the province's departments, then those of its cities, then of their districts."""
    yield "广东省人民政府办公厅", "省府办公厅"
    for name in DEPARTMENTS:
        yield f"广东省{name}", f"省{name}"
    for office, city in itertools.product(CITY_OFFICES, CITIES):
        yield f"{city}市{office}", f"{city}市{office}"
    for number, office, city in itertools.product(itertools.count(1), CITY_OFFICES, CITIES):
        yield f"{city}市第{number}区{office}", f"{city}{number}区{office}"
