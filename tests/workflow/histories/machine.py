"""The machine that plays histories: people of every role do any act at any moment, sensible or not."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from agencies.models import Membership
from tests.workflow.histories import rules
from tests.workflow.histories.elsewhere import Elsewhere
from tests.workflow.histories.playing import MODELS, MOST_TASKS, World, build_world
from workflow.actions.batch import press_many, remind_many, sign_for_many
from workflow.actions.draw_up import PlannedReceiver, draw_up_task
from workflow.actions.write_contribution import save_contribution
from workflow.actions.write_report import ReportText, save_report
from workflow.actions.write_work_plan import Step, save_work_plan
from workflow.catalog import CATALOG, Subject
from workflow.models import Assignment, Contribution, Event, Report, Task, WorkPlan
from workflow.states import Rhythm

USUAL: dict[str, tuple[str, ...]] = {
    "draft": ("dispatch", "set_due", "split_task"),
    "dispatched": ("add_assignment", "suspend", "instruct", "revise", "move_due", "terminate"),
    "closing": ("sign_off", "return_sign_off", "submit_sign_off"),
    "suspended": ("resume", "terminate"),
    "closed": ("reopen",),
    "pending": ("sign_for", "sign_for", "hand_back", "pass_on", "press"),
    "accepted": (
        "ask_for_report", "declare_done", "declare_done", "request_extension", "grant_extension", "refuse_extension", "hand_back",
        "withdraw_extension", "co_sign", "change_part", "withdraw_assignment", "begin_work_plan", "begin_work_plan",
    ),
    "declared": ("request_sign_off", "request_sign_off", "co_sign", "withdraw_sign_off"),
    "disputed": ("uphold", "reroute", "withdraw_hand_back"),
    "due": ("save",), "returned": ("save", "waive_report", "waive_contribution", "give_answer"),
    "agency_review": ("submit_report", "submit_report", "send_back", "send_contribution", "send_contribution", "send_back_contribution",
                      "file_work_plan", "file_work_plan", "send_back_work_plan"),
    "asked": ("save", "save", "waive_contribution"), "sent": ("return_contribution",),
    "owed": ("give_answer",), "given": ("close_answer", "return_answer"),
    "submitted": ("accept_report", "accept_report", "return_report"),
}  # fmt: skip
"""What people usually do next; half of the time somebody does that, else anything."""

OF_ANY_VERSION = {"comment", "note"}
"""What changes nothing about the task (`workflow/actions/comment.py`): no page is too old for it."""


__all__ = ["USUAL", "History", "World", "build_world"]


class History(Elsewhere):
    """Plays one history; after every step it looks whether everything holds that must."""

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """Begin with one task, dispatched and signed for."""
        coordinator = self.actor(self.world.people[0])
        self.draw_up(data)
        task = Task.objects.latest("pk")
        assert self.do("dispatch", lambda: CATALOG["dispatch"].run(actor=coordinator, task_id=task.pk, now=self.now)) == 200
        for part in task.assignments.order_by("pk"):
            signer = next(actor for actor in (self.actor(user) for user in self.world.people) if actor.may("sign_for", part.agency_id))
            assert self.do("sign_for", lambda a=signer, p=part: CATALOG["sign_for"].run(actor=a, assignment_id=p.pk, now=self.now)) == 200  # type: ignore[misc]

    @rule(data=st.data())
    def draw_up(self, data: st.DataObject) -> None:
        """A coordinator draws a task up."""
        if Task.objects.count() >= MOST_TASKS:
            return
        leads = data.draw(st.integers(1, 2), label="leads")
        chosen = self.agencies[-3:]
        receivers = [PlannedReceiver("lead" if place < leads else "support", agency_id=agency.pk) for place, agency in enumerate(chosen)]
        issuer = Membership.objects.filter(user=self.world.people[0]).latest("pk").agency
        rhythm = data.draw(st.sampled_from([Rhythm.NONE, Rhythm.MONTHLY]), label="rhythm")
        self.do(
            "draw_up",
            lambda: draw_up_task(
                actor=self.actor(self.world.people[0]), issuer_id=issuer.pk, title="事项", text="建设园区。引进项目。", receivers=receivers,
                due_on=self.now.date() + dt.timedelta(days=60), rhythm=rhythm, now=self.now,
            ),
        )  # fmt: skip

    @rule(data=st.data(), subject=st.sampled_from(list(MODELS)), usual=st.booleans())
    def act(self, data: st.DataObject, subject: Subject, usual: bool) -> None:
        """Somebody does something of the catalog; the button and the answer agree."""
        rows = list(MODELS[subject].objects.order_by("pk"))
        if not rows:
            return
        row = self.pick(data, rows, "row")
        written = subject in {Subject.REPORT, Subject.CONTRIBUTION}
        likely = [name for name in USUAL.get(str(row.state), ()) if (written if name == "save" else CATALOG[name].subject == subject)]
        names = sorted(name for name, act in CATALOG.items() if act.subject == subject)
        name = self.pick(data, likely if usual and likely else names, "act")
        if subject == Subject.WORKPLAN and row.state == "draft" and usual:
            self.plan(data, row)
            return
        if subject == Subject.CONTRIBUTION and (name == "save" or (row.state == "draft" and usual)):
            self.contribute(data, row)
            return
        if name == "save" or (subject == Subject.REPORT and row.state == "draft" and usual and not row.done):
            self.write(data, row)
            return
        act = CATALOG[name]
        person = self.able(data, act, row) if usual else self.actor(self.pick(data, self.world.people, "person"))
        told = self.values(data, act, row)
        offered = bool(act.offer(person, row, now=self.now))
        before = self.events
        stale = data.draw(st.integers(0, 9), label="stale") == 0
        version = row.version - 1 if stale else row.version
        status = self.do(
            name, lambda: act.run(actor=person, now=self.now, **{f"{subject}_id": row.pk}, version=version, **told)
        )  # fmt: skip
        if status == 200:
            assert offered or name == "succeed", f"{name} was refused on the button and done"
            assert not stale or name in OF_ANY_VERSION, f"{name} was done from a stale page"
            self.recorded(name, self.events - before)
        elif offered and not stale:
            assert status in {400, 404}, f"{name} was offered and answered {status}"
        if not Task.objects.visible_to(person, now=self.now).filter(pk=self.task_of(row)).exists():
            assert status in {200, 404}, f"{name} on an unseen task answered {status}"

    def write(self, data: st.DataObject, report: Report) -> None:
        """An officer writes into a report."""
        people = [actor for actor in (self.actor(user) for user in self.world.people) if actor.may("report", report.assignment.agency_id)]
        if not people:
            return
        person = self.pick(data, people, "writer")
        text = ReportText(done="进展", percent=data.draw(st.sampled_from([20, 60, 100]), label="percent"))
        if self.do("save_report", lambda: save_report(actor=person, report_id=report.pk, text=text, now=self.now)) == 200:
            act = CATALOG["send_for_review"]
            self.do("send_for_review", lambda: act.run(actor=person, report_id=report.pk, now=self.now))

    def contribute(self, data: st.DataObject, row: Contribution) -> None:
        """An officer of a supporter writes what it contributes, and sends it for review."""
        people = [actor for actor in (self.actor(user) for user in self.world.people) if actor.may("report", row.assignment.agency_id)]
        if not people:
            return
        person = self.pick(data, people, "writer")
        told = {"actor": person, "contribution_id": row.pk, "now": self.now}
        if self.do("save_contribution", lambda: save_contribution(**told, text="材料")) == 200:
            act = CATALOG["send_contribution_for_review"]
            self.do("send_contribution_for_review", lambda: act.run(**told))

    def plan(self, data: st.DataObject, row: WorkPlan) -> None:
        """An officer of a lead writes its plan, in time or not, and sends it for review."""
        people = [actor for actor in (self.actor(user) for user in self.world.people) if actor.may("report", row.assignment.agency_id)]
        if not people:
            return
        told = {"actor": self.pick(data, people, "writer"), "workplan_id": row.pk, "now": self.now}
        day = self.now.date() + dt.timedelta(days=data.draw(st.sampled_from([10, 30, 90]), label="day of the step"))
        if self.do("save_work_plan", lambda: save_work_plan(**told, text="方案", steps=[Step(day, "推进", "规划处")])) == 200:
            act = CATALOG["send_work_plan_for_review"]
            self.do("send_work_plan_for_review", lambda: act.run(**told))

    @rule(data=st.data())
    def forward(self, data: st.DataObject) -> None:
        """A task comes a step nearer to its end, by whoever may."""
        tasks = list(Task.objects.exclude(state="terminated").order_by("pk"))
        if not tasks:
            return
        task = self.pick(data, tasks, "task")
        match str(task.state):
            case "draft":
                self.usually(data, "dispatch", task)
            case "dispatched":
                self.forward_part(data, task)
            case "closing":
                for part in task.assignments.filter(co_signatures__verdict="waiting", co_signatures__sign_off__state="collecting"):
                    self.usually(data, "co_sign", part)
                self.usually(data, data.draw(st.sampled_from(["sign_off", "sign_off", "return_sign_off"]), label="decision"), task)
            case "suspended":
                self.usually(data, "resume", task)
            case _:
                self.usually(data, "reopen", task)

    @rule(data=st.data())
    def far_forward(self, data: st.DataObject) -> None:
        """Several steps of one task."""
        for _step in range(3):
            self.forward(data)

    def forward_part(self, data: st.DataObject, task: Task) -> None:
        """The lead that has come least far does what is next."""
        leads = list(task.assignments.filter(part="lead", state__in=["pending", "disputed", "accepted", "declared"]).order_by("pk"))
        waiting = [part for part in leads if part.state != "declared"]
        if not waiting:
            self.usually(data, "request_sign_off", leads[0])
            return
        part = waiting[0]
        if part.state == "pending":
            self.usually(data, "sign_for", part)
        elif part.state == "disputed":
            self.usually(data, data.draw(st.sampled_from(["uphold", "reroute"]), label="ruling"), part)
        else:
            self.usually(data, "ask_for_report", part)
            for report in part.reports.exclude(state__in=["accepted", "waived"]).order_by("pk"):
                self.write(data, report)
                self.usually(data, "submit_report", Report.objects.get(pk=report.pk))
                self.usually(data, "accept_report", Report.objects.get(pk=report.pk))
            if part.extensions.filter(state="requested").exists():
                self.usually(data, "grant_extension", part)
            self.usually(data, "declare_done", part)

    def usually(self, data: st.DataObject, name: str, row: Any) -> int:
        """Have an act done by somebody who may, as the row stands."""
        act, fresh = CATALOG[name], type(row).objects.get(pk=row.pk)
        person, told = self.able(data, act, fresh), self.values(data, act, fresh)
        offered = bool(act.offer(person, fresh, now=self.now))
        before = self.events
        subject = {Task: "task", Assignment: "assignment", Report: "report"}[type(fresh)]
        status = self.do(name, lambda: act.run(actor=person, now=self.now, **{f"{subject}_id": fresh.pk}, **told))
        if status == 200:
            assert offered, f"{name} was refused on the button and done"
            self.recorded(name, self.events - before)
        elif offered:
            assert status in {400, 404}, f"{name} was offered and answered {status}"
        return status

    @rule(data=st.data(), kind=st.sampled_from(["press", "remind", "sign_for"]))
    def batch(self, data: st.DataObject, kind: str) -> None:
        """Somebody acts on many at once; as many events as rows were done."""
        parts = list(Assignment.objects.order_by("pk"))
        if not parts:
            return
        person = self.actor(self.pick(data, self.world.people, "person"))
        shown = {part.pk: part.version if data.draw(st.booleans(), label="fresh") else part.version - 1 for part in parts}
        before, done = self.events, list[Any]()

        def run() -> None:
            match kind:
                case "press":
                    done.extend(press_many(actor=person, shown=shown, text="请抓紧", now=self.now))
                case "remind":
                    done.extend(remind_many(actor=person, shown=shown, text="", now=self.now))
                case _:
                    done.extend(sign_for_many(actor=person, shown=shown, now=self.now))

        if self.do(f"{kind} many", run) == 200:
            assert sum(row.is_done for row in done) == self.events - before
            assert len(done) == len(parts)

    @invariant()
    def everything_holds(self) -> None:
        """Look at everything that must hold at any moment."""
        found = [*rules.broken(), *rules.permissions_differ(self.now)]
        assert not found, found
        assert Event.objects.count() == self.events, "an event came or went beside the acts"
