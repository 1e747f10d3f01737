"""People, their memberships 任职 in agencies, the permissions that follow from them, and delegations 代理."""

from __future__ import annotations

from typing import ClassVar, NoReturn

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from guardian.models import UserObjectPermissionBase

from agencies.models.agency import Agency, Dated


class Role(models.TextChoices):
    """What a member does in an agency."""

    OFFICER = "officer", _("Officer")
    REVIEWER = "reviewer", _("Reviewer")
    HEAD = "head", _("Head")
    COORDINATOR = "coordinator", _("Coordinator")
    LEADER = "leader", _("Leader")


class Office(models.TextChoices):
    """The three administrators 三员, kept apart (GB/T 22239-2019, 8.1.5); nobody holds two, none holds a membership."""

    SYSTEM = "system", _("System administrator")
    SECURITY = "security", _("Security administrator")
    AUDIT = "audit", _("Audit administrator")


ROLE_PERMISSIONS: dict[str, frozenset[str]] = {
    Role.OFFICER: frozenset({"sign_for", "report"}),
    Role.REVIEWER: frozenset({"sign_for", "report", "review"}),
    Role.HEAD: frozenset({"sign_for", "report", "review", "administer"}),
    Role.COORDINATOR: frozenset({"coordinate", "lead_view"}),
    Role.LEADER: frozenset({"lead_view", "instruct"}),
}
"""Codenames of the permissions on `Agency` that each role gives."""

NEVER_LENT = frozenset({"administer"})
"""Permissions that no delegation carries: whoever stands in for a head does not decide over people."""


class AccountManager(UserManager["User"]):
    """Makes accounts; there is no such thing as a superuser here."""

    def create_superuser(self, *args: object, **kwargs: object) -> NoReturn:
        """Refuse: one account above all rules would undo the separation of the three offices.

        Raises:
            PermissionDenied: always.
        """
        raise PermissionDenied(_("There is no account above the three offices: use the command create_administrator."))


class User(AbstractUser):
    """A person with an account.

    Only the holder of an office enters the administration pages, and nobody is a superuser: the database says so.
    """

    name = models.CharField(_("full name"), max_length=60)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    office = models.CharField(_("office"), max_length=10, choices=Office, blank=True)
    must_change_password = models.BooleanField(_("must change the password at the next sign-in"), default=False)

    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_superuser=False),
                name="agencies_user_none_above_the_offices",
                violation_error_message=_("There is no account above the three offices."),
            ),
            models.CheckConstraint(
                condition=Q(is_staff=True, office__in=["system", "security", "audit"]) | Q(is_staff=False, office=""),
                name="agencies_user_staff_is_office",
                violation_error_message=_("Only the holder of an office enters the administration pages."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        """Return the name as it is written in Chinese, in one piece."""
        return self.name or self.username

    def get_short_name(self) -> str:
        """Return the same: a Chinese name is not shortened."""
        return self.get_full_name()


class AgencyUserPermission(UserObjectPermissionBase):
    """A permission of a person on an agency; `agencies.permissions` is its only writer.

    Guardian finds this table by its foreign key `content_object` to `Agency`: `user.has_perm("agencies.report", agency)` reads
    it. It is not the generic kind, whose rows outlive their object and are matched by text.
    """

    content_object = models.ForeignKey(Agency, models.CASCADE, related_name="user_permissions")

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = _("agency permission")
        verbose_name_plural = _("agency permissions")


class Membership(Dated):
    """A person's role in an agency, from a day to a day."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name=_("person"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="memberships", verbose_name=_("agency"))
    role = models.CharField(_("role held"), max_length=12, choices=Role)

    class Meta(Dated.Meta):
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["agency__position", "user__username", "starts_on"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["user", "agency", "role"],
                condition=Q(ends_on__isnull=True),
                name="agencies_membership_once_open",
                violation_error_message=_("This person already holds this role."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.agency} · {self.get_role_display()}"


class Delegation(models.Model):
    """One person acts for another in an agency until a date; it can be revoked."""

    delegator = models.ForeignKey(User, models.PROTECT, related_name="delegations_given", verbose_name=_("absent person"))
    delegate = models.ForeignKey(User, models.PROTECT, related_name="delegations_received", verbose_name=_("deputy"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="delegations", verbose_name=_("agency"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    reason = models.CharField(pgettext_lazy("delegation", "reason"), max_length=200)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="agencies_delegation_ends_after_start",
                violation_error_message=_("A delegation ends after it starts."),
            ),
            models.CheckConstraint(
                condition=~Q(delegator=F("delegate")),
                name="agencies_delegation_to_another",
                violation_error_message=_("Nobody can delegate to themselves."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delegate} → {self.delegator}"
