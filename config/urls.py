"""Addresses of the site. Every page asks for a sign-in, except the few marked with `login_not_required`."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from config.account import PasswordChange, SignIn, administration_sign_in, health, home
from config.quick_search import quick_search

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("sign-in/", SignIn.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("password/", PasswordChange.as_view(), name="password-change"),
    path("language/", login_not_required(set_language), name="set-language"),
    path("search/quick/", quick_search, name="quick-search"),
    path("health/", login_not_required(health), name="health"),
    path("", include("agencies.urls")),
    path("notifications/", include("notifications.urls")),
    path("admin/login/", login_not_required(administration_sign_in)),
    path("api/v1/", include("workflow.api.urls")),
    path("admin/", admin.site.urls),
    path("", include("measures.urls")),
    path("", include("workflow.web.dispatch.urls")),
    path("", include("oversight.urls")),
    path("", include("workflow.web.urls")),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
