"""Addresses of the pages about people."""

from django.urls import path

from agencies.web import views

urlpatterns = [
    path("delegations/", views.delegations, name="delegations"),
    path("delegations/<int:pk>/revoke/", views.revoke, name="delegation-revoke"),
    path("people/", views.people, name="people"),
    path("people/<int:pk>/end/", views.end, name="membership-end"),
]
