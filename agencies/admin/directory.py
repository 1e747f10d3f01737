"""Agencies, their names, groups and reorganisations: kept by the system administrator."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.actions.establish_agency import AgencyValues, amend_agency, establish_agency
from agencies.actions.keep_group import admit, dismiss, establish_group
from agencies.actions.teach_alias import retire_alias, teach_alias
from agencies.admin.importing import ImportingAdmin
from agencies.admin.offices import ALL, OfficeAdmin, acting
from agencies.admin.reorganisation import Line, ReorganisationForm
from agencies.models import Agency, AgencyGroup, Alias, GroupMember, Office, Succession
from agencies.refusals import Refusal
from agencies.sheets import entering


@admin.register(Agency)
class AgencyAdmin(ImportingAdmin[Agency]):
    """Agencies; they end by a reorganisation, on a page of its own."""

    seen_by = ALL
    added_by = changed_by = frozenset({Office.SYSTEM})
    sheet = entering.AGENCY_SHEET
    list_display = ("short_name", "name", "kind", "region", "starts_on", "ends_on")
    list_filter = ("kind", ("ends_on", admin.EmptyFieldListFilter))
    search_fields = ("name", "short_name", "aliases__name")
    autocomplete_fields = ("parent",)
    fields = ("name", "short_name", "kind", "region", "parent", "position", "starts_on", "ends_on")
    readonly_fields = ("ends_on",)
    change_form_template = "admin/agencies/agency_change_form.html"

    def save_model(self, request: HttpRequest, obj: Agency, form: forms.ModelForm[Agency], change: bool) -> None:
        """Establish or amend as entered."""
        entered = form.cleaned_data
        if change:
            amended = AgencyValues(**{name: entered[name] for name in form.changed_data})  # type: ignore[typeddict-item]
            amend_agency(**acting(request), agency=obj, **amended)
            return
        obj.pk = establish_agency(**acting(request), **AgencyValues(**entered)).pk  # type: ignore[typeddict-item]

    def get_urls(self) -> list[URLPattern]:
        """Add the page of reorganisations."""
        page = path("<path:object_id>/reorganise/", self.admin_site.admin_view(self.reorganise), name="agencies_agency_reorganise")
        return [page, *super().get_urls()]

    def reorganise(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Rename, merge, split or abolish an agency from a day on, once what would move was looked at."""
        agency = get_object_or_404(Agency, pk=object_id)
        if not self.has_change_permission(request, agency):
            raise PermissionDenied
        form = ReorganisationForm(agency, request.POST or None)
        if request.method == "POST" and form.is_valid() and "edit" not in request.POST:
            odd = form.odd_day(timezone.localdate())
            seen = request.POST.get("shown", "") if "confirmed" in request.POST else ""
            try:
                with transaction.atomic():
                    lines = form.lines()
                    has_changed = bool(seen) and seen != form.digest(lines)
                    is_confirmed = bool(seen) and not has_changed and (not odd or "odd" in request.POST)
                    form.carry_out(**acting(request))
                    if not is_confirmed:
                        transaction.set_rollback(True)
            except Refusal as refusal:
                form.add_error(None, str(refusal.reason))
            else:
                if not is_confirmed:
                    return self._preview(request, form, lines, odd, has_changed=has_changed)
                self.message_user(request, str(_("The reorganisation is entered.")), messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:agencies_agency_change", args=[agency.pk]))
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": _("Reorganise %(agency)s") % {"agency": agency.name},
            "form": form,
            "agency": agency,
            "opts": self.opts,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/agencies/reorganise.html", context)

    def _preview(self, request: HttpRequest, form: ReorganisationForm, lines: list[Line], odd: str, *, has_changed: bool) -> HttpResponse:
        """Return the page that shows what would move; the act was tried and taken back, so that what is refused is refused before.

        It carries a digest of what it shows: when that has changed by the time it is confirmed, the new one is shown, with 409.
        """
        asked = {"csrfmiddlewaretoken", "confirmed", "odd", "shown"}
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": _("Reorganise %(agency)s") % {"agency": form.agency.name},
            "agency": form.agency,
            "opts": self.opts,
            "kind": Succession.Kind(form.cleaned_data["kind"]).label,
            "heirs": form.heirs_by_name(),
            "effective_on": form.cleaned_data["effective_on"],
            "lines": lines,
            "sent": [(name, value) for name, values in request.POST.lists() if name not in asked for value in values],
            "odd": odd,
            "odd_unsaid": bool(odd) and "confirmed" in request.POST and "odd" not in request.POST,
            "shown": form.digest(lines),
            "has_changed": has_changed,
        }
        return TemplateResponse(request, "admin/agencies/reorganise_preview.html", context, status=409 if has_changed else 200)


