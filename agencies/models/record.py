"""The record of acts on the directory: who joined, left, delegated, was renamed, which alias was taught."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models.chain import ChainedEvent


class DirectoryVerb(models.TextChoices):
    """The acts that the directory's record knows."""

    IMPORT = "import", _("Directory loaded")
    ESTABLISH = "establish", _("Agency established")
    AMEND = "amend", _("Agency amended")
    RENAME = "rename", _("Agency renamed")
    MERGE = "merge", _("Agencies merged")
    SPLIT = "split", _("Agency split")
    ABOLISH = "abolish", _("Agency abolished")
    ESTABLISH_GROUP = "establish_group", _("Group established")
    ADMIT = "admit", _("Agency admitted to a group")
    DISMISS = "dismiss", _("Agency dismissed from a group")
    TEACH_ALIAS = "teach_alias", _("Alias taught")
    RETIRE_ALIAS = "retire_alias", _("Alias retired")
    CREATE_USER = "create_user", _("Account created")
    AMEND_USER = "amend_user", _("Account amended")
    SET_PASSWORD = "set_password", _("Password set")
    ISSUE_SLIP = "issue_slip", _("Slip for the first sign-in issued")
    DEACTIVATE_USER = "deactivate_user", _("Account closed")
    REACTIVATE_USER = "reactivate_user", _("Account opened again")
    SET_OFFICE = "set_office", _("Office given or taken")
    APPOINT = "appoint", _("Appointed")
    END_MEMBERSHIP = "end_membership", _("Membership ended")
    DELEGATE = "delegate", _("Delegated")
    REVOKE_DELEGATION = "revoke_delegation", _("Delegation revoked")


class DirectoryEvent(ChainedEvent):
    """One act on the directory: on an agency, on a person, or on a person in an agency."""

    CHAINED_FIELDS = ("person_id",)

    person = models.ForeignKey("agencies.User", models.PROTECT, null=True, related_name="+", verbose_name=_("concerning"))

    class Meta(ChainedEvent.Meta):
        verbose_name = _("directory record")
        verbose_name_plural = _("directory records")

    @property
    def verb_label(self) -> str:
        """Return the act in the reader's language."""
        return str(DirectoryVerb(self.verb).label) if self.verb in DirectoryVerb.values else self.verb
