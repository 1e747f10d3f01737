"""The page on which a reorganisation is entered: what would move is shown first, and entered as it was shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Office, Succession
from tests.factories.directory import make_agency, make_group, make_member, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(client: Client) -> Client:
    """Return the browser of the system administrator, who keeps the directory."""
    client.force_login(make_person(office=Office.SYSTEM), backend="django.contrib.auth.backends.ModelBackend")
    return client


def reorganising(agency: Agency) -> str:
    """Return the address of the page."""
    return reverse("admin:agencies_agency_reorganise", args=[agency.pk])


def confirm(client: Client, address: str, entered: Mapping[str, object], *, meant: bool = True) -> Any:
    """Look at what would move and enter it as the page does that shows it; an odd day is ticked as meant, or not."""
    shown = client.post(address, entered).context["shown"]
    return client.post(address, {**entered, "confirmed": "yes", "shown": shown, **({"odd": "on"} if meant else {})})


def test_what_would_move_is_shown_before_it_moves_and_can_be_changed(keeper: Client) -> None:
    agency = make_agency("省监察局")
    make_member(agency, name="李明")
    make_group("各有关厅局", agency)
    make_agency("省监察中心", parent=agency)
    address = reorganising(agency)
    day = (timezone.localdate() + dt.timedelta(days=30)).isoformat()
    entered = {"kind": "rename", "names": "广东省监察厅｜省监察厅", "effective_on": day, "basis": "机构改革方案"}
    shown = keeper.post(address, entered)
    lines = {line.what: (line.count, list(line.names), line.becomes) for line in shown.context["lines"]}
    assert lines["任职"] == (1, ["李明"], "转入广东省监察厅")
    assert lines["所属群组"] == (1, ["各有关厅局"], "转入广东省监察厅")
    assert lines["下属单位"][0] == 1
    assert "在办事项中的未结任务" in lines, "what is open elsewhere is counted by whom it is open with"
    assert not shown.context["odd"]
    assert not Succession.objects.exists()
    assert not Agency.objects.filter(short_name="省监察厅").exists()
    changing = keeper.post(address, entered | {"edit": "yes"})
    assert changing.context["form"]["basis"].value() == "机构改革方案"
    assert confirm(keeper, address, entered, meant=False).status_code == 302
    assert Succession.objects.get().successor.short_name == "省监察厅"


@pytest.mark.parametrize(("days", "says"), [(-40, "已过去40天"), (500, "距今超过一年")])
def test_an_odd_day_is_said_in_words_and_entered_only_when_meant(days: int, says: str, keeper: Client) -> None:
    agency = make_agency("省监察局")
    address = reorganising(agency)
    day = (timezone.localdate() + dt.timedelta(days=days)).isoformat()
    entered = {"kind": "rename", "names": "广东省监察厅｜省监察厅", "effective_on": day, "basis": "文"}
    assert says in keeper.post(address, entered).content.decode()
    unsaid = confirm(keeper, address, entered, meant=False)
    assert (unsaid.status_code, unsaid.context["odd_unsaid"]) == (200, True)
    assert not Succession.objects.exists()
    assert confirm(keeper, address, entered).status_code == 302


def test_what_has_changed_since_it_was_shown_is_shown_anew_and_nothing_is_entered(keeper: Client) -> None:
    agency = make_agency("省监察局")
    address = reorganising(agency)
    day = (timezone.localdate() + dt.timedelta(days=30)).isoformat()
    entered = {"kind": "rename", "names": "广东省监察厅｜省监察厅", "effective_on": day, "basis": "机构改革方案"}
    unseen = keeper.post(address, entered | {"confirmed": "yes"})
    assert (unseen.status_code, unseen.context["has_changed"]) == (200, False), "what was never shown is shown first"
    seen = unseen.context["shown"]
    make_member(agency, name="李明")
    answer = keeper.post(address, entered | {"confirmed": "yes", "shown": seen})
    assert answer.status_code == 409
    assert "您查看之后，该单位的相关情况已有变动" in answer.content.decode()
    assert next(line.count for line in answer.context["lines"] if line.what == "任职") == 1
    assert not Succession.objects.exists()
    assert keeper.post(address, entered | {"confirmed": "yes", "shown": answer.context["shown"]}).status_code == 302
    assert Succession.objects.get().successor.short_name == "省监察厅"


def test_a_reorganisation_that_is_refused_is_refused_before_it_is_shown(keeper: Client) -> None:
    agency = make_agency("省监察局")
    taken = make_agency("省监察厅")
    day = (timezone.localdate() + dt.timedelta(days=30)).isoformat()
    entered = {"kind": "rename", "names": f"{taken.name}｜省监察厅", "effective_on": day, "basis": "文"}
    assert keeper.post(reorganising(agency), entered).context["form"].non_field_errors()


def test_an_agency_is_renamed_on_its_page(keeper: Client) -> None:
    agency = make_agency("省监察局")
    address = reorganising(agency)
    assert address in keeper.get(reverse("admin:agencies_agency_change", args=[agency.pk])).content.decode()
    entered = {"kind": "rename", "names": "广东省监察厅｜省监察厅", "effective_on": "2026-05-01", "basis": "机构改革方案"}
    assert confirm(keeper, address, entered).status_code == 302
    assert Succession.objects.get().successor.short_name == "省监察厅"
    assert Agency.objects.get(pk=agency.pk).ends_on == dt.date(2026, 4, 30)


@pytest.mark.parametrize(("names", "offered"), [(["新甲局"], True), (["新甲局", "新乙局"], False)])
def test_what_a_split_agency_owes_is_not_offered_to_who_may_not_choose_its_heirs(names: list[str], offered: bool, keeper: Client) -> None:
    agency = make_agency()
    kind = "rename" if len(names) == 1 else "split"
    lines = "\n".join(f"{name}｜{name}" for name in names)
    today = timezone.localdate().isoformat()
    entered = {"kind": kind, "names": lines, "effective_on": today, "basis": "文"}
    confirm(keeper, reorganising(agency), entered)
    assert agency.successions.count() == len(names)
    shown = keeper.get(reverse("admin:agencies_agency_change", args=[agency.pk])).content.decode()
    assert (reverse("reorganisation", args=[agency.pk]) in shown) is offered


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        ({"kind": "rename", "names": ""}, "names"),
        ({"kind": "rename", "names": "只有全称"}, "names"),
        ({"kind": "split", "names": "甲厅|甲厅"}, "names"),
        ({"kind": "merge"}, "heirs"),
        ({"kind": "rename", "names": "甲|甲", "basis": ""}, "basis"),
        ({"kind": "rename", "names": "甲|甲", "effective_on": "1949-10-01"}, None),
    ],
)
def test_a_reorganisation_that_lacks_something_is_asked_for_it(entered: dict[str, str], field: str | None, keeper: Client) -> None:
    agency = make_agency()
    response = keeper.post(reorganising(agency), {"effective_on": "2026-05-01", "basis": "文", **entered})
    assert response.status_code == 200
    form = response.context["form"]
    assert form.errors.get(field) if field else form.non_field_errors()
    assert not Succession.objects.exists()
