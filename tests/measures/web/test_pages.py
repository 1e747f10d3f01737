"""From the upload to dispatched tasks, page by page, without scripts."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from agencies.models import Agency, Office, Role, User
from agencies.sheets.entering import Outcome, agency, enter
from agencies.sheets.workbook import AGENCIES, read
from measures.actions.edit_upload import edit_upload
from measures.models import Plan, Upload
from tests.factories.directory import NOW, actor_of, make_agency, make_member, make_person
from tests.factories.documents import SAMPLE, SMALL, confirmed, facts, in_review, load_directory, office_of_the_sample, uploaded
from workflow.actions.draw_up import draw_up_plan
from workflow.models import Assignment, Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Agency:
    for name in ("省一厅", "省二厅", "省三厅"):
        make_agency(name)
    return make_agency("省府办")


@pytest.fixture
def coordinator(office: Agency, client: Client) -> User:
    user = make_member(office, Role.COORDINATOR)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def send(client: Client, upload: Upload, act: str, **fields: str) -> None:
    version = Upload.objects.get(pk=upload.pk).version
    response = client.post(f"/plans/uploads/{upload.pk}/edit/", {"act": act, "version": version, **fields})
    assert response.status_code == 302


def texts(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


SPLIT = """关于示范工作的方案

一、主要任务
（一）示范工作。建设平台，园区产值达到30亿元。（省一厅牵头，2026年6月底前完成）举办活动。（省二厅牵头）
责任单位：省三厅配合
（二）其他事项。抓紧落实。（省一厅负责）
"""


@pytest.mark.usefixtures("coordinator")
@pytest.mark.parametrize(
    ("name", "content", "words"),
    [("空.txt", b"", "空"), ("大.txt", b"x" * (20 * 1024 * 1024 + 1), "20")],
)
def test_a_file_that_cannot_be_taken_is_refused_in_words(client: Client, office: Agency, name: str, content: bytes, words: str) -> None:
    response = client.post("/plans/upload/", {"file": SimpleUploadedFile(name, content), "agency": office.pk})
    assert response.status_code == 400
    assert words in response.content.decode()
    assert not Upload.objects.exists()


def test_a_binary_with_the_name_of_a_text_fails_in_words(client: Client, office: Agency, coordinator: User) -> None:
    upload = in_review(coordinator, office, bytes(range(256)) * 40)
    assert upload.state == Upload.State.FAILED
    assert "不是文本文件" in texts(client, f"/plans/uploads/{upload.pk}/")


def test_a_document_waits_and_says_so(client: Client, office: Agency, coordinator: User) -> None:
    upload = uploaded(coordinator, office)
    assert "正在读取" in texts(client, f"/plans/uploads/{upload.pk}/")
    assert client.get(f"/plans/uploads/{upload.pk}/progress/").status_code == 200


def test_the_page_that_waits_is_sent_on_when_the_document_is_read(client: Client, office: Agency, coordinator: User) -> None:
    upload = in_review(coordinator, office)
    response = client.get(f"/plans/uploads/{upload.pk}/progress/")
    assert (response.status_code, response.headers["HX-Refresh"]) == (204, "true")


def test_the_review_shows_source_structure_and_doubts(client: Client, office: Agency, coordinator: User) -> None:
    upload = in_review(coordinator, office)
    page = client.get(f"/plans/uploads/{upload.pk}/").content.decode()
    assert 'class="mark mark-lead"' in page
    assert 'class="mark mark-deadline"' in page
    assert 'class="mark mark-target"' in page
    assert "省四局" in page
    assert "未列入单位名录" in page
    for anchor in re.findall(r'href="#([^"]+)"', page):
        assert f'id="{anchor}"' in page, anchor


def test_every_link_of_the_structure_leads_into_the_source_and_back(client: Client, office: Agency, coordinator: User) -> None:
    said = "序号,重点任务,牵头单位,完成时限\n1,新建学位3万个,省一厅,6月底前\n,,省二厅,9月底前\n2,省三厅牵头办好十件实事,同上,年底前\n"
    upload = in_review(coordinator, office, said)
    page = client.get(f"/plans/uploads/{upload.pk}/").content.decode()
    places = re.findall(r' id="([^"]+)"', page)
    links = {link for link in re.findall(r'href="#([^"]+)"', page) if link != "main"}
    assert len([link for link in links if link.startswith("t-")]) >= 5
    assert links <= set(places), links - set(places)
    assert len(places) == len(set(places)), [place for place in places if places.count(place) > 1]


def test_a_correction_is_made_seen_and_undone(client: Client, office: Agency, coordinator: User) -> None:
    upload = in_review(coordinator, office)
    measure = upload.reading["measures"][0]
    mention = f"m{measure['start']}.1"
    send(client, upload, f"set_role|{mention}|lead")
    assert [edit["op"] for edit in Upload.objects.get().edits] == ["set_role"]
    before = dict(Upload.objects.get().reading)
    client.post(f"/plans/uploads/{upload.pk}/undo/", {"version": Upload.objects.get().version})
    assert Upload.objects.get().edits == []
    assert Upload.objects.get().reading == before


def test_what_each_part_of_a_split_measure_gets_is_shown_first_done_then_and_undone(
    client: Client, office: Agency, coordinator: User
) -> None:
    upload = in_review(coordinator, office, SPLIT)
    key = f"m{upload.reading['measures'][0]['start']}"
    address = f"/plans/uploads/{upload.pk}/split/?measure={key}"
    assert address in client.get(f"/plans/uploads/{upload.pk}/").content.decode().replace("&amp;part=1", "")
    first, second = client.get(address).content.decode().split('<article class="card measure">')[1:]
    assert [name in first for name in ("省一厅", "省二厅", "省三厅", "2026-06-30", "园区产值")] == [True, False, True, True, True]
    assert [name in second for name in ("省一厅", "省二厅", "省三厅", "2026-06-30", "园区产值")] == [False, True, True, False, False]
    assert (first.count("各条均有"), second.count("各条均有")) == (1, 1)
    assert Upload.objects.get().edits == []
    assert "最后一句除外" in texts(client, f"{address}&chosen=1")
    assert "拆分为 2 条措施" in texts(client, f"{address}&part=1&chosen=1&after=0")
    send(client, upload, f"split_measure|{key}", after="0")
    [edit] = Upload.objects.get().edits
    assert (edit["after"], len(edit["scopes"])) == ([0], 3)
    assert "拆分措施" in texts(client, f"/plans/uploads/{upload.pk}/")
    client.post(f"/plans/uploads/{upload.pk}/undo/", {"version": Upload.objects.get().version})
    assert Upload.objects.get().edits == []


def test_a_measure_that_is_gone_or_has_one_sentence_is_not_split(client: Client, office: Agency, coordinator: User) -> None:
    upload = in_review(coordinator, office, SPLIT)
    keys = [f"m{measure['start']}" for measure in upload.reading["measures"]]
    for key, words in ((keys[1], "最后一句除外"), ("m1", "已不存在")):
        page = client.get(f"/plans/uploads/{upload.pk}/split/?measure={key}", follow=True)
        assert (page.redirect_chain[0][0], words in page.content.decode()) == (f"/plans/uploads/{upload.pk}/", True)
    send(client, upload, "split_measure|m1", after="0")
    assert Upload.objects.get().edits == []


def test_a_page_that_is_stale_changes_nothing_and_says_why(client: Client, office: Agency, coordinator: User) -> None:
    upload = in_review(coordinator, office)
    response = client.post(f"/plans/uploads/{upload.pk}/edit/", {"act": "dismiss_doubt|no_number", "version": 1}, follow=True)
    assert "重新打开" in response.content.decode()
    assert Upload.objects.get().edits == []


def test_an_unknown_name_is_settled_and_remembered(client: Client, office: Agency, coordinator: User) -> None:
    fourth = make_agency("省第四局")
    upload = in_review(coordinator, office)
    send(client, upload, "settle_name|省四局|", who="省第四局", remember="1")
    assert fourth.aliases.get().name == "省四局"
    assert "个单位未列入单位名录" not in texts(client, f"/plans/uploads/{upload.pk}/")


def test_confirming_asks_for_what_the_document_does_not_say(client: Client, office: Agency, coordinator: User) -> None:
    upload = in_review(coordinator, office)
    client.post(f"/plans/uploads/{upload.pk}/confirm/", {"version": upload.version})
    assert not Plan.objects.exists()
    send(client, upload, "set_facts", title="示范园区方案", who=office.name, issued_on="2026-03-01")
    assert "示范园区方案" in texts(client, f"/plans/uploads/{upload.pk}/confirm/")
    response = client.post(f"/plans/uploads/{upload.pk}/confirm/", {"version": Upload.objects.get().version})
    plan = Plan.objects.get()
    assert response.headers["Location"] == f"/plans/{plan.pk}/"
    assert client.post(f"/plans/uploads/{upload.pk}/confirm/", {"version": upload.version}).headers["Location"] == f"/plans/{plan.pk}/"
    assert Plan.objects.count() == 1


def test_a_task_with_an_unknown_agency_is_dispatched_only_once_it_is_settled(client: Client, office: Agency, coordinator: User) -> None:
    plan = confirmed(coordinator, office)
    client.post(f"/plans/{plan.pk}/draw-up/")
    assert Task.objects.filter(plan=plan, state="draft").count() == 2
    page = texts(client, f"/plans/{plan.pk}/drafts/")
    assert "省四局" in page
    client.post(f"/plans/{plan.pk}/drafts/due/", {"due_on": "2036-12-31", "scope": "without"})
    token = " ".join(str(task.pk) for task in Task.objects.all())
    client.post(f"/plans/{plan.pk}/dispatch/", {"tasks": token})
    assert not Assignment.objects.filter(task__title="引进项目").exists()
    receiver = Task.objects.get(title="引进项目").receivers.get(agency=None)
    client.post(f"/plans/{plan.pk}/drafts/settle/", {"receiver": receiver.pk, "who": "省三厅"})
    client.post(f"/plans/{plan.pk}/dispatch/", {"tasks": token})
    assert Assignment.objects.count() == 5
    client.post(f"/plans/{plan.pk}/dispatch/", {"tasks": token})
    assert Assignment.objects.count() == 5


def test_tasks_without_a_due_date_go_out_only_when_that_is_ticked(client: Client, office: Agency, coordinator: User) -> None:
    plan = confirmed(coordinator, office, SMALL.replace("省四局", "省三厅"))
    draw_up_plan(actor=actor_of(coordinator), plan_id=plan.pk, now=NOW)
    Task.objects.filter(title="建设园区").update(due_on="2036-12-31", first_due_on="2036-12-31")
    token = " ".join(str(task.pk) for task in Task.objects.all())
    client.post(f"/plans/{plan.pk}/dispatch/", {"tasks": token})
    assert not Assignment.objects.exists()
    client.post(f"/plans/{plan.pk}/dispatch/", {"tasks": token, "without_due": "1"})
    assert Assignment.objects.count() == 5


def test_the_receivers_of_the_sample_are_shown_in_full_before_it_goes_out(client: Client) -> None:
    load_directory()
    agency, user = office_of_the_sample()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    plan = confirmed(user, agency, SAMPLE, issued_on="2021-12-06")
    client.post(f"/plans/{plan.pk}/draw-up/")
    client.post(f"/plans/{plan.pk}/drafts/due/", {"due_on": "2036-12-31", "scope": "all"})
    page = texts(client, f"/plans/{plan.pk}/dispatch/")
    assert "21 项任务" in page
    assert "304" in page
    for city in ("韶关市政府", "云浮市政府"):
        assert city in page
    token = " ".join(str(task.pk) for task in Task.objects.all())
    client.post(f"/plans/{plan.pk}/dispatch/", {"tasks": token})
    assert Assignment.objects.filter(task__plan=plan).count() == 304
    assert "办理中" in texts(client, f"/plans/{plan.pk}/")


ADDRESSES = ["", "progress/", "file/", "confirm/"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_anothers_upload_is_not_there(client: Client, office: Agency, coordinator: User, address: str) -> None:
    upload = in_review(coordinator, office)
    client.force_login(make_member(make_agency(), Role.COORDINATOR), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/plans/uploads/{upload.pk}/{address}").status_code == 404
    client.force_login(make_member(office, Role.OFFICER), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/plans/uploads/{upload.pk}/{address}").status_code == 404


def test_putting_a_document_aside_asks_first(client: Client, office: Agency, coordinator: User) -> None:
    upload = in_review(coordinator, office)
    client.force_login(coordinator, backend="django.contrib.auth.backends.ModelBackend")
    address = f"/plans/uploads/{upload.pk}/discard/"
    asked = client.post(address).content.decode()
    assert all(word in asked for word in ("确定作废该文件吗？", upload.filename, 'name="confirmed"', f'href="/plans/uploads/{upload.pk}/"'))
    assert Upload.objects.get().state == "read"
    assert client.post(address, {"confirmed": "yes"}).status_code == 302
    assert Upload.objects.get().state == "discarded"


@pytest.mark.parametrize("address", ["edit/", "undo/", "confirm/", "discard/"])
def test_anothers_upload_cannot_be_changed(client: Client, office: Agency, coordinator: User, address: str) -> None:
    upload = in_review(coordinator, office)
    edit_upload(actor=actor_of(coordinator), upload_id=upload.pk, edit=facts(upload), now=NOW)
    kept = Upload.objects.values().get()
    client.force_login(make_member(make_agency(), Role.COORDINATOR), backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(f"/plans/uploads/{upload.pk}/{address}", {"act": "drop_measure|m1"}).status_code == 404
    assert Upload.objects.values().get() == kept


@pytest.mark.parametrize(("who", "status"), [("coordinator", 200), ("leader", 200), ("receiver", 200), ("stranger", 404)])
def test_who_sees_a_plan(client: Client, office: Agency, coordinator: User, who: str, status: int) -> None:
    plan = confirmed(coordinator, office, SMALL.replace("省四局", "省三厅"))
    receiver = make_member(Agency.objects.get(short_name="省三厅"), Role.OFFICER)
    people = {"coordinator": coordinator, "leader": make_member(office, Role.LEADER), "receiver": receiver}
    person = people.get(who) or make_member(make_agency(), Role.COORDINATOR)
    client.force_login(receiver, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/plans/{plan.pk}/").status_code == 404
    client.force_login(coordinator, backend="django.contrib.auth.backends.ModelBackend")
    client.post(f"/plans/{plan.pk}/draw-up/")
    client.post(f"/plans/{plan.pk}/drafts/due/", {"due_on": "2036-12-31", "scope": "all"})
    client.post(f"/plans/{plan.pk}/dispatch/", {"tasks": " ".join(str(task.pk) for task in Task.objects.all())})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/plans/{plan.pk}/").status_code == status
    assert (plan.title in texts(client, "/plans/")) is (status == 200)
    expected = {"coordinator": 302, "leader": 403, "receiver": 403, "stranger": 404}[who]
    assert client.post(f"/plans/{plan.pk}/draw-up/").status_code == expected
    assert client.get(f"/plans/{plan.pk}/dispatch/").status_code == expected


def test_a_second_version_is_compared_before_it_is_confirmed(client: Client, office: Agency, coordinator: User) -> None:
    plan = confirmed(coordinator, office, SMALL.replace("省四局", "省三厅"))
    client.post(f"/plans/{plan.pk}/draw-up/")
    second = SMALL.replace("省四局", "省一厅").replace("（一）建设园区。", "（一）建设产业园区。")
    upload = in_review(coordinator, office, second)
    page = texts(client, f"/plans/uploads/{upload.pk}/compare/")
    assert "＋ 省一厅" in page
    assert "－ 省三厅" in page
    assert "建设产业园区" in page
    assert "尚未交办，按新版本重新拟办" in page
    assert Task.objects.count() == 2
    client.force_login(make_member(make_agency(), Role.COORDINATOR), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/plans/uploads/{upload.pk}/compare/").status_code == 404


def test_without_an_earlier_plan_the_comparison_says_so(client: Client, office: Agency, coordinator: User) -> None:
    upload = in_review(coordinator, office)
    assert "没有可比对的方案" in texts(client, f"/plans/uploads/{upload.pk}/compare/")


def test_a_correction_that_comes_too_late_is_told_what_has_happened(client: Client, office: Agency, coordinator: User) -> None:
    upload = in_review(coordinator, office)
    stale = upload.version
    other = make_member(office, Role.COORDINATOR, name="王同事")
    edit_upload(actor=actor_of(other), upload_id=upload.pk, edit=facts(upload), now=NOW)
    response = client.post(f"/plans/uploads/{upload.pk}/edit/", {"act": "add_target", "version": stale, "metric": "产值", "value": "1"})
    assert response.status_code == 409
    page = response.content.decode()
    assert "王同事" in page
    assert "source-text" in page
    fragment = client.post(f"/plans/uploads/{upload.pk}/undo/", {"version": stale}, headers={"HX-Request": "true"})
    assert fragment.status_code == 409
    assert "<html" not in fragment.content.decode()
    assert len(Upload.objects.get(pk=upload.pk).edits) == 1


def test_a_left_out_passage_and_a_target_are_added_on_the_page_and_taken_back(client: Client, office: Agency, coordinator: User) -> None:
    upload = in_review(coordinator, office, SMALL + "（三）宣传推广。开展专题宣传。\n（四）持续改进。（省一厅牵头）\n")
    page = client.get(f"/plans/uploads/{upload.pk}/").content.decode()
    found = re.search(r'value="(make_measure\|[^"]+)"', page)
    assert found is not None
    send(client, upload, found[1])
    send(client, upload, "add_target", metric="专题宣传", comparator="不少于", value="12", unit="场", due_on="2026-12-31")
    shown = texts(client, f"/plans/uploads/{upload.pk}/")
    assert "（三）宣传推广" in shown
    assert "专题宣传 不少于 12场" in shown
    assert "手工添加" in shown
    for _ in range(2):
        client.post(f"/plans/uploads/{upload.pk}/undo/", {"version": Upload.objects.get(pk=upload.pk).version})
    again = texts(client, f"/plans/uploads/{upload.pk}/")
    assert "手工添加" not in again
    assert Upload.objects.get(pk=upload.pk).edits == []


def test_a_plan_of_many_measures_is_confirmed_and_sent_page_by_page(client: Client, office: Agency, coordinator: User) -> None:
    many = "关于示范的实施方案\n\n一、任务\n" + "".join(
        f"{n}.办好第{n}件实事。抓紧落实。（省一厅牵头，省二厅配合）\n" for n in range(1, 131)
    )
    upload = in_review(coordinator, office, many)
    edit_upload(actor=actor_of(coordinator), upload_id=upload.pk, edit=facts(upload), now=NOW)
    first, last = texts(client, f"/plans/uploads/{upload.pk}/confirm/"), texts(client, f"/plans/uploads/{upload.pk}/confirm/?from=120")
    assert "办好第60件实事" in first
    assert "办好第61件实事" not in first
    assert "办好第130件实事" in last
    client.post(f"/plans/uploads/{upload.pk}/confirm/", {"version": Upload.objects.get(pk=upload.pk).version})
    plan = Plan.objects.get()
    client.post(f"/plans/{plan.pk}/draw-up/")
    drafts = texts(client, f"/plans/{plan.pk}/drafts/?from=60")
    assert "办好第61件实事" in drafts
    assert "办好第121件实事" not in drafts
    client.post(f"/plans/{plan.pk}/drafts/due/", {"due_on": "2036-12-31", "scope": "all"})
    assert Task.objects.filter(due_on__isnull=True).count() == 0


UNLISTED = """深圳市储能行动方案
一、重点任务
（一）建设基地。（市发展改革委、=1+1局牵头，省一厅、市供电局、各区人民政府配合）
（二）壮大产业。（市供电局牵头，各有关单位配合）
"""


def test_names_the_directory_lacks_go_to_its_keeper_as_a_sheet_it_can_take_in(client: Client, office: Agency, coordinator: User) -> None:
    upload = in_review(coordinator, office, UNLISTED.encode())
    page = texts(client, f"/plans/uploads/{upload.pk}/")
    sheet = client.get(f"/plans/uploads/{upload.pk}/unlisted/")
    rows = read(b"".join(sheet), AGENCIES)
    assert [row.values["short_name"] for row in rows if "=" not in row.values["short_name"]] == ["市发展改革委", "市供电局"]
    assert rows[0].values["name"] == "深圳市发展改革委"
    assert f"有 {len(rows)} 个单位未列入单位名录" in page

    done = enter(rows, agency, actor=actor_of(make_person(office=Office.SYSTEM)), now=NOW, trial=False)
    assert {line.outcome for line in done} == {Outcome.ADDED}
    assert "个单位未列入单位名录" not in texts(client, f"/plans/uploads/{upload.pk}/")


def test_a_stranger_gets_no_sheet(client: Client, office: Agency, coordinator: User) -> None:
    upload = in_review(coordinator, office, UNLISTED.encode())
    client.force_login(make_member(make_agency("市府办"), Role.COORDINATOR), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/plans/uploads/{upload.pk}/unlisted/").status_code == 404
