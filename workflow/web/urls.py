"""Addresses of the work itself."""

from django.urls import path

from workflow.web import (
    comparison_page,
    contribution_page,
    conversation,
    done,
    draw_up_page,
    following,
    handing_over,
    papers,
    rechecks,
    reorganisations,
    report_page,
    task_page,
    todo,
    work_plan_page,
)
from workflow.web.act_page import act
from workflow.web.house import calendar as house_calendar
from workflow.web.house import ladder as house_ladder

urlpatterns = [
    path("todo/", todo.todo, name="todo"),
    path("todo/count/", todo.todo_count, name="todo-count"),
    path("todo/sign-for/", todo.sign_for_many, name="todo-sign-for"),
    path("done/", done.done, name="done"),
    path("tasks/new/", draw_up_page.new, name="task-new"),
    path("tasks/<int:pk>/", task_page.task_page, name="task"),
    path("tasks/<int:pk>/people/", conversation.people, name="task-people"),
    path("tasks/<int:pk>/follow/", following.follow, {"kind": "task"}, name="task-follow"),
    path("plans/<int:pk>/follow/", following.follow, {"kind": "plan"}, name="plan-follow"),
    path("comments/<int:pk>/retract/", conversation.take_back, name="comment-retract"),
    path("following/", following.following, name="following"),
    path("tasks/<int:pk>/comparison/", comparison_page.comparison, name="comparison"),
    path("tasks/<int:pk>/edit/", draw_up_page.edit, name="task-edit"),
    path("tasks/<int:pk>/acts/<slug:name>/", act, {"kind": "task"}, name="task-act"),
    path("assignments/<int:pk>/acts/<slug:name>/", act, {"kind": "assignment"}, name="assignment-act"),
    path("reports/<int:pk>/", report_page.report_page, name="report"),
    path("reports/<int:pk>/autosave/", report_page.autosave, name="report-autosave"),
    path("reports/<int:pk>/acts/<slug:name>/", act, {"kind": "report"}, name="report-act"),
    path("contributions/<int:pk>/", contribution_page.contribution_page, name="contribution"),
    path("contributions/<int:pk>/acts/<slug:name>/", act, {"kind": "contribution"}, name="contribution-act"),
    path("work-plans/<int:pk>/", work_plan_page.work_plan_page, name="workplan"),
    path("work-plans/<int:pk>/acts/<slug:name>/", act, {"kind": "workplan"}, name="workplan-act"),
    path("work-plan-files/<int:pk>/", work_plan_page.plan_file, name="workplan-file"),
    path("answers/<int:pk>/acts/<slug:name>/", act, {"kind": "answer"}, name="answer-act"),
    path("circulars/", papers.circulars, name="circulars"),
    path("contribution-files/<int:pk>/", contribution_page.material, name="contribution-file"),
    path("papers/", papers.papers, name="papers"),
    path("papers/<int:pk>/", papers.paper, name="paper"),
    path("papers/<int:pk>/file/", papers.download, name="paper-file"),
    path("evidence/<int:pk>/", report_page.evidence, name="evidence"),
    path("people/<int:agency_id>/<int:pk>/hand-over/", handing_over.page, name="hand-over"),
    path("rechecks/", rechecks.listing, name="rechecks"),
    path("rechecks/<int:pk>/", rechecks.one, name="recheck"),
    path("reorganisations/", reorganisations.listing, name="reorganisations"),
    path("reorganisations/<int:pk>/", reorganisations.one, name="reorganisation"),
    path("house/ladder/", house_ladder.ladder, name="house-ladder"),
    path("house/calendar/", house_calendar.calendar, name="house-calendar"),
    path("agencies/suggestions/", draw_up_page.suggest, name="agency-suggestions"),
]
