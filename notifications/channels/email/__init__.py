"""E-mail: plain text and HTML, the same Message-ID however often it is sent, and a way out where one is allowed."""

from __future__ import annotations

import smtplib
from email.errors import HeaderParseError

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.message import BadHeaderError
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.channels import Letter, RefusedError, UnreachableError
from notifications.wire import hard_limit

_FOR_GOOD = range(500, 600)


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


class Email:
    """The mail server in the settings."""

    code = "email"
    label: str | Promise = gettext_lazy("E-mail")
    chosen_by_people = True

    def problem(self) -> str:
        """Return what is missing in the settings: nothing, without a server mails are written to the console."""
        return ""

    def send(self, letter: Letter) -> str:
        """Hand the mail to the server."""
        if letter.to is None or not letter.to.email:
            raise RefusedError(_("The recipient has no e-mail address."), for_good=True)
        connection = get_connection()
        try:
            connection.open()
        except (smtplib.SMTPException, OSError) as error:
            _close(connection)
            raise UnreachableError(f"{type(error).__name__}: {error}") from error
        try:
            server = getattr(connection, "connection", None)
            with hard_limit(getattr(server, "sock", None), settings.EMAIL_TIMEOUT):
                connection.send_messages([compose(letter, letter.to.email)])
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
            _close(connection)
        return "250"


def _text(words: bytes | str) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else words


def _close(connection: object) -> None:
    """Close a connection to the mail server that may be broken: what was accepted is accepted."""
    close = getattr(connection, "close", None)
    if close is not None:
        try:
            close()
        except (smtplib.SMTPException, OSError):
            return


CHANNEL = Email()
