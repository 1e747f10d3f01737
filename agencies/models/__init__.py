"""Who: users, agencies, groups, memberships, delegations, succession; and the chained record every app's events extend."""

from agencies.models.agency import Agency, AgencyGroup, Alias, GroupMember, Succession
from agencies.models.chain import ChainedEvent, ChainHead
from agencies.models.people import (
    NEVER_LENT,
    ROLE_PERMISSIONS,
    AgencyUserPermission,
    Delegation,
    Membership,
    Office,
    Role,
    User,
)
from agencies.models.record import DirectoryEvent, DirectoryVerb

__all__ = [
    "NEVER_LENT",
    "ROLE_PERMISSIONS",
    "Agency",
    "AgencyGroup",
    "AgencyUserPermission",
    "Alias",
    "ChainHead",
    "ChainedEvent",
    "Delegation",
    "DirectoryEvent",
    "DirectoryVerb",
    "GroupMember",
    "Membership",
    "Office",
    "Role",
    "Succession",
    "User",
]
