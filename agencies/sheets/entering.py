"""Entering rows by the actions of the directory: each row is done or refused with the reason, all in one transaction.

A trial does exactly the same and takes it back: what it says is what will happen.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from agencies.actions.amend_user import amend_user
from agencies.actions.appoint import appoint
from agencies.actions.create_user import create_user
from agencies.actions.end_membership import end_membership
from agencies.actions.establish_agency import amend_agency, establish_agency
from agencies.actor import Actor
from agencies.models import Agency, Membership, Role, User
from agencies.models.agency import in_force
from agencies.refusals import Conflict, Invalid, Refusal
from agencies.sheets.workbook import ACCOUNTS, AGENCIES, MEMBERSHIPS, Column, Row

WRITTEN_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
QUOTED = 60
"""Characters of a cell that are quoted."""


class Outcome(StrEnum):
    """What becomes of a row."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one row, in words."""

    number: int
    what: str
    outcome: Outcome
    says: str
    field: str = ""
    """The column at fault, by the name of its value; empty where there is none."""


Enter = Callable[[Actor, dt.datetime, Row], Line]


def enter(rows: Sequence[Row], by: Enter, *, actor: Actor, now: dt.datetime, trial: bool, expected: str = "") -> list[Line]:
    """Enter rows, or try what entering them would do.

    Args:
        rows: as they were read.
        by: what one row stands for: `agency`, `account` or `membership`.
        actor: who enters them; each action asks the policy.
        now: the moment.
        trial: take everything back at the end.
        expected: the digest of the trial that was looked at; empty to enter without one.

    Raises:
        Conflict: the directory has changed, so that something else would happen than what was looked at.
    """
    lines: list[Line] = []
    with transaction.atomic():
        for row in rows:
            try:
                with transaction.atomic():
                    lines.append(by(actor, now, row))
            except Refusal as refusal:
                named = row.values.get("username") or row.values.get("name") or ""
                lines.append(Line(row.number, quoted(named), Outcome.REFUSED, str(refusal.reason), refusal.field))
        if expected and digest(lines) != expected:
            raise Conflict(_("The directory has changed since you looked at this. Look at it again."))
        transaction.set_rollback(trial)
    return lines


def digest(lines: Sequence[Line]) -> str:
    """Return what tells one outcome from another, in whatever language it is told."""
    told = "\n".join(f"{line.number}|{line.what}|{line.outcome}" for line in lines)
    return hashlib.sha256(told.encode()).hexdigest()


def agency(actor: Actor, now: dt.datetime, row: Row) -> Line:
    """Enter an agency, or amend the one of that full name."""
    given = row.values
    name = _needed(row, "name")
    values: dict[str, Any] = {"short_name": _needed(row, "short_name")}
    if given.get("kind"):
        values["kind"] = _choice(given["kind"], Agency.Kind.choices, _("There is no kind “%(text)s”."))
    if given.get("region"):
        values["region"] = given["region"]
    if given.get("parent"):
        values["parent"] = _agency(given["parent"], timezone.localdate(now))
    if given.get("position"):
        values["position"] = _number(given["position"])
    if given.get("starts_on"):
        values["starts_on"] = _day(given["starts_on"])
    known = Agency.objects.filter(in_force(timezone.localdate(now)), name=name).first()
    if known is None:
        establish_agency(actor=actor, now=now, name=name, **values)
        return Line(row.number, name, Outcome.ADDED, values["short_name"])
    changed = {field: value for field, value in values.items() if getattr(known, field) != value}
    if not changed:
        return Line(row.number, name, Outcome.SAME, "")
    says = _changes(known, changed)
    amend_agency(actor=actor, now=now, agency=known, **changed)
    return Line(row.number, name, Outcome.CHANGED, says)


def account(actor: Actor, now: dt.datetime, row: Row) -> Line:
    """Open an account, without a password, or correct the one of that name."""
    username = _needed(row, "username")
    given = {field: row.values[field] for field in ("email", "phone") if row.values.get(field)}
    values: dict[str, Any] = {"name": _needed(row, "name"), **given}
    known = User.objects.filter(username=username).first()
    if known is None:
        create_user(actor=actor, now=now, username=username, **values)
        return Line(row.number, username, Outcome.ADDED, values["name"])
    changed = {field: value for field, value in values.items() if getattr(known, field) != value}
    if not changed:
        return Line(row.number, username, Outcome.SAME, "")
    says = _changes(known, changed)
    amend_user(actor=actor, now=now, user=known, **changed)
    return Line(row.number, username, Outcome.CHANGED, says)


