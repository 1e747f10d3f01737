"""Signing in and out, changing one's password, and the health of the installation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.forms import PasswordChangeForm as DjangoPasswordChangeForm
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import redirect_to_login
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from agencies.refusals import Forbidden


class SignInForm(AuthenticationForm):
    """Account and password."""

    error_messages = {
        "invalid_login": _("Account or password is wrong. Mind upper and lower case."),
        "inactive": _("This account is closed. Ask the system administrator."),
    }

    def __init__(self, request: HttpRequest | None = None, *args: object, **kwargs: object) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["username"].label = _("Account")


class SignIn(views.LoginView):
    """The sign-in page."""

    template_name = "account/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        """Return the first page: the workbench, or the administration for those who have no agency."""
        return reverse("home")


class FirstPasswordForm(DjangoPasswordChangeForm):
    """A new password, without asking for an old one: whoever came with a slip has none."""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        del self.fields["old_password"]


class PasswordChange(LoginRequiredMixin, views.PasswordChangeView):
    """Changing one's own password; also where a person is led who must.

    The page asks for nothing by itself: a question still on its way with the old session would be answered by ending the new one.
    """

    template_name = "account/password_change.html"
    extra_context = {"quiet": True}
    success_url = reverse_lazy("home")

    def get_form_class(self) -> type[DjangoPasswordChangeForm]:
        """Ask for the old password where there is one."""
        user = self.request.user
        return DjangoPasswordChangeForm if isinstance(user, User) and user.has_usable_password() else FirstPasswordForm

    def form_valid(self, form: DjangoPasswordChangeForm) -> HttpResponse:
        """Keep the new password, and with it lift the duty to change it."""
        response = super().form_valid(form)
        user = self.request.user
        if isinstance(user, User) and user.must_change_password:
            user.must_change_password = False
            user.save(update_fields=["must_change_password"])
        messages.success(self.request, _("Your password is changed."))
        return response


def administration_sign_in(request: HttpRequest) -> HttpResponse:
    """Stand where the administration would ask for a sign-in of its own: there is one sign-in for all.

    Raises:
        Forbidden: to those who are signed in, but neither hold one of the three offices nor oversee anything.
    """
    if isinstance(request.user, User):
        raise Forbidden(_("Only the three administrators, coordinators and leaders enter these pages."))
    return redirect_to_login(request.GET.get("next", reverse("admin:index")))


def home(request: HttpRequest) -> HttpResponse:
    """Lead a person to the page their day begins with."""
    user = request.user
    if isinstance(user, User) and user.office and user.is_staff:
        return redirect("admin:index")
    try:
        return redirect("workbench")
    except NoReverseMatch:
        return redirect("password-change")


def health(request: HttpRequest) -> JsonResponse:
    """Answer whether the database can be reached; for load balancers and the process supervisor."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return JsonResponse({"status": "ok"})
