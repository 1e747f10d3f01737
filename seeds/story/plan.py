"""The plan of the story: uploaded, reviewed, confirmed, drawn up, given dates, dispatched."""

from __future__ import annotations

import datetime as dt

from agencies.actor import Actor
from agencies.models import Agency
from measures.actions.confirm_upload import confirm_upload
from measures.actions.edit_upload import edit_upload
from measures.actions.read_upload import read_upload
from measures.actions.upload_document import upload_document
from measures.editing import SetFacts
from measures.models import Plan
from seeds.directory_files import FOLDER
from seeds.story.cast import Cast, agency_of
from seeds.story.diary import Diary
from workflow.actions.dispatch import dispatch
from workflow.actions.draw_up import draw_up_plan
from workflow.actions.plan_task import set_due
from workflow.models import Task

DOCUMENTS = FOLDER.parent / "documents"
SAMPLE = DOCUMENTS / "guangdong_capital_factor_plan.txt"
SECOND = DOCUMENTS / "demonstration_work_points.txt"
TITLE = "广东省资本要素市场化配置改革行动方案"
ISSUED_ON = "2021-12-06"
COORDINATOR = "szfb.coordinator"
ISSUER = "广东省人民政府"

UPLOADED_DAYS_AGO = 150
DISPATCHED_DAYS_AGO = 140
LATE_BATCH_DAYS_AGO = 6

DUE_IN_DAYS: dict[int, int] = {
    1: -40, 2: -60, 3: 12, 4: 7, 5: 60, 6: 90, 7: 20, 8: -18, 9: -2, 10: 16, 11: 6, 12: 25, 13: 10, 14: 120, 15: 150, 16: 200,
    17: 30, 18: 180, 19: 210, 20: 240, 21: 300,
}  # fmt: skip
"""Due dates by measure, in days from the day of telling: some have passed, some come near, some are far."""

LATE_BATCH = frozenset({18, 19, 20, 21})
"""Measures that were dispatched only last week, so that signing and handing back are still open."""


class PlanOfTheStory:
    """The sample plan and its tasks, by the number of their measure."""

    def __init__(self, cast: Cast, diary: Diary) -> None:
        self.cast = cast
        self.diary = diary
        self.plan: Plan | None = None
        self.task_ids: dict[int, int] = {}

    def coordinator(self, moment: dt.datetime) -> Actor:
        """Return who coordinates the plan."""
        return self.cast.named(COORDINATOR, moment)

    def task(self, number: int) -> Task:
        """Return the task of a measure as it stands."""
        return Task.objects.select_related("issuer").get(pk=self.task_ids[number])

    def confirm_and_dispatch(self) -> None:
        """Take the document from the file to tasks at work; the late batch follows in the diary."""
        self._confirm(self.diary.moment(UPLOADED_DAYS_AGO, 9))
        self._draw_up(self.diary.moment(UPLOADED_DAYS_AGO - 2, 10))
        first = [pk for number, pk in self.task_ids.items() if number not in LATE_BATCH]
        late = [pk for number, pk in self.task_ids.items() if number in LATE_BATCH]
        moment = self.diary.moment(DISPATCHED_DAYS_AGO, 9)
        dispatch(actor=self.coordinator(moment), task_ids=first, now=moment)
        self.diary.enter(LATE_BATCH_DAYS_AGO, 9, lambda now: dispatch(actor=self.coordinator(now), task_ids=late, now=now))

    def _confirm(self, moment: dt.datetime) -> None:
        actor = self.coordinator(moment)
        issuer = Agency.objects.get(name=ISSUER)
        uploaded = upload_document(
            actor=actor, agency_id=agency_of(COORDINATOR, moment).pk, filename=f"{TITLE}.txt", content=SAMPLE.read_bytes(), now=moment
        )
        read_upload(upload_id=uploaded.upload.pk, clock=lambda: moment)
        facts = SetFacts(TITLE, "", issuer.pk, issuer.name, ISSUED_ON, date_unknown=False, horizon="")
        edit_upload(actor=actor, upload_id=uploaded.upload.pk, edit=facts, now=moment)
        self.plan = confirm_upload(actor=actor, upload_id=uploaded.upload.pk, now=moment)

    def _draw_up(self, moment: dt.datetime) -> None:
        if self.plan is None:
            raise RuntimeError("The plan is confirmed before its tasks are drawn up.")
        actor = self.coordinator(moment)
        self.task_ids = {int(task.number): task.pk for task in draw_up_plan(actor=actor, plan_id=self.plan.pk, now=moment)}
        for number, pk in self.task_ids.items():
            due_on = self.diary.today + dt.timedelta(days=DUE_IN_DAYS[number])
            set_due(actor=actor, task_ids=[pk], due_on=due_on, now=moment)


def upload_second_document(story: PlanOfTheStory) -> None:
    """Leave a second document in review, so that the review page has something to show."""

    def upload(moment: dt.datetime) -> None:
        uploaded = upload_document(
            actor=story.coordinator(moment),
            agency_id=agency_of(COORDINATOR, moment).pk,
            filename="数字金融工作要点.txt",
            content=SECOND.read_bytes(),
            now=moment,
        )
        read_upload(upload_id=uploaded.upload.pk, clock=lambda: moment)

    story.diary.enter(1, 15, upload)