@admin.register(Alias)
class AliasAdmin(OfficeAdmin[Alias]):
    """Other names; one is retired, never deleted."""

    seen_by = ALL
    added_by = frozenset({Office.SYSTEM})
    list_display = ("name", "means", "source", "taught_by", "starts_on", "ends_on")
    list_filter = ("source",)
    search_fields = ("name", "agency__name", "agency__short_name", "group__name")
    list_select_related = ("agency", "group", "taught_by")
    autocomplete_fields = ("agency", "group")
    fields = ("name", "agency", "group", "source")
    actions = ("retire",)

    @admin.display(description=_("means"))
    def means(self, alias: Alias) -> str:
        """Return what the name stands for."""
        return str(alias.agency or alias.group)

    def save_model(self, request: HttpRequest, obj: Alias, form: forms.ModelForm[Alias], change: bool) -> None:
        """Teach the name."""
        entered = form.cleaned_data
        taught = teach_alias(**acting(request), **{**entered, "source": Alias.Source(entered["source"])})
        if taught is None:
            self.message_user(request, str(_("The directory knows this name already.")), messages.WARNING)
        obj.pk = taught.pk if taught else None

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer retiring to who may add."""
        return super().get_actions(request) if self.has_add_permission(request) else {}

    @admin.action(description=_("Retire the names chosen"))
    def retire(self, request: HttpRequest, queryset: QuerySet[Alias]) -> None:
        """Retire names."""
        self.each(request, queryset, lambda alias: retire_alias(**acting(request), alias=alias), str(_("%(count)d names retired.")))


@admin.register(AgencyGroup)
class AgencyGroupAdmin(OfficeAdmin[AgencyGroup]):
    """Groups that documents name."""

    seen_by = ALL
    added_by = frozenset({Office.SYSTEM})
    list_display = ("name", "region")
    search_fields = ("name", "aliases__name")
    fields = ("name", "region")

    def save_model(self, request: HttpRequest, obj: AgencyGroup, form: forms.ModelForm[AgencyGroup], change: bool) -> None:
        """Enter the group."""
        obj.pk = establish_group(**acting(request), name=form.cleaned_data["name"], region=form.cleaned_data["region"]).pk


@admin.register(GroupMember)
class GroupMemberAdmin(OfficeAdmin[GroupMember]):
    """Who belongs to which group, from when to when."""

    seen_by = ALL
    added_by = frozenset({Office.SYSTEM})
    list_display = ("group", "agency", "starts_on", "ends_on")
    list_filter = ("group",)
    search_fields = ("group__name", "agency__name", "agency__short_name")
    list_select_related = ("group", "agency")
    autocomplete_fields = ("group", "agency")
    fields = ("group", "agency", "starts_on")
    actions = ("dismiss_now",)

    def save_model(self, request: HttpRequest, obj: GroupMember, form: forms.ModelForm[GroupMember], change: bool) -> None:
        """Admit the agency."""
        obj.pk = admit(**acting(request), **form.cleaned_data).pk

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer dismissing to who may add."""
        return super().get_actions(request) if self.has_add_permission(request) else {}

    @admin.action(description=_("Dismiss the members chosen, at once"))
    def dismiss_now(self, request: HttpRequest, queryset: QuerySet[GroupMember]) -> None:
        """Dismiss members."""
        self.each(request, queryset, lambda row: dismiss(**acting(request), member=row), str(_("%(count)d members dismissed.")))


@admin.register(Succession)
class SuccessionAdmin(OfficeAdmin[Succession]):
    """Reorganisations, to read; they are entered on the page of an agency."""

    seen_by = ALL
    list_display = ("effective_on", "predecessor", "kind", "successor", "basis")
    list_filter = ("kind",)
    search_fields = ("predecessor__name", "successor__name", "basis")
    list_select_related = ("predecessor", "successor")
    ordering = ("-effective_on", "-pk")
    fields = readonly_fields = ("effective_on", "predecessor", "kind", "successor", "basis")
