"""Agencies 单位, the groups that documents name, their names through time and their successions."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


def in_force(on: dt.date, prefix: str = "") -> Q:
    """Return the condition that a dated row is in force on a day.

    Args:
        on: the day, in Asia/Shanghai.
        prefix: path to the row, with its trailing double underscore.
    """
    return Q(**{f"{prefix}starts_on__lte": on}) & (Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gte": on}))


class Dated(models.Model):
    """A row in force from a day to a day, both included; without an end it lasts."""

    starts_on = models.DateField(_("from"), default=dt.date(1949, 10, 1))
    ends_on = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="%(app_label)s_%(class)s_ends_after_start",
                violation_error_message=_("The last day lies before the first."),
            )
        ]

    def is_in_force(self, on: dt.date) -> bool:
        """Tell whether the row is in force on a day."""
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)


class Agency(Dated):
    """An organisation 单位, as it was named in its time; a renamed one is a new row with a succession between them."""

    class Kind(models.TextChoices):
        """What sort of organisation it is."""

        GOVERNMENT = "government", _("Local government")
        DEPARTMENT = "department", _("Department of a local government")
        PARTY = "party", _("Party body")
        CENTRAL_OFFICE = "central_office", _("Local office of a central body")
        CENTRAL = "central", _("Central body")
        PUBLIC_BODY = "public_body", _("Public institution")
        ENTERPRISE = "enterprise", _("Enterprise or exchange")

    name = models.CharField(_("name"), max_length=120)
    short_name = models.CharField(_("short name"), max_length=60, help_text=_("As documents usually write it."))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.DEPARTMENT)
    region = models.CharField(_("region"), max_length=6, blank=True, help_text=_("Code of GB/T 2260."))
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("superior"))
    position = models.PositiveIntegerField(
        _("position"), default=1000, help_text=_("Order in lists, by the official sequence of agencies.")
    )

    class Meta(Dated.Meta):
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["position", "pk"]
        permissions = [
            ("sign_for", _("Sign for tasks of this agency")),
            ("report", _("Prepare reports of this agency")),
            ("review", _("Release reports of this agency")),
            ("coordinate", _("Coordinate what this agency issued")),
            ("lead_view", _("See everything this agency issued")),
            ("instruct", _("Write instructions on what this agency issued")),
            ("administer", _("Administer people of this agency")),
        ]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["name", "starts_on"],
                name="agencies_agency_unique_name",
                violation_error_message=_("An agency of this name exists already."),
            ),
        ]

    def __str__(self) -> str:
        return self.short_name


class AgencyGroup(models.Model):
    """An open set that documents name 单位群组 (各地级以上市政府); its members are dated."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    region = models.CharField(_("region"), max_length=6, blank=True, help_text=_("Code of GB/T 2260."))
    members: models.ManyToManyField[Agency, GroupMember] = models.ManyToManyField(
        Agency, through="GroupMember", related_name="groups", verbose_name=_("members")
    )

    class Meta:
        verbose_name = _("agency group")
        verbose_name_plural = _("agency groups")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def members_on(self, on: dt.date) -> models.QuerySet[Agency]:
        """Return the agencies that belong to the group on a day, in the order of the directory."""
        return Agency.objects.filter(in_force(on), in_force(on, "group_memberships__"), group_memberships__group=self).distinct()


class GroupMember(Dated):
    """An agency in a group, from a day to a day."""

    group = models.ForeignKey(AgencyGroup, models.CASCADE, related_name="member_rows", verbose_name=_("group"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="group_memberships", verbose_name=_("agency"))

    class Meta(Dated.Meta):
        verbose_name = _("group member")
        verbose_name_plural = _("group members")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["group", "agency", "starts_on"], name="agencies_groupmember_once"),
        ]

    def __str__(self) -> str:
        return f"{self.group} · {self.agency}"


class Alias(Dated):
    """Another name of an agency or of a group: an abbreviation, an older name, a spelling learned from a document."""

    class Source(models.TextChoices):
        """Where the name comes from."""

        OFFICIAL = "official", _("Official abbreviation")
        CUSTOMARY = "customary", _("Customary abbreviation")
        LEARNED = "learned", _("Learned from a document")

    name = models.CharField(_("name"), max_length=120, db_index=True)
    agency = models.ForeignKey(Agency, models.CASCADE, null=True, blank=True, related_name="aliases", verbose_name=_("agency"))
    group = models.ForeignKey(AgencyGroup, models.CASCADE, null=True, blank=True, related_name="aliases", verbose_name=_("group"))
    source = models.CharField(_("source"), max_length=12, choices=Source, default=Source.OFFICIAL)
    taught_by = models.ForeignKey("User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taught by"))

    class Meta(Dated.Meta):
        verbose_name = _("alias")
        verbose_name_plural = _("aliases")
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(agency__isnull=False, group__isnull=True) | Q(agency__isnull=True, group__isnull=False),
                name="agencies_alias_names_one",
                violation_error_message=_("An alias names either an agency or a group."),
            ),
            models.UniqueConstraint(fields=["name", "agency"], name="agencies_alias_once_an_agency"),
            models.UniqueConstraint(fields=["name", "group"], name="agencies_alias_once_a_group"),
        ]

    def __str__(self) -> str:
        return self.name


class Succession(models.Model):
    """One agency follows another on a day: renamed, merged, split or abolished, with the paper that ordered it."""

    class Kind(models.TextChoices):
        """How the successor came about."""

        RENAME = "rename", _("Renamed")
        MERGE = "merge", _("Merged")
        SPLIT = "split", _("Split")
        ABOLISH = "abolish", _("Abolished, duties taken over")

    predecessor = models.ForeignKey(Agency, models.PROTECT, related_name="successions", verbose_name=_("predecessor"))
    successor = models.ForeignKey(Agency, models.PROTECT, related_name="inheritances", verbose_name=_("successor"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.RENAME)
    effective_on = models.DateField(_("effective on"))
    basis = models.CharField(_("basis"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("succession")
        verbose_name_plural = _("successions")
        ordering = ["effective_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="agencies_succession_once"),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")),
                name="agencies_succession_not_itself",
                violation_error_message=_("An agency cannot succeed itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"
