"""An uploaded document on its way to a plan: the file, what was read of it, and the corrections of the person who reviews it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from agencies.models import Agency, User


class Upload(models.Model):
    """One uploaded file.

    `reading` is what the reader made of the file and is never changed afterwards; `edits` is the list of corrections, applied
    in order to give what the reviewer sees, so that undoing one is dropping the last.
    """

    class State(models.TextChoices):
        """How far the document has come."""

        WAITING = "waiting", _("Waiting to be read")
        READ = "read", _("In review")
        FAILED = "failed", _("Could not be read")
        CONFIRMED = "confirmed", _("Confirmed")
        DISCARDED = "discarded", _("Discarded")

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="uploads", verbose_name=_("coordinating agency"))
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="uploads", verbose_name=_("uploaded by"))
    uploaded_at = models.DateTimeField(_("uploaded at"))
    file = models.FileField(_("file"), upload_to="uploads/%Y/%m/")
    filename = models.CharField(_("file name"), max_length=255)
    file_sha256 = models.CharField("SHA-256", max_length=64)
    state = FSMField(_("state"), choices=State.choices, default=State.WAITING, protected=True)
    progress = models.PositiveSmallIntegerField(_("progress"), default=0)
    refusal = models.TextField(_("why it could not be read"), blank=True)
    text = models.TextField(_("text"), blank=True)
    reading = models.JSONField(_("reading"), default=dict)
    edits = models.JSONField(_("corrections"), default=list)
    version = models.PositiveIntegerField(_("version"), default=1)
    plan = models.ForeignKey("measures.Plan", models.PROTECT, null=True, blank=True, related_name="uploads", verbose_name=_("plan"))

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return self.filename

    @transition(field=state, source=[State.WAITING, State.FAILED], target=State.READ)
    def read(self, text: str, reading: dict[str, object]) -> None:
        """Keep what the reader made of the file."""
        self.text, self.reading, self.refusal, self.progress = text, reading, "", 100

    @transition(field=state, source=State.WAITING, target=State.FAILED)
    def fail(self, refusal: str) -> None:
        """Keep why the file could not be read."""
        self.refusal = refusal

    @transition(field=state, source=State.READ, target=State.CONFIRMED)
    def confirm(self, plan: models.Model) -> None:
        """Remember the plan that the document has become."""
        self.plan = plan  # type: ignore[assignment]

    @transition(field=state, source=[State.WAITING, State.READ, State.FAILED], target=State.DISCARDED)
    def discard(self) -> None:
        """Put the document aside."""
