"""Who may do what to the directory: `may_<verb>(actor, …)` answers yes, or no with the reason.

Three offices, kept apart: the system administrator keeps accounts and agencies, the security administrator memberships, offices
and delegations, the audit administrator reads the record and changes nothing. In an agency, whoever holds `administer` decides
over its own people, within what they hold themselves. Nobody decides over themselves. The system itself may always.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from agencies.actor import Actor
from agencies.decision import Allowed, Decision, Denied
from agencies.models import ROLE_PERMISSIONS, Agency, Delegation, Membership, Office, User

OWN_CASE = Denied(_("Nobody decides over their own account, membership or office."))


def may_change_directory(actor: Actor) -> Decision:
    """Tell whether the actor may establish, amend, rename, merge, split or abolish agencies."""
    return _office(actor, Office.SYSTEM, Denied(_("Only the system administrator changes the directory.")))


def may_teach_alias(actor: Actor) -> Decision:
    """Tell whether the actor may teach the directory another name: who coordinates reads documents, and meets new names there."""
    if actor.agencies_where("coordinate"):
        return Allowed()
    return _office(actor, Office.SYSTEM, Denied(_("Only a coordinator or the system administrator teaches names.")))


def may_keep_account(actor: Actor, user: User | None = None) -> Decision:
    """Tell whether the actor may create, amend, close or reopen accounts, and this one in particular."""
    if user is not None and _is_self(actor, user.pk):
        return OWN_CASE
    return _office(actor, Office.SYSTEM, Denied(_("Only the system administrator keeps accounts.")))


def may_issue_slip(actor: Actor, user: User) -> Decision:
    """Tell whether the actor may issue a slip for the first sign-in: not the office that opens accounts."""
    if _is_self(actor, user.pk):
        return OWN_CASE
    return _office(actor, Office.SECURITY, Denied(_("Only the security administrator issues slips for the first sign-in.")))


def may_set_office(actor: Actor, user: User) -> Decision:
    """Tell whether the actor may give a person an office or take it away."""
    if _is_self(actor, user.pk):
        return OWN_CASE
    return _office(actor, Office.SECURITY, Denied(_("Only the security administrator gives and takes offices.")))


def may_appoint(actor: Actor, *, user: User, agency: Agency, role: str) -> Decision:
    """Tell whether the actor may give a person a role in an agency.

    Within an agency nobody gives more than they hold: a head appoints officers, reviewers and heads, not coordinators.
    """
    if _is_self(actor, user.pk):
        return OWN_CASE
    if actor.may("administer", agency.pk) and not actor.permissions[agency.pk] >= ROLE_PERMISSIONS[role]:
        return Denied(_("Nobody gives a role that holds more than their own."))
    return _over_people(actor, agency)


def may_end_membership(actor: Actor, membership: Membership) -> Decision:
    """Tell whether the actor may end a membership; one's own ends by somebody else's hand."""
    if _is_self(actor, membership.user_id):
        return OWN_CASE
    if actor.may("administer", membership.agency_id):
        beyond = not actor.permissions[membership.agency_id] >= ROLE_PERMISSIONS[membership.role]
        return Denied(_("Nobody takes a role that holds more than their own.")) if beyond else Allowed()
    return _over_people(actor, membership.agency)


def may_delegate(actor: Actor, *, delegator: User, delegate: User, agency: Agency) -> Decision:
    """Tell whether the actor may let one person act for another: the absent person, or whoever decides over people there."""
    if _is_self(actor, delegator.pk):
        return Allowed()
    if _is_self(actor, delegate.pk):
        return Denied(_("Nobody lends themselves another person's rights."))
    return _over_people(actor, agency)


def may_revoke_delegation(actor: Actor, delegation: Delegation) -> Decision:
    """Tell whether the actor may end a delegation before its time: either side of it, or whoever decides over people there."""
    if actor.user_id in {delegation.delegator_id, delegation.delegate_id}:
        return Allowed()
    return _over_people(actor, delegation.agency)


def _is_self(actor: Actor, user_id: int | None) -> bool:
    """Tell whether an account is the actor's own; the system has none, and neither has an unsaved person."""
    return actor.user_id is not None and actor.user_id == user_id


def _over_people(actor: Actor, agency: Agency) -> Decision:
    if actor.may("administer", agency.pk):
        return Allowed()
    reason = _("Only the security administrator, or the head of the agency for its own people, decides over memberships.")
    return _office(actor, Office.SECURITY, Denied(reason))


def _office(actor: Actor, office: Office, otherwise: Denied) -> Decision:
    return Allowed() if actor.is_system or actor.office == office else otherwise
