"""What is said when something cannot be shown or done: in words, with what to do next, as a page, a fragment or JSON."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from agencies.models import User

Words = str | Promise
MUST_CHANGE_PASSWORD = _("Change your password first; until then nothing else is open to you.")


@dataclass(frozen=True, slots=True)
class Saying:
    """The words for a status: what happened, and what the reader can do about it."""

    title: Words
    reason: Words
    advice: Words
    code: str


SAYINGS: dict[int, Saying] = {
    400: Saying(
        _("The request was not understood"),
        _("The address or the form held something that the system cannot read."),
        _("Go back, reload the page and try once more."),
        "bad_request",
    ),
    403: Saying(
        _("You may not do this"),
        _("Your role in your agency does not include this act."),
        _("If you need it, ask the head of your agency, or the coordinating office of the plan."),
        "forbidden",
    ),
    404: Saying(
        _("There is nothing here for you"),
        _("The page does not exist, or the matter is not one that your agency takes part in."),
        _("Check the address, or look for the matter in the ledger."),
        "not_found",
    ),
    405: Saying(
        _("This address cannot be opened by itself"),
        _("It only takes what a button or a form sends."),
        _("Go back to the page where the button stands."),
        "method_not_allowed",
    ),
    409: Saying(
        _("Not now"),
        _("The matter has changed since you opened the page, or is not in a state that allows this act."),
        _("Reload the page to see how it stands, then decide again. What you typed is still there when you go back."),
        "conflict",
    ),
    413: Saying(
        _("Too large"),
        _("What you sent is larger than the system takes in at once."),
        _("Send a smaller file, or split it into several."),
        "too_large",
    ),
    429: Saying(
        _("Too many attempts"),
        _("There were too many requests in a short time."),
        _("Wait a few minutes, then try again."),
        "too_many",
    ),
    500: Saying(
        _("The system made a mistake"),
        _("This is not your fault. Nothing that you did was half saved."),
        _("Try again in a few minutes; if it stays, tell the system administrator at what time it happened."),
        "error",
    ),
    503: Saying(
        _("The system is busy or starting again"),
        _("Its store of data does not answer at this moment."),
        _("Wait a few seconds and send it again. What you typed is still there when you go back."),
        "busy",
    ),
}
STALE = Saying(
    _("The form is no longer valid"),
    _("The form was open for too long, or you signed in again since."),
    _("Go back: what you typed is still there. Copy it if it is long, reload the page and send it again."),
    "stale_form",
)
READING = frozenset({"GET", "HEAD"})
NOT_BY_ITSELF = 405
RETRY_AFTER = 2
"""Seconds after which a request is worth repeating that the database did not answer; it comes back from a crash in about as many."""


def wants_json(request: HttpRequest) -> bool:
    """Tell whether the request came to the API."""
    return request.path.startswith("/api/")


def page_behind(request: HttpRequest) -> str:
    """Return the address within the site of the page that sent a request, empty when no page of ours is known to have sent it."""
    behind = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(behind, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(behind)
    return urlunsplit(("", "", "/" + parts.path.lstrip("/"), parts.query, ""))


def answer(request: HttpRequest, status: int, *, reason: Words = "", code: str = "", saying: Saying | None = None) -> HttpResponse:
    """Return the answer to a request that cannot be served.

    Args:
        request: the request; its kind (page, htmx fragment, API) decides the form.
        status: one of `SAYINGS`.
        reason: why, when it is known better than the status alone says.
        code: the word of the API, when it is not the usual one of the status.
        saying: the words, when those of the status do not fit.
    """
    saying = saying or SAYINGS[status]
    reason = reason or saying.reason
    if wants_json(request):
        return JsonResponse({"detail": str(reason), "code": code or saying.code}, status=status)
    context = {
        "status": status,
        "title": saying.title,
        "reason": reason,
        "advice": saying.advice,
        "again": request.get_full_path() if request.method in READING and status != NOT_BY_ITSELF else "",
        "behind": page_behind(request),
    }
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(render_to_string("errors/fragment.html", context, request), status=status)
    return HttpResponse(render_to_string(_template_for(request), context, request), status=status)


def _template_for(request: HttpRequest) -> str:
    """Return the page with the usual frame for people who are signed in, a bare one for others."""
    return "errors/page.html" if isinstance(getattr(request, "user", None), User) else "errors/bare.html"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what Django finds suspicious; a form that is too large says so."""
    return answer(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer `PermissionDenied`, with its words if it has any."""
    return answer(request, 403, reason=str(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer `Http404`; its words are for developers and stay unsaid."""
    del exception
    return answer(request, 404)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose security token is missing or too old."""
    del reason
    return answer(request, 403, saying=STALE)


def _styles() -> list[str]:
    """Return the addresses of the style sheets; none when the static files themselves are what is broken."""
    try:
        return [static("vendor/tabler/tabler.min.css"), static("duban.css")]
    except ValueError:
        return []


def is_passing(error: BaseException | None) -> bool:
    """Tell whether an error is one of the moment: the database is away, is coming back or did not give way in time.

    A table or column that is missing is none, though SQLite counts it among them.
    """
    return isinstance(error, OperationalError | InterfaceError) and "no such" not in str(error)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a mistake of ours, leaning on nothing that may be the cause: no database, no session, no menu.

    A database that does not answer is no mistake: 503, and when to ask again. Wherever in the request it failed, this door is
    the last, and the failure is the exception being handled.
    """
    passing = is_passing(sys.exc_info()[1])
    status, headers = (503, {"Retry-After": str(RETRY_AFTER)}) if passing else (500, {})
    saying = SAYINGS[status]
    if wants_json(request):
        return JsonResponse({"detail": str(saying.reason), "code": saying.code}, status=status, headers=headers)
    context = {
        "status": status,
        "title": saying.title,
        "reason": saying.reason,
        "advice": saying.advice,
        "LANGUAGE_CODE": getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE),
        "styles": _styles(),
    }
    return HttpResponse(render_to_string("errors/broken.html", context), status=status, headers=headers)
