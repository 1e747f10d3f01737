"""The inbox, the preferences and the way out, as their readers meet them."""

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from agencies.models import User
from notifications import guards
from notifications.letters import SALT, build
from notifications.models import InboxItem, Message, Preference
from notifications.outbox import post
from tests.notifications.conftest import NOW, notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(client: Client, name: str, *args: object, **query: str | int) -> str:
    response = client.get(reverse(f"notifications:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_inbox_shows_my_notices_the_newest_first_and_nobody_elses(browser: Client, person: User) -> None:
    other = User.objects.create(username="zhao")
    post([notice(person, "a", subject="第一条")], now=NOW.replace(hour=9))
    post([notice(person, "b", subject="第二条"), notice(other, "c", subject="别人的")], now=NOW)
    text = page(browser, "inbox")
    assert text.index("第二条") < text.index("第一条")
    assert "别人的" not in text
    assert "共 2 条" in text


def test_opening_a_notice_marks_it_read_and_leads_to_its_matter(browser: Client, person: User) -> None:
    post([notice(person)], now=NOW)
    item = InboxItem.objects.get()
    response = browser.get(reverse("notifications:open", args=[item.pk]))
    assert (response.status_code, response["Location"]) == (302, "/tasks/1/")
    item.refresh_from_db()
    assert item.read_at is not None


def test_a_notice_without_page_is_read_where_it_lies(browser: Client, person: User) -> None:
    post([notice(person, link="", ref="", body="系统将于今晚维护。")], now=NOW)
    assert "系统将于今晚维护" in page(browser, "open", InboxItem.objects.get().pk)


def test_another_persons_notice_is_not_there(browser: Client) -> None:
    other = User.objects.create(username="zhao")
    post([notice(other)], now=NOW)
    item = InboxItem.objects.get()
    assert browser.get(reverse("notifications:open", args=[item.pk])).status_code == 404
    item.refresh_from_db()
    assert item.read_at is None


def test_what_i_may_no_longer_see_keeps_neither_words_nor_link(browser: Client, person: User) -> None:
    post([notice(person, subject="机密事项", body="机密内容")], now=NOW)
    guards.register("task", lambda people, refs, now: set())
    for text in (page(browser, "inbox"), page(browser, "open", InboxItem.objects.get().pk)):
        assert "机密" not in text
        assert "/tasks/1/" not in text


def test_what_is_told_no_more_for_another_reason_says_which_and_leads_to_its_matter(browser: Client, person: User) -> None:
    post([notice(person, subject="有人提到您", body="收回的话")], now=NOW)
    guards.register("task", lambda people, refs, now: set())
    guards.register_reasons("task", lambda people, refs, now: {(who, ref): "已收回。" for who in people for ref in refs})
    shown = page(browser, "inbox")
    assert "有人提到您" in shown
    assert "已收回。" in shown
    assert "收回的话" not in shown
    assert "无权查看" not in shown
    item = InboxItem.objects.get()
    assert browser.get(reverse("notifications:open", args=[item.pk])).headers["Location"] == item.link
    InboxItem.objects.update(link="")
    shown = page(browser, "open", item.pk)
    assert "已收回。" in shown
    assert "收回的话" not in shown


def test_filters_and_pages(browser: Client, person: User) -> None:
    post([notice(person, f"k{i}", subject=f"第{i:02}号", topic="deadline" if i % 2 else "escalation") for i in range(45)], now=NOW)
    InboxItem.objects.filter(subject="第44号").update(read_at=NOW)
    assert "第44号" in page(browser, "inbox")
    assert "第44号" not in page(browser, "inbox", unread="on")
    assert "共 22 条" in page(browser, "inbox", topic="deadline")
    third = page(browser, "inbox", page=3)
    assert "第04号" in third
    assert "?page=2" in third
    assert "page=4" not in third
    for nonsense in ("0", "-1", "99999999999999999999", "x"):
        assert "第44号" in page(browser, "inbox", page=nonsense)


def test_the_inbox_costs_the_same_with_few_and_many(browser: Client, person: User, django_assert_max_num_queries: object) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    page(browser, "inbox")  # the first page of a process asks once for what all keep in mind
    counts = []
    for size in (3, 30):
        post([notice(person, f"s{size}-{i}", ref=f"task:{i}") for i in range(size)], now=NOW)
        with CaptureQueriesContext(connection) as queries:
            page(browser, "inbox")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_number_in_the_top_bar_follows(browser: Client, person: User) -> None:
    post([notice(person, f"k{i}") for i in range(3)], now=NOW)
    assert ">3<" in page(browser, "unread")
    response = browser.post(reverse("notifications:read-all"))
    assert response.status_code == 302
    assert "badge" not in page(browser, "unread")
    assert not InboxItem.objects.filter(read_at__isnull=True).exists()


def test_preferences_are_kept_and_the_floor_cannot_be_left(browser: Client, person: User) -> None:
    text = page(browser, "preferences")
    assert 'name="deadline:email" checked' in text
    browser.post(reverse("notifications:preferences"), {"progress:email": "on"})
    assert dict(Preference.objects.values_list("topic", "enabled"))["deadline"] is False
    assert not Preference.objects.filter(topic="escalation").exists()
    text = page(browser, "preferences")
    assert 'name="deadline:email" checked' not in text
    assert 'name="progress:email" checked' in text


def test_a_mail_leads_out_of_its_kind_without_signing_in(person: User) -> None:
    post([notice(person, topic="deadline")], now=NOW)
    letter = build(Message.objects.get(), NOW)
    assert letter is not None
    path = letter.unsubscribe_url.removeprefix("http://127.0.0.1:8000")
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.get(path).status_code == 200
    assert not Preference.objects.exists()
    assert stranger.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Preference.objects.filter(user=person, topic="deadline", channel="email", enabled=False).exists()


def test_a_kind_on_the_floor_offers_no_way_out_and_forged_tokens_lead_nowhere(person: User) -> None:
    post([notice(person)], now=NOW)
    letter = build(Message.objects.get(), NOW)
    assert letter is not None
    assert letter.unsubscribe_url == ""
    on_the_floor = signing.dumps([person.pk, "escalation", "email"], salt=SALT)
    for token in (on_the_floor, signing.dumps([person.pk, "deadline", "email"], salt="other"), "x"):
        assert Client().post(reverse("notifications:unsubscribe", args=[token])).status_code == 404
    assert not Preference.objects.exists()


@pytest.mark.parametrize("name", ["inbox", "unread", "preferences"])
def test_strangers_are_asked_to_sign_in(name: str, db: None) -> None:
    response = Client().get(reverse(f"notifications:{name}"))
    assert response.status_code == 302
    assert "sign-in" in response["Location"]
