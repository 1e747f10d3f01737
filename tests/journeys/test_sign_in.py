"""Somebody signs in, changes the password, switches the language and signs out, at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from agencies.models import User

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

GIVEN = "given-by-the-office-1"
OWN = "chosen-by-myself-22"


@pytest.fixture
def zhang() -> User:
    return User.objects.create_user("zhang", password=GIVEN, name="张三", must_change_password=True)


def sign_in(page: Page, password: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("账号").fill("zhang")
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()


def test_a_new_colleague_sets_a_password_and_works_on_in_english(page: Page, zhang: User) -> None:
    sign_in(page, "not-it")
    expect(page.get_by_role("alert")).to_contain_text("账号或密码不正确")
    sign_in(page, GIVEN)
    expect(page.get_by_text("当前密码为初始密码")).to_be_visible()
    page.goto("/notifications/")
    expect(page).to_have_url(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + "/password/")
    page.get_by_label("旧密码").fill(GIVEN)
    page.get_by_label("新密码", exact=True).fill(OWN)
    page.get_by_label("新密码确认").fill(OWN)
    page.get_by_role("button", name="保存新密码").click()
    expect(page.get_by_text("密码已修改")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="中文")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="张三").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_on_a_phone_the_menu_slides_in_and_nothing_is_wider_than_the_screen(new_page: Callable[..., Page], zhang: User) -> None:
    User.objects.update(must_change_password=False)
    page = new_page(width=390, height=844)
    sign_in(page, GIVEN)
    page.goto("/nothing-here/")
    expect(page.get_by_role("heading", name="没有可查看的内容")).to_be_visible()
    menu = page.locator("#menu")
    expect(menu).not_to_be_in_viewport()
    page.get_by_role("button", name="菜单").click()
    expect(menu).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_without_scripts_one_can_still_sign_in_and_open_the_menu(new_page: Callable[..., Page], zhang: User) -> None:
    User.objects.update(must_change_password=False)
    page = new_page(width=390, height=844, java_script_enabled=False)
    sign_in(page, GIVEN)
    page.goto("/nothing-here/")
    page.get_by_role("button", name="菜单").click()
    expect(page.locator("#menu")).to_be_in_viewport()
