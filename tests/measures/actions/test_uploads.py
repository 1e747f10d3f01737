"""Uploading, reading, correcting, confirming and putting aside, act by act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from agencies.models import Agency, Role, Succession, User
from agencies.refusals import Conflict, Forbidden, Invalid, NotYours, Refusal
from measures.actions.confirm_upload import confirm_upload
from measures.actions.discard_upload import discard_upload
from measures.actions.edit_upload import edit_upload, undo_edit
from measures.actions.read_upload import place_of, read_upload, read_waiting
from measures.actions.settle_name import settle_name
from measures.actions.upload_document import LIMIT, upload_document
from measures.editing import DismissDoubt, SetRole
from measures.matching_names import How, Matcher
from measures.models import Plan, PlanEvent, Responsibility, Upload
from measures.reviewing import review
from tests.factories.directory import NOW, TODAY, actor_of, make_agency, make_group, make_member
from tests.factories.documents import SMALL, confirmed, facts, in_review, uploaded

pytestmark = pytest.mark.django_db
EDIT = DismissDoubt("no_number")


@pytest.fixture
def office() -> Agency:
    for name in ("省一厅", "省二厅", "省三厅"):
        make_agency(name)
    return make_agency("省府办")


@pytest.fixture
def coordinator(office: Agency) -> User:
    return make_member(office, Role.COORDINATOR)


def names_found(upload: Upload) -> dict[str, How]:
    found = review(upload, TODAY)
    return {mention.name: found.match(mention).how for _, mention in found.mentions()}


ACTS: dict[str, Callable[[User, Upload], object]] = {
    "edit": lambda user, upload: edit_upload(actor=actor_of(user), upload_id=upload.pk, edit=EDIT, now=NOW),
    "undo": lambda user, upload: undo_edit(actor=actor_of(user), upload_id=upload.pk, now=NOW),
    "confirm": lambda user, upload: confirm_upload(actor=actor_of(user), upload_id=upload.pk, now=NOW),
    "discard": lambda user, upload: discard_upload(actor=actor_of(user), upload_id=upload.pk, now=NOW),
    "settle": lambda user, upload: settle_name(
        actor=actor_of(user), upload_id=upload.pk, name="省四局", agency_id=upload.agency_id, group_id=None, remember=True, now=NOW
    ),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", [Role.OFFICER, Role.REVIEWER, Role.HEAD, Role.LEADER])
def test_an_upload_is_not_there_for_who_does_not_coordinate(office: Agency, coordinator: User, act: str, role: Role) -> None:
    upload = in_review(coordinator, office)
    with pytest.raises(NotYours):
        ACTS[act](make_member(office, role), upload)


@pytest.mark.parametrize("act", ACTS)
def test_an_upload_is_not_there_for_another_agencys_coordinator(office: Agency, coordinator: User, act: str) -> None:
    upload = in_review(coordinator, office)
    with pytest.raises(NotYours):
        ACTS[act](make_member(make_agency(), Role.COORDINATOR), upload)


@pytest.mark.parametrize("act", ACTS)
def test_what_was_put_aside_stays_so(office: Agency, coordinator: User, act: str) -> None:
    upload = in_review(coordinator, office)
    discard_upload(actor=actor_of(coordinator), upload_id=upload.pk, now=NOW)
    with pytest.raises(Conflict):
        ACTS[act](coordinator, upload)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.REVIEWER, Role.HEAD, Role.LEADER])
def test_only_a_coordinator_uploads(office: Agency, role: Role) -> None:
    with pytest.raises(Forbidden):
        uploaded(make_member(office, role), office)


def test_nobody_uploads_for_another_agency(coordinator: User) -> None:
    with pytest.raises(Forbidden):
        uploaded(coordinator, make_agency())


@pytest.mark.parametrize("content", [b"", b"x" * (LIMIT + 1)], ids=["empty", "too large"])
def test_what_cannot_be_read_is_not_kept(office: Agency, coordinator: User, content: bytes) -> None:
    with pytest.raises(Invalid):
        uploaded(coordinator, office, content)
    assert not Upload.objects.exists()


def test_a_file_is_taken_again_once_it_was_put_aside(office: Agency, coordinator: User) -> None:
    first = in_review(coordinator, office)
    discard_upload(actor=actor_of(coordinator), upload_id=first.pk, now=NOW)
    assert uploaded(coordinator, office).pk != first.pk


def test_another_agency_may_upload_the_same_file(office: Agency, coordinator: User) -> None:
    first = uploaded(coordinator, office)
    other = make_agency()
    taken = upload_document(
        actor=actor_of(make_member(other, Role.COORDINATOR)), agency_id=other.pk, filename="a.txt", content=SMALL.encode(), now=NOW
    )
    assert taken.is_new
    assert taken.upload.pk != first.pk


def test_a_name_with_a_path_is_kept_without_it(office: Agency, coordinator: User) -> None:
    upload = uploaded(coordinator, office, SMALL.encode(), "..\\..\\etc/方案.txt")
    assert upload.filename == "方案.txt"
    assert ".." not in str(upload.file.name)


def test_reading_twice_changes_nothing(office: Agency, coordinator: User) -> None:
    upload = in_review(coordinator, office)
    kept = Upload.objects.values().get()
    read_upload(upload_id=upload.pk, clock=lambda: NOW)
    assert Upload.objects.values().get() == kept
    assert list(PlanEvent.objects.values_list("verb", flat=True)) == ["upload", "read"]


def test_a_reading_that_took_its_worker_with_it_is_given_up(office: Agency, coordinator: User) -> None:
    upload = uploaded(coordinator, office)
    Upload.objects.update(progress=40)
    read_waiting(clock=lambda: NOW + dt.timedelta(minutes=16))
    upload = Upload.objects.get()
    assert upload.state == Upload.State.FAILED
    assert upload.refusal == "文件读取时间过长，已停止读取。请换一种格式，或分拆后上传。"


def test_gbk_is_read(office: Agency, coordinator: User) -> None:
    upload = in_review(coordinator, office, SMALL.encode("gbk"))
    assert [measure["title"] for measure in upload.reading["measures"]] == ["建设园区", "引进项目"]


def test_a_document_without_measures_cannot_be_confirmed(office: Agency, coordinator: User) -> None:
    upload = in_review(coordinator, office, "关于开会的通知\n\n请各单位按时参加。\n")
    edit_upload(actor=actor_of(coordinator), upload_id=upload.pk, edit=facts(upload), now=NOW)
    with pytest.raises(Invalid) as refused:
        confirm_upload(actor=actor_of(coordinator), upload_id=upload.pk, now=NOW)
    assert "没有读到措施" in str(refused.value)


def test_a_stale_page_confirms_nothing(office: Agency, coordinator: User) -> None:
    upload = in_review(coordinator, office)
    edit_upload(actor=actor_of(coordinator), upload_id=upload.pk, edit=facts(upload), now=NOW)
    with pytest.raises(Conflict):
        confirm_upload(actor=actor_of(coordinator), upload_id=upload.pk, now=NOW, version=upload.version)
    assert not Plan.objects.exists()


def test_the_same_text_in_another_file_becomes_no_second_plan(office: Agency, coordinator: User) -> None:
    confirmed(coordinator, office)
    upload = in_review(coordinator, office, SMALL.encode("gbk"))
    edit_upload(actor=actor_of(coordinator), upload_id=upload.pk, edit=facts(upload), now=NOW)
    with pytest.raises(Conflict):
        confirm_upload(actor=actor_of(coordinator), upload_id=upload.pk, now=NOW)
    assert Plan.objects.count() == 1


def test_an_unknown_agency_is_kept_as_written_and_marked(office: Agency, coordinator: User) -> None:
    plan = confirmed(coordinator, office)
    row = Responsibility.objects.get(measure__plan=plan, name_as_written="省四局")
    assert not row.is_resolved
    assert row.confidence == 0
    assert plan.text[row.start : row.end] == "省四局"


def test_every_step_is_recorded_and_the_corrections_with_it(office: Agency, coordinator: User) -> None:
    upload = in_review(coordinator, office)
    actor = actor_of(coordinator)
    edit_upload(actor=actor, upload_id=upload.pk, edit=SetRole(f"m{upload.reading['measures'][0]['start']}.1", "lead"), now=NOW)
    undo_edit(actor=actor, upload_id=upload.pk, now=NOW)
    edit_upload(actor=actor, upload_id=upload.pk, edit=facts(upload), now=NOW)
    plan = confirm_upload(actor=actor, upload_id=upload.pk, now=NOW)
    events = list(PlanEvent.objects.order_by("sequence"))
    assert [event.verb for event in events] == ["upload", "read", "edit", "undo", "edit", "confirm"]
    assert events[2].data["edit"]["op"] == "set_role"
    assert events[-1].plan == plan
    assert events[-1].data["unresolved"] == 1
    assert all(event.actor_name for event in events if event.verb != "read")


def test_a_refused_act_leaves_no_line_in_the_record(office: Agency, coordinator: User) -> None:
    upload = in_review(coordinator, office)
    before = PlanEvent.objects.count()
    with pytest.raises(Refusal):
        undo_edit(actor=actor_of(coordinator), upload_id=upload.pk, now=NOW)
    assert PlanEvent.objects.count() == before


def test_a_name_is_settled_for_this_document_only_unless_it_is_remembered(office: Agency, coordinator: User) -> None:
    fourth = make_agency("市容办", name="市容管理办公室")
    upload = in_review(coordinator, office)
    settle_name(
        actor=actor_of(coordinator), upload_id=upload.pk, name="省四局", agency_id=fourth.pk, group_id=None, remember=False, now=NOW
    )
    assert names_found(Upload.objects.get())["省四局"] == How.SETTLED
    other = in_review(coordinator, office, SMALL + "\n完\n")
    assert names_found(other)["省四局"] == How.UNKNOWN


def test_a_name_may_be_settled_as_a_group(office: Agency, coordinator: User) -> None:
    group = make_group("各分局", make_agency(), make_agency())
    upload = in_review(coordinator, office)
    settle_name(actor=actor_of(coordinator), upload_id=upload.pk, name="省四局", agency_id=None, group_id=group.pk, remember=False, now=NOW)
    upload = Upload.objects.get()
    assert review(upload, TODAY).counts()["slots"] == 3 + 1 + 2


def test_a_slip_is_suggested_and_never_assigned(office: Agency, coordinator: User) -> None:
    upload = in_review(coordinator, office, SMALL.replace("省四局", "省二庁"))
    found = review(upload, TODAY)
    match = found.matcher.match("省二庁")
    assert not match.is_resolved
    assert isinstance(found.matcher, Matcher)
    assert "unknown" in {doubt.code for doubt in found.doubts}


def test_a_city_s_document_is_read_in_its_city(office: Agency, coordinator: User) -> None:
    make_agency("省政府", name="广东省人民政府", kind="government", region="440000")
    make_agency("广州市政府", name="广州市人民政府", kind="government", region="440100")
    finance = make_agency("穗财政局", name="广州市财政局", region="440100")
    city_office = make_agency("穗府办", region="440100")
    assert place_of(city_office) == ("广东", "广州")
    assert place_of(make_agency("省办", region="440000")) == ("广东", None)
    upload = in_review(make_member(city_office, Role.COORDINATOR), city_office, SMALL.replace("省四局", "市财政局"))
    match = review(upload, TODAY).matcher.match("市财政局")
    assert (match.agency_id, match.how) == (finance.pk, How.DEDUCED)
    assert "广州" in match.why


def test_an_agency_that_was_no_more_leads_to_its_heir_and_to_a_doubt(office: Agency, coordinator: User) -> None:
    old = make_agency("省四局", name="广东省第四局", ends_on=dt.date(2024, 12, 31))
    heir = make_agency("省四委", name="广东省第四委员会", starts_on=dt.date(2025, 1, 1))
    Succession.objects.create(predecessor=old, successor=heir, effective_on=dt.date(2025, 1, 1))
    upload = in_review(coordinator, office)
    found = review(upload, TODAY)
    assert found.matcher.match("省四局").agency_id == heir.pk
    assert "deduced" in {doubt.code for doubt in found.doubts}
