"""Addresses of the API, below `/api/v1/`."""

from __future__ import annotations

from django.urls import URLPattern, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from workflow.api import (
    agencies,
    batch,
    contributions,
    conversation,
    decisions,
    directory,
    drawing_up,
    editions,
    house,
    papers,
    plans,
    views,
)
from workflow.catalog import CATALOG

app_name = "api"

urlpatterns: list[URLPattern] = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="api:schema"), name="docs"),
    path("tasks/", views.TaskList.as_view(), name="tasks"),
    path("tasks/<int:pk>/", views.TaskDetail.as_view(), name="task"),
    path("tasks/<int:pk>/events/", views.TaskEvents.as_view(), name="events"),
    path("tasks/<int:pk>/comments/", conversation.CommentList.as_view(), name="comments"),
    path("tasks/<int:pk>/follow/", conversation.Following.as_view(), name="follow"),
    path("comments/<int:pk>/retract/", conversation.CommentRetraction.as_view(), name="comment-retract"),
    path("reports/<int:pk>/", views.ReportDetail.as_view(), name="report"),
    path("contributions/<int:pk>/", contributions.ContributionDetail.as_view(), name="contribution"),
    path("contributions/<int:pk>/files/", contributions.MaterialUpload.as_view(), name="contribution-files"),
    path("contributions/<int:pk>/files/<int:material_id>/", contributions.MaterialDetail.as_view(), name="contribution-file"),
    path("reports/<int:pk>/write-together/", contributions.WriteTogether.as_view(), name="write-together"),
    path("reports/<int:pk>/evidence/", views.EvidenceUpload.as_view(), name="evidence"),
    path("reports/<int:pk>/evidence/<int:evidence_id>/", views.EvidenceDetail.as_view(), name="evidence-file"),
    path("rechecks/", decisions.RecheckDraw.as_view(), name="rechecks"),
    path("rechecks/<int:pk>/", decisions.RecheckDetail.as_view(), name="recheck"),
    path("tasks/draw-up/", drawing_up.DrawUpTask.as_view(), name="draw-up"),
    path("tasks/<int:pk>/edit/", drawing_up.EditTask.as_view(), name="edit-task"),
    path("tasks/<int:pk>/receivers/<int:receiver_id>/settle/", drawing_up.SettleReceiver.as_view(), name="settle-receiver"),
    path("plans/<int:pk>/draw-up/", drawing_up.DrawUpPlan.as_view(), name="plan-draw-up"),
    path("plans/<int:pk>/follow/", conversation.FollowingPlan.as_view(), name="plan-follow"),
    path("plans/<int:pk>/ladder/", plans.PlanLadder.as_view(), name="plan-ladder"),
    path("uploads/<int:pk>/effects/<int:plan_id>/", editions.EditionEffects.as_view(), name="edition-effects"),
    path("uploads/<int:pk>/adopt/", editions.EditionAdoption.as_view(), name="adopt-edition"),
    path("plans/<int:pk>/left/", editions.EditionLeft.as_view(), name="edition-left"),
    path("papers/", papers.PaperList.as_view(), name="papers"),
    path("papers/<int:pk>/", papers.PaperDetail.as_view(), name="paper"),
    path("papers/<int:pk>/sign/", papers.PaperSigning.as_view(), name="paper-sign"),
    path("papers/<int:pk>/put-aside/", papers.PaperPuttingAside.as_view(), name="paper-put-aside"),
    path("plans/<int:pk>/rules/", decisions.PlanRulesView.as_view(), name="plan-rules"),
    path("house/ladder/", house.HouseLadder.as_view(), name="house-ladder"),
    path("house/calendar/", house.HouseCalendar.as_view(), name="house-calendar"),
    path("delegations/", directory.Delegations.as_view(), name="delegations"),
    path("delegations/<int:pk>/revoke/", directory.DelegationRevocation.as_view(), name="delegation-revoke"),
    path("memberships/", directory.Memberships.as_view(), name="memberships"),
    path("memberships/<int:pk>/end/", directory.MembershipEnd.as_view(), name="membership-end"),
    path("agencies/<int:pk>/rename/", directory.Rename.as_view(), name="agency-rename"),
    path("agencies/<int:pk>/merge/", directory.Merge.as_view(), name="agency-merge"),
    path("agencies/<int:pk>/split/", directory.Split.as_view(), name="agency-split"),
    path("agencies/<int:pk>/abolish/", directory.Abolish.as_view(), name="agency-abolish"),
    path("agencies/<int:pk>/take-over/", agencies.TakeOverView.as_view(), name="take-over"),
    path("agencies/<int:pk>/people/<int:person_id>/hand-over/", agencies.HandOverView.as_view(), name="hand-over"),
    path("batch/press/", batch.PressMany.as_view(), name="batch-press"),
    path("batch/remind/", batch.RemindMany.as_view(), name="batch-remind"),
    path("batch/sign_for/", batch.SignForMany.as_view(), name="batch-sign-for"),
    path("batch/dispatch/", batch.DispatchMany.as_view(), name="batch-dispatch"),
    path("batch/set_due/", batch.SetDueMany.as_view(), name="batch-set-due"),
    *(path(f"{act.subject}s/<int:pk>/{name}/", views.ACT_VIEWS[name].as_view(), name=name) for name, act in CATALOG.items()),
]
