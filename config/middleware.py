"""Middleware of the site: what cannot be stored, the language chosen, a password that must change, refusals as pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict, UnreadablePostError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from agencies.models import User
from agencies.refusals import Refusal
from config import errors

GetResponse = Callable[[HttpRequest], HttpResponseBase]
NUL = "\x00"
OPEN_TO_FORCED_CHANGE = frozenset({"password-change", "sign-out", "set-language"})


class StorableTextMiddleware:
    """Leaves out the one character that PostgreSQL holds in no text, NUL, wherever a request may bring it: nobody means it.

    Addresses and cookies are cleaned before anybody reads them, forms before the view does. Bodies of the API are refused by their own
    parser (`workflow.api.parsing`), names of files cleaned by Django.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Clean address and cookies."""
        for name, written in (("QUERY_STRING", "%00"), ("HTTP_COOKIE", "\\000")):
            while written in request.META.get(name, ""):  # what is left may read as another
                request.META[name] = request.META[name].replace(written, "")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, _args: object, kwargs: Mapping[str, object]) -> None:
        """Clean the form; what is left alone is a form that is not read before its view, and one whose sender has gone.

        Raises:
            Http404: the path itself holds it.
        """
        if any(NUL in str(value) for value in kwargs.values()):
            raise Http404
        if request.method != "POST" or getattr(view, "csrf_exempt", False):
            return
        with suppress(UnreadablePostError):
            if any(NUL in text for name, texts in request.POST.lists() for text in (name, *texts)):
                request.POST = QueryDict(request.POST.urlencode().replace("%00", ""), encoding=request.POST.encoding)


class ChosenLanguageMiddleware:
    """Activates the language that the person chose, else Chinese.

    The browser's own languages are not asked: an English browser in a Chinese office is common, an English reader rare.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Activate the language of the cookie."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Cookie",))
        return response


class PasswordChangeMiddleware:
    """Leads a person whose password must be changed to that page, whatever they asked for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: object, _args: object, _kwargs: object) -> HttpResponse | None:
        """Redirect, or refuse where a page would not be understood."""
        user = request.user
        match = request.resolver_match
        if not isinstance(user, User) or not user.must_change_password:
            return None
        if match is not None and match.url_name in OPEN_TO_FORCED_CHANGE:
            return None
        if errors.wants_json(request):
            return errors.answer(request, 403, reason=errors.MUST_CHANGE_PASSWORD, code="must_change_password")
        return redirect(reverse("password-change"))


class SignInMiddleware(LoginRequiredMiddleware):
    """Asks for a sign-in, and leads back to where the person was.

    Behind an act that is the page with its form, where what was typed is kept: an address that only takes acts shows nothing.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]) -> HttpResponseRedirect:
        """Redirect to the sign-in."""
        if request.method in errors.READING or not (behind := errors.page_behind(request)):
            return super().handle_no_permission(request, view_func)
        return redirect_to_login(behind, reverse(settings.LOGIN_URL))


class RefusalMiddleware:
    """Answers a refusal raised by an action with its page, and so an address of an act that is opened like a page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        response = self.get_response(request)
        if response.status_code != errors.NOT_BY_ITSELF or errors.wants_json(request):
            return response
        told = errors.answer(request, errors.NOT_BY_ITSELF)
        told["Allow"] = response["Allow"]
        return told

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a refusal into an answer with its status and its reason."""
        if not isinstance(exception, Refusal):
            return None
        return errors.answer(request, exception.status, reason=exception.reason)
