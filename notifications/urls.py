"""Addresses of the notices."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from notifications.web import views

app_name = "notifications"

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("read/", views.mark_all_read, name="read-all"),
    path("<int:pk>/", views.open_item, name="open"),
    path("unread/", views.unread_count, name="unread"),
    path("preferences/", views.preferences, name="preferences"),
    path("unsubscribe/<str:token>/", login_not_required(views.unsubscribe), name="unsubscribe"),
]
