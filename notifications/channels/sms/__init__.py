"""Text messages: an interface. `DUBAN_SMS_GATEWAY` names a class of the house that speaks to its provider."""

from __future__ import annotations

from typing import Protocol, cast

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.channels import Channel, Letter, RefusedError, UnreachableError

CHARACTERS = 70
"""What fits into one text message in Chinese."""


class Gateway(Protocol):
    """What a provider's adapter has to offer."""

    def send(self, phone: str, text: str) -> str:
        """Send a text and return the provider's answer.

        Raises:
            UnreachableError: the provider cannot be reached.
            RefusedError: the provider refuses this text or number.
        """


class Sms(Channel):
    """Text messages, by the adapter in the settings."""

    code = "sms"
    label: str | Promise = gettext_lazy("Text message")
    chosen_by_people = True

    def problem(self) -> str:
        """Return what is missing in the settings."""
        if not settings.DUBAN_SMS_GATEWAY:
            return _("DUBAN_SMS_GATEWAY is not set.")
        try:
            import_string(settings.DUBAN_SMS_GATEWAY)
        except ImportError as error:
            return _("DUBAN_SMS_GATEWAY cannot be loaded: %(error)s") % {"error": error}
        return ""

    def send(self, letter: Letter) -> str:
        """Send the subject: a text message names the matter, the page tells it."""
        if problem := self.problem():
            raise UnreachableError(problem)
        if letter.to is None or not letter.to.phone:
            raise RefusedError(_("The recipient has no telephone number."), for_good=True)
        gateway = cast("Gateway", import_string(settings.DUBAN_SMS_GATEWAY)())
        text = letter.subject if len(letter.subject) <= CHARACTERS else letter.subject[: CHARACTERS - 1] + "…"
        return gateway.send(letter.to.phone, text)


CHANNEL = Sms()
