"""The first sign-in: a slip of paper with a code, for accounts that have no password yet.

A code is worked out from the secret of the installation and is stored nowhere. It opens one account, for some days and until a password
is set: the first page after it asks for one and opens nothing else before, and with a password set no code is good any more.
"""

from __future__ import annotations

import base64
import datetime as dt

from django.utils.crypto import constant_time_compare, salted_hmac

from agencies.models import User

VALID_DAYS = 14
"""A code is good on the day it was issued and so many days after."""

LETTERS = 12
"""Letters of a code, of 5 bits each."""


def code_for(user: User, issued_on: dt.date) -> str:
    """Return the code of an account's slip, in groups of four; issuing one changes the unusable password, and so voids those before."""
    said = f"{user.pk}|{user.password}|{issued_on.isoformat()}"
    letters = base64.b32encode(salted_hmac("agencies.slips", said, algorithm="sha256").digest()).decode()[:LETTERS]
    return "-".join(letters[start : start + 4] for start in range(0, LETTERS, 4))


def is_good(user: User, code: str, today: dt.date) -> bool:
    """Tell whether a code opens the account: it has no password, and the slip is not too old."""
    if user.has_usable_password():
        return False
    given = "".join(code.split()).replace("-", "").upper()
    days = [today - dt.timedelta(days=ago) for ago in range(VALID_DAYS + 1)]
    return any(constant_time_compare(given, code_for(user, day).replace("-", "")) for day in days)
