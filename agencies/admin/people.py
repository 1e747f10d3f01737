"""Accounts (system administrator), offices, memberships and delegations (security administrator)."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agencies.actions.amend_user import amend_user, set_password
from agencies.actions.appoint import appoint
from agencies.actions.create_user import create_user
from agencies.actions.deactivate_user import deactivate_user, reactivate_user
from agencies.actions.delegate import delegate
from agencies.actions.end_membership import end_membership
from agencies.actions.issue_slips import issue_slips
from agencies.actions.revoke_delegation import revoke_delegation
from agencies.actions.set_office import set_office
from agencies.admin.importing import ImportingAdmin
from agencies.admin.offices import OfficeAdmin, acting, office_of
from agencies.models import AgencyUserPermission, Delegation, Membership, Office, Role, User
from agencies.refusals import Refusal
from agencies.sheets import entering


class WithoutPassword(admin.SimpleListFilter):
    """Finds the accounts that nobody can sign in with yet."""

    title = _("first sign-in")
    parameter_name = "first"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer the one question."""
        return [("waiting", _("Without a password yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        """Narrow the list."""
        return queryset.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX) if self.value() == "waiting" else queryset


class AccountForm(forms.ModelForm[User]):
    """An account, with a new password when one is typed."""

    new_password = forms.CharField(
        label=_("new password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Leave empty to keep the password. A new one must be changed at the next sign-in."),
    )

    class Meta:
        model = User
        fields = ("username", "name", "email", "phone", "office")


@admin.register(User)
class UserAdmin(ImportingAdmin[User]):
    """Accounts: kept by the system administrator; the security administrator gives and takes offices."""

    seen_by = frozenset({Office.SYSTEM, Office.SECURITY})
    added_by = frozenset({Office.SYSTEM})
    changed_by = frozenset({Office.SYSTEM, Office.SECURITY})
    form = AccountForm
    sheet = entering.ACCOUNT_SHEET
    once_entered = _("New accounts have no password yet: the security administrator prints the slips for their first sign-in.")
    list_display = ("username", "name", "office", "is_active", "last_login")
    list_filter = ("is_active", WithoutPassword, "office")
    search_fields = ("username", "name")
    ordering = ("username",)
    actions = ("close_accounts", "open_accounts", "print_slips")

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Show passwords only where one may be given."""
        shown = ["username", "name", "email", "phone", "office", "is_active", "last_login"]
        return [*shown, "new_password"] if office_of(request) == Office.SYSTEM else shown

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Open to each office what is its own."""
        if office_of(request) == Office.SECURITY:
            return ["username", "name", "email", "phone", "is_active", "last_login"]
        closed = ["office", "is_active", "last_login"]
        return closed if obj is None else ["username", *closed]

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm[User], change: bool) -> None:
        """Ring the action of what was entered."""
        entered = form.cleaned_data
        context = acting(request)
        password = entered.get("new_password") or None
        if office_of(request) == Office.SECURITY:
            chosen = entered.get("office") or ""
            if "office" in form.changed_data:
                set_office(**context, user=obj, office=Office(chosen) if chosen else None)
            return
        details: dict[str, Any] = {name: entered.get(name) or "" for name in ("name", "email", "phone")}
        if not change:
            made = create_user(**context, username=entered["username"], password=password, **details)
            obj.pk = made.pk
            return
        amend_user(**context, user=obj, **details)
        if password:
            set_password(**context, user=obj, password=password)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer closing and opening to the system administrator, slips to the security administrator."""
        theirs: dict[str, set[str]] = {Office.SYSTEM: {"close_accounts", "open_accounts"}, Office.SECURITY: {"print_slips"}}
        mine = theirs.get(office_of(request), set())
        return {name: found for name, found in super().get_actions(request).items() if name in mine}

    @admin.action(description=_("Close the accounts chosen"))
    def close_accounts(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Close accounts."""
        self.each(request, queryset, lambda user: deactivate_user(**acting(request), user=user), str(_("%(count)d accounts closed.")))

    @admin.action(description=_("Open the accounts chosen again"))
    def open_accounts(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Open accounts again."""
        self.each(request, queryset, lambda user: reactivate_user(**acting(request), user=user), str(_("%(count)d accounts opened.")))

    @admin.action(description=_("Print slips for the first sign-in of the accounts chosen"))
    def print_slips(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Show the slips once, to be printed and cut; they are kept nowhere."""
        try:
            slips = issue_slips(**acting(request), users=queryset)
        except Refusal as refusal:
            self.message_user(request, str(refusal.reason), messages.ERROR)
            return None
        address = request.build_absolute_uri(reverse("sign-in"))
        context = {**self.admin_site.each_context(request), "title": _("Slips for the first sign-in"), "slips": slips, "address": address}
        answer = TemplateResponse(request, "admin/agencies/slips.html", context)
        answer["Cache-Control"] = "no-store"
        return answer


@admin.register(Membership)
class MembershipAdmin(ImportingAdmin[Membership]):
    """Memberships: given and ended by the security administrator."""

    seen_by = frozenset({Office.SECURITY})
    added_by = frozenset({Office.SECURITY})
    changed_by = frozenset({Office.SECURITY})
    sheet = entering.MEMBERSHIP_SHEET
    list_display = ("user", "agency", "role", "starts_on", "ends_on")
    list_filter = ("role",)
    search_fields = ("user__username", "user__name", "agency__name", "agency__short_name")
    list_select_related = ("user", "agency")
    autocomplete_fields = ("user", "agency")
    fields = ("user", "agency", "role", "starts_on", "ends_on")
    actions = ("end_now",)

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> list[str]:
        """Of a membership that exists only the last day can be set."""
        return [] if obj is None else ["user", "agency", "role", "starts_on"]

    def save_model(self, request: HttpRequest, obj: Membership, form: forms.ModelForm[Membership], change: bool) -> None:
        """Appoint, or end on the day entered."""
        entered = form.cleaned_data
        if change:
            if entered.get("ends_on"):
                end_membership(**acting(request), membership=obj, last_day=entered["ends_on"])
            return
        made = appoint(**acting(request), **{**entered, "role": Role(entered["role"])})
        obj.pk = made.pk

    @admin.action(description=_("End the memberships chosen, at once"))
    def end_now(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        """End memberships at once."""
        self.each(request, queryset, lambda row: end_membership(**acting(request), membership=row), str(_("%(count)d memberships ended.")))


@admin.register(Delegation)
class DelegationAdmin(OfficeAdmin[Delegation]):
    """Delegations: given and revoked by the security administrator where the people themselves do not."""

    seen_by = frozenset({Office.SECURITY})
    added_by = frozenset({Office.SECURITY})
    list_display = ("delegator", "delegate", "agency", "starts_at", "ends_at", "revoked_at")
    search_fields = ("delegator__name", "delegate__name", "agency__name", "agency__short_name")
    list_select_related = ("delegator", "delegate", "agency")
    autocomplete_fields = ("delegator", "delegate", "agency")
    fields = ("delegator", "delegate", "agency", "starts_at", "ends_at", "reason")
    actions = ("revoke_now",)

    def save_model(self, request: HttpRequest, obj: Delegation, form: forms.ModelForm[Delegation], change: bool) -> None:
        """Delegate as entered."""
        entered = dict(form.cleaned_data)
        made = delegate(**acting(request), deputy=cast("User", entered.pop("delegate")), **entered)
        obj.pk = made.pk

    @admin.action(description=_("Revoke the delegations chosen"))
    def revoke_now(self, request: HttpRequest, queryset: QuerySet[Delegation]) -> None:
        """Revoke delegations."""
        self.each(
            request, queryset, lambda row: revoke_delegation(**acting(request), delegation=row), str(_("%(count)d delegations revoked."))
        )


@admin.register(AgencyUserPermission)
class AgencyUserPermissionAdmin(OfficeAdmin[AgencyUserPermission]):
    """What people hold on agencies, to read: it follows from memberships and delegations."""

    seen_by = frozenset({Office.SECURITY})
    list_display = ("person", "on_agency", "permission_name")
    search_fields = ("user__username", "user__name", "content_object__short_name")
    list_select_related = ("user", "content_object", "permission")
    fields = readonly_fields = ("person", "on_agency", "permission_name")

    @admin.display(description=_("person"), ordering="user__name")
    def person(self, row: AgencyUserPermission) -> str:
        """Return who holds it."""
        return str(row.user)

    @admin.display(description=_("agency"), ordering="content_object__short_name")
    def on_agency(self, row: AgencyUserPermission) -> str:
        """Return on which agency."""
        return str(row.content_object)

    @admin.display(description=_("permission"), ordering="permission__codename")
    def permission_name(self, row: AgencyUserPermission) -> str:
        """Return the permission in words."""
        return str(_(row.permission.name))
