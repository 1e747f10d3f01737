"""The only rows this room writes: views of the ledger that people keep."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User


class SavedView(models.Model):
    """Filters and columns of the ledger under a name 常用视图, one person's, or shared inside an agency."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_views", verbose_name=_("owner"))
    agency = models.ForeignKey(
        Agency, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("shared inside"),
    )  # fmt: skip
    name = models.CharField(_("name"), max_length=40)
    query = models.TextField(_("query"), blank=True)
    saved_at = models.DateTimeField(_("saved at"))

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="oversight_view_name_once",
                violation_error_message=_("You have a view of this name already."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="oversight_view_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
