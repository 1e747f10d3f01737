"""Agencies and people, made by the acts that make them in service."""

from __future__ import annotations

import datetime as dt
import itertools
from zoneinfo import ZoneInfo

from agencies.actions.appoint import appoint
from agencies.actions.create_user import create_user
from agencies.actor import Actor
from agencies.models import Agency, AgencyGroup, GroupMember, Membership, Office, Role, User

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 3, 18, 10, 0, tzinfo=SHANGHAI)
"""A Wednesday morning."""
TODAY = NOW.date()
PASSWORD = "correct-horse-battery-staple"

_numbers = itertools.count(1)


def make_agency(short_name: str = "", **values: object) -> Agency:
    """Make an agency; its full name is its short name with the province before it unless given."""
    number = next(_numbers)
    short_name = short_name or f"省第{number}厅"
    values.setdefault("name", f"广东省第{number}机构（{short_name}）")
    values.setdefault("position", number)
    return Agency.objects.create(short_name=short_name, **values)


def make_group(name: str, *members: Agency) -> AgencyGroup:
    """Make a group with members since ever."""
    group = AgencyGroup.objects.create(name=name)
    GroupMember.objects.bulk_create(GroupMember(group=group, agency=agency) for agency in members)
    return group


def make_person(name: str = "", *, office: Office | None = None, password: str | None = None, now: dt.datetime = NOW) -> User:
    """Make an account, without a usable password unless one is given."""
    number = next(_numbers)
    return create_user(
        actor=Actor.system(),
        now=now,
        username=f"person{number}",
        name=name or f"人员{number}",
        password=password,
        office=office,
        must_change_password=False,
    )


def make_member(
    agency: Agency,
    role: Role = Role.OFFICER,
    *,
    name: str = "",
    since: dt.date = TODAY - dt.timedelta(days=365),
    until: dt.date | None = None,
    password: str | None = None,
    now: dt.datetime = NOW,
) -> User:
    """Make a person with a role in an agency."""
    user = make_person(name, password=password, now=now)
    join(user, agency, role, since=since, until=until, now=now)
    return user


def join(
    user: User,
    agency: Agency,
    role: Role = Role.OFFICER,
    *,
    since: dt.date = TODAY - dt.timedelta(days=365),
    until: dt.date | None = None,
    now: dt.datetime = NOW,
) -> Membership:
    """Give a person a role in an agency, by the system's hand."""
    return appoint(actor=Actor.system(), now=now, user=user, agency=agency, role=role, starts_on=since, ends_on=until)


def actor_of(user: User, now: dt.datetime = NOW) -> Actor:
    """Return a person as an actor, freshly loaded."""
    return Actor.load(User.objects.get(pk=user.pk), now=now)
