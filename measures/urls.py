"""Addresses of documents on their way to a plan."""

from django.urls import URLPattern, path

from measures.web import agencies, edits, outcome, review, split, uploads

urlpatterns: list[URLPattern] = [
    path("plans/upload/", uploads.upload, name="upload"),
    path("plans/uploads/<int:pk>/", review.page, name="upload-review"),
    path("plans/uploads/<int:pk>/progress/", uploads.progress, name="upload-progress"),
    path("plans/uploads/<int:pk>/file/", uploads.original, name="upload-file"),
    path("plans/uploads/<int:pk>/unlisted/", review.unlisted, name="upload-unlisted"),
    path("plans/uploads/<int:pk>/edit/", edits.edit, name="upload-edit"),
    path("plans/uploads/<int:pk>/split/", split.page, name="upload-split"),
    path("plans/uploads/<int:pk>/undo/", edits.undo, name="upload-undo"),
    path("plans/uploads/<int:pk>/confirm/", outcome.confirm, name="upload-confirm"),
    path("plans/uploads/<int:pk>/discard/", outcome.discard, name="upload-discard"),
    path("plans/agencies/", agencies.search, name="agency-options"),
]
