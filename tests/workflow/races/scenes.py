"""Scenes that only races need, beside those of the truth table: each act of the catalog succeeds in one of them."""

from __future__ import annotations

from collections.abc import Callable

from agencies.actions.rename_agency import rename_agency
from agencies.actor import Actor
from agencies.models import Role
from tests.factories.directory import NOW, TODAY, make_agency, make_member, make_person
from tests.factories.scenes import SCENES, Scene, closed, closing_reviewed
from tests.factories.tasks import accepted_task
from tests.workflow.actions.test_joint_reports import two_tasks
from workflow.actions.comment import comment
from workflow.actions.draw_up import PlannedReceiver, draw_up_task
from workflow.actions.recheck import draw_recheck
from workflow.actions.verify import ask_verifier
from workflow.actions.write_report import ReportText, save_report


def _verifying() -> Scene:
    stage = closing_reviewed()
    ask_verifier(actor=stage.coordinator_actor, task_id=stage.task.pk, verifier_id=make_person("核查人").pk, now=NOW)
    return Scene(stage, stage.task.pk)


def _drawn() -> Scene:
    stage = closed()
    draw_recheck(
        actor=stage.coordinator_actor, agency_id=stage.issuer.pk, title="回头看", closed_from=TODAY, closed_to=TODAY, size=3, now=NOW
    )  # fmt: skip
    return Scene(stage, stage.task.pk)


def _below() -> Scene:
    """A task that came of another one: the lead's own coordinator gave it to a department."""
    stage = accepted_task(leads=2)
    above, agency = stage.task, stage.leads[0].agency
    own = make_member(agency, Role.COORDINATOR)
    stage.task = draw_up_task(
        actor=Actor.load(own, now=NOW), issuer_id=agency.pk, title="分解事项", text="", due_on=TODAY, now=NOW, parent_id=above.pk,
        receivers=[PlannedReceiver("lead", agency_id=make_agency().pk)],
    )  # fmt: skip
    stage.issuer, stage.coordinator = agency, own
    return Scene(stage, stage.task.pk)


def _succeeded() -> Scene:
    """The lead's agency goes on under another name from today."""
    stage = accepted_task(leads=2)
    agency = stage.leads[0].agency
    part = stage.part_of(stage.leads[0])
    rename_agency(actor=Actor.system(), now=NOW, agency=agency, name="改革后单位", short_name="改革后", effective_on=TODAY, basis="改革")
    return Scene(stage, part.pk)


def _joint() -> Scene:
    stage, crew, main, _other = two_tasks()
    save_report(actor=crew.officer_actor, report_id=main.pk, text=ReportText(done="一份材料", percent=40), now=NOW)
    stage.supporters = [crew]
    return Scene(stage, main.pk)


def _said() -> Scene:
    stage = accepted_task(leads=2)
    row = comment(actor=stage.leads[0].officer_actor, task_id=stage.task.pk, text="说一句", now=NOW)
    return Scene(stage, row.pk)


OWN: dict[str, dict[str, Callable[[], Scene]]] = {
    "task": {"verifying": _verifying, "drawn": _drawn, "below": _below},
    "assignment": {"succeeded": _succeeded},
    "report": {"joint": _joint},
    "comment": {"said": _said},
}
"""Scenes that the truth table does not have."""

RACE_SCENES: dict[str, dict[str, Callable[[], Scene]]] = {str(subject): dict(scenes) for subject, scenes in SCENES.items()}
"""All scenes, by subject and state."""
for _subject, _scenes in OWN.items():
    RACE_SCENES.setdefault(_subject, {}).update(_scenes)
