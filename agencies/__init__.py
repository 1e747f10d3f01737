"""Who: users, agencies, groups, memberships, delegations, succession."""
