import datetime as dt
import stat
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.test import RequestFactory
from django.utils import timezone

from agencies.actions.import_directory import import_directory
from agencies.actor import Actor
from agencies.models import DirectoryEvent, Membership, Office, Role, User
from agencies.permissions import differences
from seeds import story
from seeds.directory_files import read_directory
from seeds.people import demo_people, settle
from tests.factories.directory import NOW, actor_of

pytestmark = pytest.mark.django_db
PASSWORD = "a-password-for-the-demonstration"


@pytest.fixture(autouse=True)
def own_var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "VAR", tmp_path)
    monkeypatch.delenv("DUBAN_DEMO_PASSWORD", raising=False)
    monkeypatch.setattr(story, "tell", lambda now: None)  # its own tests tell it


def kept_password() -> Path:
    return Path(settings.VAR) / "demo_password"


def seed() -> str:
    out = StringIO()
    call_command("seed", demo=True, stdout=out)
    return out.getvalue()


def accounts() -> str:
    out = StringIO()
    call_command("demo_accounts", stdout=out)
    return out.getvalue()


def may_enter(username: str, password: str) -> bool:
    return authenticate(RequestFactory().post("/"), username=username, password=password) is not None


def test_every_role_and_every_office_has_somebody() -> None:
    seed()
    assert set(Membership.objects.values_list("role", flat=True)) == set(Role.values)
    assert set(User.objects.exclude(office="").values_list("office", flat=True)) == set(Office.values)
    assert differences(now=timezone.now()) == []


def test_a_coordinator_and_an_officer_hold_what_their_roles_give_today() -> None:
    seed()
    now = dt.datetime.now(dt.UTC)
    coordinator = actor_of(User.objects.get(username="szfb.coordinator"), now)
    assert set(coordinator.permissions.values()) == {frozenset({"coordinate", "lead_view"})}
    officer = actor_of(User.objects.get(username="sjrb.officer"), now)
    assert set(officer.permissions.values()) == {frozenset({"sign_for", "report"})}


def test_a_second_time_makes_nobody_and_keeps_a_changed_password() -> None:
    first = seed()
    user = User.objects.get(username="sjrb.officer")
    user.set_password("one-of-their-own-choice")
    user.save()
    events = DirectoryEvent.objects.count()

    assert seed() != first
    assert may_enter("sjrb.officer", "one-of-their-own-choice")
    assert DirectoryEvent.objects.count() == events


def test_the_password_is_made_once_kept_from_others_and_printed() -> None:
    seed()
    path = kept_password()
    password = path.read_text().strip()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(password) >= 12
    assert may_enter("szfb.coordinator", password)
    assert may_enter("admin.audit", password)
    assert password in accounts()


def test_a_password_from_the_environment_is_taken_and_never_printed_or_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBAN_DEMO_PASSWORD", PASSWORD)
    seed()
    assert may_enter("sjrb.officer", PASSWORD)
    assert not kept_password().exists()
    assert PASSWORD not in accounts()


def test_the_table_shows_each_role_in_both_languages_and_nothing_without_a_demonstration() -> None:
    assert accounts() == ""
    seed()
    table = accounts()
    for person in demo_people():
        if person.shown:
            assert person.username in table
            assert person.shown in table
            assert person.shown_en in table


def test_names_and_user_names_are_told_apart() -> None:
    people = demo_people()
    assert len({person.username for person in people}) == len({person.name for person in people}) == len(people)


def test_people_written_down_under_an_old_name_of_their_agency_sit_in_its_successor(monkeypatch: pytest.MonkeyPatch) -> None:
    import_directory(actor=Actor.system(), now=NOW, data=read_directory())
    [person] = [person for person in demo_people() if person.username == "rhgd.officer"]
    old = type(person)(person.username, person.name, None, (("人民银行广州分行", Role.OFFICER),), "", "")
    monkeypatch.setattr("seeds.people.demo_people", lambda: [old])
    settle(NOW)
    assert Membership.objects.get().agency.short_name == "人民银行广东省分行"


def test_an_agency_nobody_knows_is_an_error_that_leaves_no_account() -> None:
    with pytest.raises(LookupError):
        settle(NOW)
    assert not User.objects.exists()
