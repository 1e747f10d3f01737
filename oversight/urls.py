"""Addresses of the pages of this room."""

from django.urls import path

from oversight.views import ledger, press, workbench

urlpatterns = [
    path("workbench/", workbench.show, name="workbench"),
    path("ledger/", ledger.show, name="ledger"),
    path("ledger/press/", press.ask, name="ledger-press"),
    path("ledger/press/send/", press.send, name="ledger-press-send"),
    path("ledger/export/", ledger.download, name="ledger-export"),
    path("ledger/views/", ledger.save_view, name="ledger-save-view"),
    path("ledger/views/<int:pk>/delete/", ledger.drop_view, name="ledger-drop-view"),
]