def membership(actor: Actor, now: dt.datetime, row: Row) -> Line:
    """Appoint a person, or end the membership they have, on the day given."""
    today = timezone.localdate(now)
    username = _needed(row, "username")
    user = User.objects.filter(username=username).first()
    if user is None:
        raise Invalid(_("There is no account “%(text)s”.") % {"text": quoted(username)})
    where = _agency(_needed(row, "agency"), today)
    role = Role(_choice(_needed(row, "role"), Role.choices, _("There is no role “%(text)s”.")))
    starts_on = _day(row.values["starts_on"]) if row.values.get("starts_on") else None
    ends_on = _day(row.values["ends_on"]) if row.values.get("ends_on") else None
    what = f"{username} · {where.short_name} · {role.label}"
    known = Membership.objects.filter(in_force(today), user=user, agency=where, role=role).first()
    if known is None:
        appoint(actor=actor, now=now, user=user, agency=where, role=role, starts_on=starts_on, ends_on=ends_on)
        return Line(row.number, what, Outcome.ADDED, user.name)
    if ends_on is None or known.ends_on == ends_on:
        return Line(row.number, what, Outcome.SAME, "")
    end_membership(actor=actor, now=now, membership=known, last_day=ends_on)
    return Line(row.number, what, Outcome.CHANGED, _("ends on %(day)s") % {"day": ends_on.isoformat()})


def _changes(row: Agency | User, changed: dict[str, Any]) -> str:
    pieces = [
        f"{row._meta.get_field(field).verbose_name}: {getattr(row, field) or '—'} → {value}"  # type: ignore[union-attr]
        for field, value in changed.items()
    ]
    return "；".join(pieces)


def quoted(text: str) -> str:
    """Return a cell's text as a page quotes it: a cell holds up to 32,767 characters, and nobody reads them there."""
    return Truncator(text).chars(QUOTED)


def _needed(row: Row, name: str) -> str:
    value = row.values.get(name, "")
    if not value:
        raise Invalid(_("A cell that must be filled in is empty."), name)
    return value


def _choice(text: str, choices: Sequence[tuple[str, Any]], refusal: str) -> str:
    for language, _name in settings.LANGUAGES:  # a workbook may come from a colleague who reads the other language
        with translation.override(language):
            for value, label in choices:
                if text.lower() in {value, str(label).lower()}:
                    return value
    raise Invalid(refusal % {"text": quoted(text)})


def _agency(name: str, today: dt.date) -> Agency:
    found = list(Agency.objects.filter(in_force(today)).filter(Q(name=name) | Q(short_name=name))[:2])
    if len(found) != 1:
        raise Invalid(
            (_("Several agencies are called “%(text)s”.") if found else _("There is no agency “%(text)s” today.")) % {"text": quoted(name)}
        )
    return found[0]


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 6):  # noqa: PLR2004 - as many as fit a place in lists
        raise Invalid(_("“%(text)s” is no number.") % {"text": quoted(text)})
    return int(text)


def _day(text: str) -> dt.date:
    try:
        found = WRITTEN_DAY.fullmatch(text)
        return dt.date(*map(int, found.groups())) if found else dt.date.fromisoformat(text)
    except ValueError as wrong:
        raise Invalid(_("“%(text)s” is no day: write it as 2026-01-31.") % {"text": quoted(text)}) from wrong


@dataclass(frozen=True, slots=True)
class Sheet:
    """A kind of workbook: its columns, and what one of its rows stands for."""

    columns: Sequence[Column]
    by: Enter


AGENCY_SHEET = Sheet(AGENCIES, agency)
ACCOUNT_SHEET = Sheet(ACCOUNTS, account)
MEMBERSHIP_SHEET = Sheet(MEMBERSHIPS, membership)
