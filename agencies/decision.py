"""The answer to "may I?": yes, or no with a reason in words the user understands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Allowed:
    """Yes."""

    def __bool__(self) -> Literal[True]:
        return True


@dataclass(frozen=True, slots=True)
class Denied:
    """No, because of `reason`, a translated sentence; `field` names the input that is wanting where there is one."""

    reason: str | Promise
    field: str = ""

    def __bool__(self) -> Literal[False]:
        return False


Decision = Allowed | Denied
