"""E-mail: plain text and HTML, the same Message-ID however often it is sent, and a way out where one is allowed."""

from __future__ import annotations

import contextlib
import smtplib
import socket
from collections.abc import Iterator
from email.errors import HeaderParseError

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import BadHeaderError
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.channels import Channel, Letter, RefusedError, Send, UnreachableError
from notifications.wire import hard_limit, within

MAILS_A_CONNECTION = 50
"""Mails after which a connection is closed: many servers take a hundred at most."""

_FOR_GOOD = range(500, 600)
_DONE = 250


def compose(letter: Letter, address: str) -> EmailMultiAlternatives:
    """Return the mail of a letter."""
    context = {"letter": letter, "site": settings.SITE_URL}
    headers = {"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"}
    if letter.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail = EmailMultiAlternatives(
        subject=letter.subject,
        body=render_to_string("notifications/email.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[address],
        headers=headers,
    )
    mail.attach_alternative(render_to_string("notifications/email.html", context), "text/html")
    return mail


class Email(Channel):
    """The mail server in the settings."""

    code = "email"
    label: str | Promise = gettext_lazy("E-mail")
    chosen_by_people = True

    def problem(self) -> str:
        """Return what is missing in the settings: nothing, without a server mails are written to the console."""
        return ""

    def send(self, letter: Letter) -> str:
        """Hand the mail to the server."""
        with self.line() as send:
            return send(letter)

    @contextlib.contextmanager
    def line(self) -> Iterator[Send]:
        """Keep the connection to the server open from one mail to the next."""
        line = _Line()
        try:
            yield line.send
        finally:
            line.hang_up()


class _Line:
    """Connections to the mail server, one after the other, each for many mails: greeting and TLS cost more than a mail does."""

    def __init__(self) -> None:
        self.connection: BaseEmailBackend | None = None
        self.mails = 0

    def send(self, letter: Letter) -> str:
        """Hand the mail to the server; after whatever goes wrong, the next mail has a connection of its own."""
        if letter.to is None or not letter.to.email:
            raise RefusedError(_("The recipient has no e-mail address."), for_good=True)
        connection = self._connected()
        self.mails += 1
        handed = False
        try:
            with hard_limit(_socket(connection), settings.EMAIL_TIMEOUT):
                connection.send_messages([compose(letter, letter.to.email)])
            handed = True
        except (BadHeaderError, HeaderParseError, UnicodeError) as error:
            raise RefusedError(str(error), for_good=True) from error
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise RefusedError(f"{code} {_text(words)}", for_good=code in _FOR_GOOD) from error
        except (smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
            raise RefusedError(f"{error.smtp_code} {_text(error.smtp_error)}", for_good=error.smtp_code in _FOR_GOOD) from error
        except (smtplib.SMTPException, OSError) as error:
            # The server was there: what breaks off in the middle may be this one mail's, and the others must not rest for it.
            raise RefusedError(f"{type(error).__name__}: {error}", for_good=False) from error
        finally:
            if not handed or self.mails >= MAILS_A_CONNECTION or _socket(connection) is None:
                self.hang_up()
        return "250"

    def _connected(self) -> BaseEmailBackend:
        if self.connection is not None and not _answers(self.connection):
            self.hang_up()
        if self.connection is None:
            self.connection, self.mails = get_connection(), 0
            try:
                within(settings.EMAIL_TIMEOUT, self.connection.open, (smtplib.SMTPException, OSError))
            except (smtplib.SMTPException, OSError) as error:
                self.hang_up()
                raise UnreachableError(f"{type(error).__name__}: {error}") from error
        return self.connection

    def hang_up(self) -> None:
        """Close the connection, which may be broken: what was accepted is accepted."""
        connection, self.connection = self.connection, None
        if connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                connection.close()


def _socket(connection: BaseEmailBackend) -> socket.socket | None:
    """Return the socket of an open connection; other ways of carrying mail (console, memory) have none."""
    return getattr(getattr(connection, "connection", None), "sock", None)


def _answers(connection: BaseEmailBackend) -> bool:
    """Ask a kept connection for a sign of life: servers end those that are old or have carried enough (RFC 5321, 3.8)."""
    server: smtplib.SMTP | None = getattr(connection, "connection", None)
    if server is None:
        return False
    try:
        with hard_limit(server.sock, settings.EMAIL_TIMEOUT):
            return server.noop()[0] == _DONE
    except (smtplib.SMTPException, OSError):
        return False


def _text(words: bytes | str) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else words


CHANNEL = Email()
