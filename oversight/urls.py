"""Addresses of the pages of this room."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from oversight.views import boards, cockpit, ledger, planning, press, probes, sheet, workbench

urlpatterns = [
    path("healthz/", login_not_required(probes.healthz), name="healthz"),
    path("metrics/", login_not_required(probes.metrics), name="metrics"),
    path("workbench/", workbench.show, name="workbench"),
    path("cockpit/", cockpit.cockpit, name="cockpit"),
    path("cockpit/briefing/", cockpit.briefing, name="briefing"),
    path("cockpit/charges/", cockpit.take_charge, name="charges"),
    path("cockpit/charges/<int:pk>/drop/", cockpit.drop_charge, name="charge-drop"),
    path("targets/<int:pk>/", cockpit.target, name="target"),
    path("targets/<int:pk>/values/", cockpit.report_value, name="target-report"),
    path("command/", boards.command, name="command"),
    path("command/next/<slug:queue>/", boards.next_decision, name="command-next"),
    path("statistics/", boards.statistics, name="statistics"),
    path("calendar/", planning.month, name="calendar"),
    path("plans/<int:pk>/gantt/", planning.plan_chart, name="plan-gantt"),
    path("search/", boards.find, name="search"),
    path("ledger/", ledger.show, name="ledger"),
    path("ledger/press/", press.ask, {"kind": "press"}, name="ledger-press"),
    path("ledger/press/send/", press.send, {"kind": "press"}, name="ledger-press-send"),
    path("ledger/remind/", press.ask, {"kind": "remind"}, name="ledger-remind"),
    path("ledger/remind/send/", press.send, {"kind": "remind"}, name="ledger-remind-send"),
    path("ledger/export/", ledger.download, name="ledger-export"),
    path("ledger/sheet/", sheet.download, name="ledger-sheet"),
    path("ledger/import/", sheet.take, name="ledger-import"),
    path("ledger/import/<int:pk>/", sheet.show, name="ledger-import-show"),
    path("ledger/views/", ledger.save_view, name="ledger-save-view"),
    path("ledger/views/<int:pk>/delete/", ledger.drop_view, name="ledger-drop-view"),
]
