"""Mixed load: many people act on the same few tasks for minutes, beside sweeps, folding, batches and reorganisations."""

from __future__ import annotations

import datetime as dt
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import OperationalError, connections

from agencies.actions.rename_agency import rename_agency
from agencies.actor import Actor
from agencies.models import Agency, Role, User
from agencies.refusals import Conflict, Refusal
from oversight.counters import account
from tests.factories.directory import NOW, make_member
from tests.factories.tasks import Stage, accepted_task
from tests.workflow.histories import rules
from tests.workflow.histories.machine import USUAL
from tests.workflow.histories.playing import MODELS
from tests.workflow.races.rounds import deadlocks
from workflow.actions.batch import press_many, sign_for_many
from workflow.actions.draw_up import PlannedReceiver, draw_up_task
from workflow.actions.hand_over import hand_over
from workflow.actions.sweep import sweep
from workflow.actions.take_over import take_over
from workflow.actions.write_report import ReportText, save_report
from workflow.catalog import CATALOG, Act, Subject
from workflow.models import Assignment, Event, Report, Task

LATER = NOW + dt.timedelta(days=1)
ELSEWHERE = {"press", "remind", "sign_for", "succeed", "waive_report", "open_report"}
"""Verbs that batches, successions, other parts and the sweep record as well."""


