"""Refusals and mistakes are answered in words with what to do next, as a page, a fragment or JSON."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from agencies.models import User
from agencies.refusals import Conflict, Forbidden, Invalid, NotYours
from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as site

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

FAULTS: dict[str, Callable[[], Exception]] = {
    "not-yours": NotYours,
    "forbidden": lambda: Forbidden("只有首位牵头单位可以提请销号。"),
    "conflict": lambda: Conflict("该事项已经销号。"),
    "invalid": lambda: Invalid("截止日期早于交办日期。"),
    "missing": Http404,
    "denied": PermissionDenied,
    "suspicious": lambda: SuspiciousOperation("x"),
    "too-big": lambda: RequestDataTooBig("x"),
    "broken": lambda: ZeroDivisionError("x"),
    "away": lambda: OperationalError("server closed the connection unexpectedly"),
    "cut-off": lambda: InterfaceError("the connection is closed"),
    "without-a-table": lambda: OperationalError("no such table: x"),
}


def fail(request: HttpRequest, kind: str) -> HttpResponse:
    fault = FAULTS[kind]()
    raise fault


urlpatterns = [*site, path("fail/<slug:kind>/", fail), path("api/fail/<slug:kind>/", fail)]

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.config.test_errors")]

CASES = [
    ("not-yours", 404, "没有可查看的内容"),
    ("forbidden", 403, "只有首位牵头单位可以提请销号。"),
    ("conflict", 409, "该事项已经销号。"),
    ("invalid", 400, "截止日期早于交办日期。"),
    ("missing", 404, "没有可查看的内容"),
    ("denied", 403, "您无权进行此操作"),
    ("suspicious", 400, "请求无法识别"),
    ("too-big", 413, "内容过大"),
    ("broken", 500, "系统出错"),
    ("away", 503, "数据库暂时没有响应"),
    ("cut-off", 503, "数据库暂时没有响应"),
    ("without-a-table", 500, "系统出错"),
]


@pytest.fixture
def signed_in(client: Client) -> Client:
    client.raise_request_exception = False
    client.force_login(User.objects.create_user("zhang", name="张三"))
    return client


@pytest.mark.parametrize(("kind", "status", "words"), CASES)
def test_a_page_says_what_happened_and_what_to_do(signed_in: Client, kind: str, status: int, words: str) -> None:
    response = signed_in.get(f"/fail/{kind}/")
    assert response.status_code == status
    page = response.content.decode()
    assert words in page
    assert 'href="/"' in page


@pytest.mark.parametrize(("kind", "status", "words"), [case for case in CASES if case[1] < 500])
def test_htmx_gets_a_fragment(signed_in: Client, kind: str, status: int, words: str) -> None:
    response = signed_in.get(f"/fail/{kind}/", headers={"HX-Request": "true"})
    assert response.status_code == status
    assert "<html" not in response.content.decode()
    assert words in response.content.decode()


@pytest.mark.parametrize(("kind", "status", "words"), CASES)
def test_the_api_gets_json(signed_in: Client, kind: str, status: int, words: str) -> None:
    response = signed_in.get(f"/api/fail/{kind}/")
    assert response.status_code == status
    assert set(response.json()) == {"detail", "code"}


@pytest.mark.parametrize(("kind", "when"), [("away", "2"), ("cut-off", "2"), ("broken", None), ("without-a-table", None)])
@pytest.mark.parametrize("door", ["", "/api"])
def test_a_database_that_is_away_is_said_with_when_to_ask_again(signed_in: Client, door: str, kind: str, when: str | None) -> None:
    assert signed_in.get(f"{door}/fail/{kind}/").headers.get("Retry-After") == when


def test_an_unknown_address_without_a_sign_in_is_a_bare_page(client: Client) -> None:
    response = client.get("/nothing/here/")
    assert response.status_code == 404
    assert "前往登录页" in response.content.decode()


def test_a_form_without_its_token_is_explained(signed_in: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in.cookies
    response = strict.post("/password/", {})
    assert response.status_code == 403
    shown = response.content.decode()
    assert "表单已失效" in shown
    assert "表单打开时间过长" in shown
    assert "您无权进行此操作" not in shown, "it is no matter of rights"


def test_every_answer_also_reads_in_english(signed_in: Client) -> None:
    signed_in.cookies["django_language"] = "en"
    page = signed_in.get("/fail/conflict/").content.decode()
    assert "Not now" in page
    assert "Reload the page" in page


def test_an_address_that_only_takes_acts_is_no_dead_end(signed_in: Client) -> None:
    response = signed_in.get("/todo/sign-for/")
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    shown = response.content.decode()
    assert "此地址不能直接打开" in shown
    assert 'href="/"' in shown
    assert 'href="/todo/sign-for/"' not in shown


@pytest.mark.parametrize(
    ("behind", "led"), [("http://testserver/todo/?kind=1", True), ("https://elsewhere.example/todo/?kind=1", False), ("", False)]
)
def test_a_refused_act_leads_back_to_its_page_and_not_to_its_own_address(signed_in: Client, behind: str, led: bool) -> None:
    shown = signed_in.post("/fail/conflict/", headers={"Referer": behind}).content.decode()
    assert 'href="/fail/conflict/"' not in shown
    assert ('href="/todo/?kind=1"' in shown) is led
