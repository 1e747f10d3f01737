"""Doing: tasks, who has a part in them, what they report, ask for and close; and the record of every act."""

from workflow.models.assignment import Assignment, NextRung, Participation
from workflow.models.closing import CoSignature, SignOff
from workflow.models.contributions import Contribution, Material
from workflow.models.conversation import Call, Comment, Follow, Retraction, Visit
from workflow.models.decisions import Answer, DisputeMeeting, Recheck, RecheckItem, Verification
from workflow.models.ladder import CalendarDay, Firing, PlanTiming, RungSetting
from workflow.models.papers import Notice, NoticeCounter, NoticeReader
from workflow.models.record import Event, IdempotencyKey
from workflow.models.reports import Evidence, Report
from workflow.models.requests import Extension, HandBack, Instruction, Suspension
from workflow.models.rules import PlanRules, Stage
from workflow.models.task import Receiver, Task, TaskUserPermission
from workflow.models.work_plans import WorkPlan, WorkPlanFile, WorkStep

__all__ = [
    "Answer",
    "Assignment",
    "CalendarDay",
    "Call",
    "CoSignature",
    "Comment",
    "Contribution",
    "DisputeMeeting",
    "Event",
    "Evidence",
    "Extension",
    "Firing",
    "Follow",
    "HandBack",
    "IdempotencyKey",
    "Instruction",
    "Material",
    "NextRung",
    "Notice",
    "NoticeCounter",
    "NoticeReader",
    "Participation",
    "PlanRules",
    "PlanTiming",
    "Receiver",
    "Recheck",
    "RecheckItem",
    "Report",
    "Retraction",
    "RungSetting",
    "SignOff",
    "Stage",
    "Suspension",
    "Task",
    "TaskUserPermission",
    "Verification",
    "Visit",
    "WorkPlan",
    "WorkPlanFile",
    "WorkStep",
]