class Load:
    """Workers that act at random until the time is up; what they were answered is counted, what broke is kept."""

    def __init__(self, *, workers: int, seconds: float, seed: int) -> None:
        self.workers, self.seconds, self.seed = workers, seconds, seed
        self.answers: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        self.faults: list[str] = []
        self.busy = 0
        self.lock = threading.Lock()
        self.stage: Stage = accepted_task(leads=2, supporters=2)
        self.people = self._people()
        for _ in range(5):
            self._draw_up(random.Random(seed))  # noqa: S311 - play, not secrets
        self.before, self.deadlocks_before = self._verbs(), deadlocks()

    @staticmethod
    def _verbs() -> Counter[str]:
        return Counter(Event.objects.values_list("verb", flat=True))

    def miscounted(self) -> list[str]:
        """Return the acts of which there are not as many lines on record as were done, those that nothing else records."""
        also = ELSEWHERE.union(*rules.CONSEQUENCES.values(), rules.RECORDED_BY_AGENCY)
        verbs = self._verbs() - self.before
        named = {name: rules.RECORDED_AS.get(name, name) for name in CATALOG}
        return [
            f"{name} was done {self.done[name]} times and recorded {verbs[verb]} times"
            for name, verb in named.items()
            if verb not in also and self.done[name] != verbs[verb]
        ]

    def deadlocks(self) -> int:
        """Return how many deadlocks PostgreSQL broke meanwhile."""
        return deadlocks() - self.deadlocks_before

    def _people(self) -> list[User]:
        crews = [*self.stage.leads, *self.stage.supporters]
        found = [self.stage.coordinator, self.stage.leader, make_member(self.stage.issuer, Role.COORDINATOR)]
        for crew in crews:
            found += [crew.officer, crew.reviewer, make_member(crew.agency, Role.HEAD), make_member(crew.agency, Role.OFFICER)]
        return found

    def run(self) -> None:
        """Let everybody act until the time is up."""
        self.until = time.monotonic() + self.seconds
        jobs: list[Callable[[random.Random], None]] = [*([self._act] * self.workers), self._upkeep, self._people_move]
        threads = [threading.Thread(target=self._loop, args=(job, self.seed + place)) for place, job in enumerate(jobs)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=self.seconds + 120)
        assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"

    def _loop(self, job: Callable[[random.Random], None], seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 - play, not secrets
        try:
            while time.monotonic() < self.until:
                self._once(job, chance)
        finally:
            connections.close_all()

    def _once(self, job: Callable[[random.Random], None], chance: random.Random) -> None:
        try:
            job(chance)
            answer = "done"
        except Refusal as refusal:
            answer = str(refusal.status)
        except OperationalError as error:
            answer = "waited too long" if "lock timeout" in str(error) else "fault"
            if answer == "fault":
                with self.lock:
                    self.faults.append(repr(error)[:300])
        except (Task.DoesNotExist, Agency.DoesNotExist):
            answer = "gone"
        except Exception as error:  # noqa: BLE001 - whatever it is, the load tells it
            answer = "fault"
            with self.lock:
                self.faults.append(repr(error)[:300])
        with self.lock:
            self.answers[answer] += 1

    # --- What they do --------------------------------------------------------------------------------------

    def _act(self, chance: random.Random) -> None:
        subject = chance.choice(list(MODELS))
        if chance.random() < 0.02:
            self._draw_up(chance)
            return
        rows = list(MODELS[subject].objects.order_by("pk"))
        if not rows:
            return
        row = chance.choice(rows)
        usual = [name for name in USUAL.get(str(row.state), ()) if name != "terminate" and name in CATALOG]
        names = [name for name in usual if CATALOG[name].subject == subject]
        if isinstance(row, Report) and row.state in {"due", "draft", "returned"}:
            self._write(chance, row)
            return
        act = CATALOG[chance.choice(names)] if names and chance.random() < 0.8 else self._any(chance, subject)
        able = [actor for actor in map(self._actor, self.people) if act.may(actor, row)]
        actor = chance.choice(able) if able else self._actor(chance.choice(self.people))
        act.run(actor=actor, now=LATER, **{f"{subject}_id": row.pk}, version=row.version, **self._told(chance, act))
        with self.lock:
            self.done[act.name] += 1

    def _any(self, chance: random.Random, subject: Subject) -> Act:
        return chance.choice([act for act in CATALOG.values() if act.subject == subject and act.name not in {"terminate", "succeed"}])

    def _told(self, chance: random.Random, act: Act) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for field in act.fields:
            match field.kind:
                case "date":
                    told[field.name] = LATER.date() + dt.timedelta(days=chance.choice([50, 90, 150]))
                case "agency" | "successor":
                    told[field.name] = chance.choice(list(Agency.objects.order_by("pk").values_list("pk", flat=True)))
                case "officer" | "person":
                    told[field.name] = chance.choice(self.people).pk
                case "sentences":
                    told[field.name] = [0]
                case "choice":
                    told[field.name] = chance.choice(field.choices)[0]
                case _:
                    told[field.name] = "说明"
        return told

    def _write(self, chance: random.Random, report: Report) -> None:
        able = [actor for actor in map(self._actor, self.people) if actor.may("report", report.assignment.agency_id)]
        if not able:
            raise Conflict("nobody")
        actor = chance.choice(able)
        save_report(actor=actor, report_id=report.pk, text=ReportText(done="进展", percent=100), version=report.version, now=LATER)
        CATALOG["send_for_review"].run(actor=actor, report_id=report.pk, now=LATER)
        with self.lock:
            self.done["send_for_review"] += 1

    def _draw_up(self, chance: random.Random) -> None:
        if Task.objects.count() > 40:
            return
        crews = chance.sample([*self.stage.leads, *self.stage.supporters], 3)
        today = Agency.objects.filter(pk__in=[crew.agency.pk for crew in crews], ends_on__isnull=True)
        receivers = [PlannedReceiver("lead" if place == 0 else "support", agency_id=agency.pk) for place, agency in enumerate(today)]
        if receivers:
            draw_up_task(
                actor=self._actor(self.stage.coordinator), issuer_id=self.stage.issuer.pk, title="事项", text="",
                receivers=receivers, due_on=LATER.date() + dt.timedelta(days=40), now=LATER,
            )  # fmt: skip

    def _upkeep(self, chance: random.Random) -> None:
        match chance.randrange(4):
            case 0:
                sweep(LATER + dt.timedelta(days=chance.choice([0, 40])))
            case 1:
                account.fold(limit=200)
            case 2:
                parts = dict(Assignment.objects.values_list("pk", "version"))
                press_many(actor=self._actor(self.stage.coordinator), shown=parts, text="请抓紧", now=LATER)
            case _:
                crew = chance.choice([*self.stage.leads, *self.stage.supporters])
                shown = dict(Assignment.objects.filter(agency=crew.agency, state="pending").values_list("pk", "version"))
                sign_for_many(actor=self._actor(crew.officer), shown=shown, now=LATER)

    def _people_move(self, chance: random.Random) -> None:
        crew = chance.choice([*self.stage.leads, *self.stage.supporters])
        head = next(user for user in self.people if user.memberships.filter(role=Role.HEAD, agency=crew.agency).exists())
        if chance.random() < 0.9:
            hand_over(
                actor=self._actor(head), agency_id=crew.agency.pk, person_id=crew.officer.pk, officer_id=crew.reviewer.pk,
                reason="轮岗", now=LATER,
            )  # fmt: skip
            return
        ended = Agency.objects.filter(ends_on__isnull=False).order_by("?").first()
        if ended is not None:
            take_over(actor=self._actor(self.stage.coordinator), predecessor_id=ended.pk, basis="机构改革", now=LATER)
        elif chance.random() < 0.3:
            name = f"新厅{chance.random()}"
            rename_agency(
                actor=Actor.system(), now=LATER, agency=crew.agency, name=name, short_name=name, effective_on=LATER.date(), basis="改革"
            )  # fmt: skip

    def _actor(self, user: User) -> Actor:
        return Actor.load(user, now=LATER)


def recorded() -> int:
    """Count the acts on record."""
    return Event.objects.count()
