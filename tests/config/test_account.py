"""Signing in and out, changing the password, choosing the language."""

import pytest
from django.test import Client

from agencies.models import User

PASSWORD = "a-long-enough-phrase"


@pytest.fixture
def zhang(db: None) -> User:
    return User.objects.create_user("zhang", password=PASSWORD, name="张三")


def test_whoever_is_not_signed_in_is_led_to_the_sign_in(client: Client) -> None:
    response = client.get("/password/")
    assert response.status_code == 302
    assert response["Location"] == "/sign-in/?next=/password/"


@pytest.mark.parametrize(
    ("behind", "next_page"),
    [
        ("http://testserver/tasks/7/?history=all", "/tasks/7/%3Fhistory%3Dall"),
        ("http://elsewhere.example/", "/todo/sign-for/"),
        ("", "/todo/sign-for/"),
    ],
)
def test_an_act_that_finds_the_session_ended_leads_back_to_the_page_it_was_pressed_on(client: Client, behind: str, next_page: str) -> None:
    response = client.post("/todo/sign-for/", headers={"Referer": behind})
    assert response["Location"] == f"/sign-in/?next={next_page}"


def test_the_right_password_leads_on_to_where_one_wanted_to_go(client: Client, zhang: User) -> None:
    response = client.post("/sign-in/", {"username": "zhang", "password": PASSWORD, "next": "/password/"})
    assert response.status_code == 302
    assert response["Location"] == "/password/"


def test_no_sign_in_leads_to_another_site(client: Client, zhang: User) -> None:
    response = client.post("/sign-in/", {"username": "zhang", "password": PASSWORD, "next": "https://elsewhere.example/"})
    assert response["Location"] == "/"


def test_a_wrong_password_is_answered_in_words_that_tell_nothing(client: Client, zhang: User) -> None:
    known = client.post("/sign-in/", {"username": "zhang", "password": "wrong"}).content.decode()
    unknown = client.post("/sign-in/", {"username": "nobody", "password": "wrong"}).content.decode()
    assert "账号或密码不正确" in known
    assert "账号或密码不正确" in unknown


def test_ten_wrong_passwords_lock_the_account_out_with_a_page_that_helps(client: Client, zhang: User) -> None:
    for _ in range(10):
        response = client.post("/sign-in/", {"username": "zhang", "password": "wrong"})
    assert response.status_code == 429
    assert "15 分钟后" in response.content.decode()
    assert client.post("/sign-in/", {"username": "zhang", "password": PASSWORD}).status_code == 429


def test_signing_out_needs_a_deliberate_act(client: Client, zhang: User) -> None:
    client.force_login(zhang)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").status_code == 302
    assert client.get("/password/").status_code == 302


def test_a_given_password_must_be_changed_before_anything_else(client: Client, zhang: User) -> None:
    zhang.must_change_password = True
    zhang.save()
    client.force_login(zhang)
    assert client.get("/")["Location"] == "/password/"
    assert "初始密码" in client.get("/password/").content.decode()
    fresh = "quite-another-phrase-7"
    response = client.post("/password/", {"old_password": PASSWORD, "new_password1": fresh, "new_password2": fresh})
    assert response.status_code == 302
    zhang.refresh_from_db()
    assert zhang.must_change_password is False
    assert zhang.check_password(fresh)


def test_under_the_api_the_forced_change_is_said_in_json(client: Client, zhang: User) -> None:
    zhang.must_change_password = True
    zhang.save()
    client.force_login(zhang)
    response = client.get("/api/nothing/")
    assert response.headers["Content-Type"] == "application/json"
    assert response.json()["code"] in {"must_change_password", "not_found"}


def test_chinese_comes_first_whatever_the_browser_prefers(client: Client) -> None:
    page = client.get("/sign-in/", headers={"accept-language": "en-US,en;q=0.9"})
    assert '<html lang="zh-hans">' in page.content.decode()
    assert "登录" in page.content.decode()


def test_english_is_chosen_and_stays(client: Client) -> None:
    assert client.post("/language/", {"language": "en", "next": "/sign-in/"}).status_code == 302
    page = client.get("/sign-in/").content.decode()
    assert '<html lang="en">' in page
    assert "Sign in" in page
    assert "登录" not in page


def test_whoever_holds_no_office_is_told_so_at_the_administration(client: Client, zhang: User) -> None:
    client.force_login(zhang)
    response = client.get("/admin/", follow=True)
    assert response.status_code == 403
    assert "三员管理员" in response.content.decode()


def test_the_health_page_asks_the_database(client: Client, db: None) -> None:
    assert client.get("/health/").json() == {"status": "ok"}


def test_the_page_that_changes_the_password_asks_for_nothing_by_itself(client: Client, zhang: User) -> None:
    """An answer to a question sent with the old session would sign out whoever has just changed the password."""
    User.objects.update(must_change_password=False)
    client.force_login(User.objects.get(pk=zhang.pk))
    quiet, usual = client.get("/password/"), client.get("/notifications/")
    assert b'hx-trigger="load"' in usual.content
    assert b'hx-trigger="load"' not in quiet.content
