"""Addresses from a confirmed plan to its dispatched tasks."""

from django.urls import path

from workflow.web.dispatch import comparing, drafts, following_edition, ladder, listing, plan_page, rules, sending

urlpatterns = [
    path("plans/", listing.plans, name="plans"),
    path("plans/uploads/<int:pk>/compare/", comparing.page, name="upload-compare"),
    path("plans/uploads/<int:pk>/adopt/", comparing.adopt, name="upload-adopt"),
    path("plans/<int:pk>/", plan_page.plan, name="plan"),
    path("plans/<int:pk>/left/", following_edition.left, name="plan-left"),
    path("plans/<int:pk>/ladder/", ladder.ladder, name="plan-ladder"),
    path("plans/<int:pk>/rules/", rules.rules, name="plan-rules"),
    path("plans/<int:pk>/draw-up/", drafts.draw_up, name="plan-draw-up"),
    path("plans/<int:pk>/drafts/", drafts.show, name="plan-drafts"),
    path("plans/<int:pk>/drafts/due/", drafts.due, name="plan-due"),
    path("plans/<int:pk>/drafts/settle/", drafts.settle, name="plan-settle"),
    path("plans/<int:pk>/dispatch/", sending.send, name="plan-dispatch"),
]
