"""A pair brought to its scene: who does what, each on a copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from agencies.actor import Actor
from agencies.models import Agency, Role, Succession, User
from tests.factories.directory import actor_of, make_agency, make_member, make_person
from tests.factories.scenes import Scene
from tests.workflow.races.acts import ACTS, MODELS, Sides
from tests.workflow.races.clones import Clone, Template
from tests.workflow.races.pairs import Pair
from tests.workflow.races.scenes import RACE_SCENES
from workflow.models import Assignment, Report, Task, Verification


@dataclass
class Meeting:
    """Two acts, each to be done to a copy of the scene."""

    template: Template
    acts: tuple[Callable[[Clone], object], Callable[[Clone], object]]


class Place:
    """A scene built once, with everybody who may act in it; its pairs meet there one after the other."""

    def __init__(self, subject: str, state: str) -> None:
        self.subject = subject
        self.scene: Scene = RACE_SCENES[subject][state]()
        self.row = MODELS[subject].objects.get(pk=self.scene.pk)
        stage = self.scene.stage
        lead = stage.leads[0]
        second = [make_member(stage.issuer, Role.COORDINATOR), make_member(lead.agency, Role.REVIEWER), make_member(lead.agency, Role.HEAD)]
        crews = [*stage.leads, *stage.supporters]
        helpers = [make_member(crew.agency, Role.REVIEWER) for crew in stage.supporters]
        first = [stage.coordinator, *(user for crew in crews for user in (crew.officer, crew.reviewer)), stage.leader]
        asked = [row.verifier for row in Verification.objects.filter(sign_off__task=stage.task)]
        heads = [make_member(lead.agency, Role.HEAD)]
        self.crowds = [[*first, *heads, *asked], [*second, *helpers, *reversed(first), *asked]]
        self.sides = self._sides(stage.leads[0].agency, lead.reviewer)
        self.template = Template(self._tasks())

    def _tasks(self) -> list[int]:
        """Return the tasks that are copied: the one that is raced first, then those of reports written together with its."""
        own = self._task_of(self.row)
        beside = Report.objects.filter(pk=self.sides.other_report).values_list("assignment__task_id", flat=True)
        return list(dict.fromkeys([own, *beside]))

    def _task_of(self, row: Any) -> int:
        match row:
            case Task():
                return row.pk
            case Assignment():
                return row.task_id
            case _ if hasattr(row, "task_id"):
                return int(row.task_id)
            case _:
                return int(row.assignment.task_id)

    def _sides(self, agency: Agency, officer: User) -> Sides:
        others = (
            Report.objects.filter(assignment__agency=agency).exclude(pk=self.row.pk) if self.subject == "report" else Report.objects.none()
        )
        return Sides(
            fresh_agency=make_agency().pk,
            officer=officer.pk,
            stranger=make_person("外单位").pk,
            successor=Succession.objects.filter(predecessor=agency).values_list("successor_id", flat=True).first() or 0,
            other_report=others.values_list("pk", flat=True).first() or 0,
            agency=agency.pk,
        )

    def meet(self, pair: Pair) -> Meeting:
        """Choose who acts, two different people wherever the rules allow it."""
        one = self._who(pair.first, 0, None)
        return Meeting(self.template, (self._act(pair.first, one), self._act(pair.second, self._who(pair.second, 1, one))))

    def _subject_of(self, name: str) -> Any:
        """Return the row an act is done to: the scene's own, or the part or task it belongs to."""
        subject = ACTS[name].subject
        if subject == self.subject:
            return MODELS[subject].objects.get(pk=self.row.pk)
        if subject == "assignment":
            return Assignment.objects.get(pk=self.row.assignment_id)
        return Task.objects.get(pk=self._task_of(self.row))

    def _who(self, name: str, crowd: int, other: Actor | None) -> Actor:
        row = self._subject_of(name)
        people = [*self.crowds[crowd], *self.crowds[1 - crowd]]
        able = [actor for actor in map(actor_of, people) if ACTS[name].may(actor, row)]
        assert able, f"nobody may {name}"
        return next((actor for actor in able if other is None or actor.user_id != other.user_id), able[0])

    def _act(self, name: str, actor: Actor) -> Callable[[Clone], object]:
        act, row = ACTS[name], self._subject_of(name)

        def run(clone: Clone) -> object:
            return act.run(actor, row, clone.key_of(MODELS[act.subject], row.pk), clone, self.sides)

        return run
