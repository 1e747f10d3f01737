"""What the suite does not let pass: undefined template variables and connections to anywhere but this machine."""

from __future__ import annotations

import ipaddress
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OWN_FOLDERS = ("agencies", "config", "measures", "notifications", "oversight", "seeds", "tests", "workflow")


class UndefinedTemplateVariableError(AssertionError):
    """One of our templates used a variable that its view does not give."""


class UndefinedVariable(str):
    """Stands for Django's `string_if_invalid`: asked for its text in a template of ours, it fails instead."""

    __slots__ = ()

    def __bool__(self) -> bool:
        """Count as given, though empty."""
        return True

    def __contains__(self, part: object) -> bool:
        """Say that the variable's name is wanted, so that Django calls `%` with it."""
        return part == "%s"

    def __mod__(self, variable: object) -> str:
        """Fail when the template is ours; other people's templates lean on blanks."""
        origin = _rendering_template()
        if origin is not None and _is_ours(Path(origin)):
            raise UndefinedTemplateVariableError(f"{variable} is undefined in {Path(origin).relative_to(ROOT)}")
        return ""


def _is_ours(template: Path) -> bool:
    return template.is_relative_to(ROOT) and template.relative_to(ROOT).parts[0] in OWN_FOLDERS


def _rendering_template() -> str | None:
    """Return the file of the template node that is being drawn, read from the frames above."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        drawn = frame.f_locals.get("self")
        name = getattr(getattr(drawn, "origin", None), "name", None)
        if isinstance(name, str) and frame.f_code.co_name in {"render_annotated", "render", "_render"} and name.startswith("/"):
            return name
        frame = frame.f_back
    return None


def guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    """Return a `socket.connect` that reaches this machine only."""

    def connect_to_here(self: socket.socket, address: Any) -> Any:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_loopback(address[0]):
            raise AssertionError(f"a test tried to reach {address[0]}:{address[1]}")
        return connect(self, address)

    return connect_to_here


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
