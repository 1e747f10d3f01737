"""Checking what was entered, in the words of the models and of the password rules."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model

from agencies.models import User
from agencies.refusals import Invalid


def check(row: Model, *, exclude: Collection[str] = ()) -> None:
    """Check an unsaved row against its model, constraints included.

    Raises:
        Invalid: with the first message, naming the field it concerns.
    """
    try:
        row.full_clean(exclude=exclude)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Invalid(messages[0], "" if field == NON_FIELD_ERRORS else field) from error


def give_password(user: User, password: str | None) -> None:
    """Set a password on the unsaved account; without one nobody can sign in with it.

    Raises:
        Invalid: the password is too weak.
    """
    if password is None:
        user.set_unusable_password()
        return
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), "password") from error
    user.set_password(password)
