"""The people of the demonstration, with one password among them that stands in no file of the product."""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from agencies.actions.appoint import appoint
from agencies.actions.create_user import create_user
from agencies.actor import Actor
from agencies.models import Agency, Office, Role, User
from agencies.names import NameIndex, name_index

FILE = Path(__file__).parent / "people.json"
SERVED = dt.timedelta(days=400)
"""How long the people of the demonstration have been in their places."""


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A person of the demonstration; memberships are pairs of an agency's name and a role.

    Attributes:
        username: the agency's initials and the role.
        name: invented.
        office: one of the three offices, or None.
        memberships: agency and role.
        shown: what the table of accounts says in Chinese; empty for those it leaves out.
        shown_en: the same in English.
    """

    username: str
    name: str
    office: Office | None
    memberships: tuple[tuple[str, Role], ...]
    shown: str
    shown_en: str


def demo_people() -> list[DemoPerson]:
    """Read the people from their file, in its order."""
    return [
        DemoPerson(
            username=entry["username"],
            name=entry["name"],
            office=Office(entry["office"]) if "office" in entry else None,
            memberships=tuple((place["agency"], Role(place["role"])) for place in entry.get("memberships", ())),
            shown=entry.get("shown", ""),
            shown_en=entry.get("shown_en", ""),
        )
        for entry in json.loads(FILE.read_text(encoding="utf-8"))["people"]
    ]


@transaction.atomic
def settle(now: dt.datetime) -> int:
    """Make the accounts that are missing, with their memberships; those that exist keep everything, their password included.

    A place in an agency that has been renamed since the file was written is a place in its successor.

    Returns:
        How many accounts were made.

    Raises:
        LookupError: an agency is unknown; the directory has not been loaded.
    """
    known = set(User.objects.values_list("username", flat=True))
    missing = [person for person in demo_people() if person.username not in known]
    if not missing:
        return 0
    index = name_index(timezone.localdate(now))
    made = []
    for person in missing:
        user = create_user(
            actor=Actor.system(), now=now, username=person.username, name=person.name, office=person.office, must_change_password=False
        )
        made.append(user.pk)
        for name, role in person.memberships:
            for agency in _agencies_named(name, index):
                since = max(agency.starts_on, index.on - SERVED)
                appoint(actor=Actor.system(), now=now, user=user, agency=agency, role=role, starts_on=since)
    # Hashing is slow by design: the one password is hashed once.
    User.objects.filter(pk__in=made).update(password=make_password(_password()))
    return len(made)


def shown_password() -> str | None:
    """Return the password for the table of accounts; None when it was given from outside, and is not ours to print."""
    if os.environ.get("DUBAN_DEMO_PASSWORD"):
        return None
    path = _password_file()
    return path.read_text(encoding="utf-8").strip() if path.exists() else None


def _password() -> str:
    """Return the password given in the environment, else one made at the first time and kept where only its owner reads it."""
    given = os.environ.get("DUBAN_DEMO_PASSWORD")
    if given:
        return given
    path = _password_file()
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(9) + "\n", encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def _password_file() -> Path:
    return Path(settings.VAR) / "demo_password"


def _agencies_named(name: str, index: NameIndex) -> Iterator[Agency]:
    meanings = [meaning.agency_id for meaning in index.meanings(name) if meaning.agency_id is not None]
    if len(meanings) != 1:
        raise LookupError(name)
    yield from Agency.objects.filter(pk__in=index.successors_on(meanings[0], index.on))
