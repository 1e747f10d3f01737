"""A character that PostgreSQL holds in no text reaches no view: not by an address, a cookie or a form."""

from __future__ import annotations

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from agencies.models import Office
from config.middleware import StorableTextMiddleware
from tests.factories.directory import NOW, make_person
from tests.factories.tasks import accepted_task

pytestmark = pytest.mark.django_db


def through(request: HttpRequest) -> HttpRequest:
    """Return a request as a view finds it."""
    door = StorableTextMiddleware(lambda _request: HttpResponse())
    door(request)
    door.process_view(request, object(), (), {})
    return request


def test_addresses_cookies_and_forms_lose_it_and_nothing_else() -> None:
    request = through(
        RequestFactory().get("/search/?q=%00督%E5%8A%9E%00&n=%2500&w=%%0000", headers={"Cookie": r'sessionid="abc\000def"; a=b'})
    )
    assert request.GET.dict() == {"q": "督办", "n": "%00", "w": ""}
    assert request.COOKIES == {"sessionid": "abcdef", "a": "b"}
    request = through(RequestFactory().post("/", {"text": "督\x00办 %00", "many": ["1", "\x002"], "\x00name": ""}))
    assert {name: request.POST.getlist(name) for name in request.POST} == {"text": ["督办 %00"], "many": ["1", "2"], "name": [""]}
    untouched = RequestFactory().post("/", {"text": "督办"})
    form = untouched.POST
    assert through(untouched).POST is form


@pytest.mark.parametrize(
    "address",
    [
        "/search/?q=产业%00发展",
        "/search/quick/?q=产业%00发展",
        "/ledger/?q=产业%00发展",
        "/ledger/?plan=%00&agency=%00",
        "/papers/?q=产业%00",
        "/circulars/?q=产业%00",
        "/todo/?q=产业%00",
        "/done/?q=产业%00",
        "/plans/agencies/?who=产业%00",
        "/cockpit/?plan=%00&on=%00&sort=%00",
        "/api/v1/tasks/?q=产业%00&state=%00",
        "/notifications/?topic=%00",
        "/admin/workflow/task/?q=产业%00",
    ],
)
@time_machine.travel(NOW, tick=False)
def test_no_question_with_it_is_a_mistake_of_ours(client: Client, address: str) -> None:
    client.force_login(accepted_task().coordinator, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(address, follow=True).status_code in {200, 400}


@time_machine.travel(NOW, tick=False)
def test_a_search_goes_on_without_it(client: Client) -> None:
    client.force_login(accepted_task().coordinator, backend="django.contrib.auth.backends.ModelBackend")
    assert 'value="产业发展"' in client.get("/search/?q=产业%00发展").content.decode()


def test_a_stranger_brings_it_in_neither_by_cookie_nor_by_name(client: Client) -> None:
    client.cookies["sessionid"] = "a" * 31 + "\x00"
    assert client.get("/workbench/").status_code == 302
    assert client.post("/sign-in/", {"username": "li\x00si", "password": "\x00"}).status_code == 200
    client.force_login(make_person(office=Office.SECURITY), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/admin/agencies/user/?q=%00&first=%00").status_code in {200, 302}
    assert client.get("/admin/agencies/agency/%00/change/").status_code == 404
