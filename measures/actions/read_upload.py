"""Read an upload: what the worker does when the bell rings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from django.conf import settings
from django.db import transaction
from django.utils import translation

from agencies.actor import Actor
from agencies.models import Agency
from measures.actions.door import lock_upload, record
from measures.importing.plan import read_plan
from measures.importing.reading import PlanReading
from measures.importing.unreadable import Unreadable
from measures.models import PlanVerb, Upload
from measures.refusals import GIVEN_UP, word_code

Clock = Callable[[], dt.datetime]
PATIENCE = dt.timedelta(minutes=15)
"""After how long a reading that was begun and not finished is given up; a worker's own limit is five minutes."""


def read_waiting(*, clock: Clock) -> int:
    """Read every upload that waits, those first that nobody has begun, then the oldest; return how many were done.

    One that was begun long ago and never finished has taken its worker with it; it is given up, so that it does not take the next.

    Args:
        clock: tells the time, for reading takes some.
    """
    waiting = Upload.objects.filter(state=Upload.State.WAITING)
    for pk in waiting.filter(progress__gt=0, uploaded_at__lt=clock() - PATIENCE).values_list("pk", flat=True):
        _keep_failure(pk, GIVEN_UP, {}, clock())
    found = list(waiting.order_by("progress", "uploaded_at", "pk").values_list("pk", flat=True))
    for pk in found:
        read_upload(upload_id=pk, clock=clock)
    return len(found)


def read_upload(*, upload_id: int, clock: Clock) -> None:
    """Read one upload and keep what it says, or why it cannot be read. Reading twice changes nothing.

    The file is read outside of any transaction, so that nobody waits for it; whoever finishes second finds the work done.
    """
    upload = Upload.objects.select_related("agency").filter(pk=upload_id, state=Upload.State.WAITING).first()
    if upload is None:
        return
    Upload.objects.filter(pk=upload_id, state=Upload.State.WAITING, progress=0).update(progress=1)
    with upload.file.open("rb") as file:
        data = file.read()
    try:
        province, city = place_of(upload.agency)
        reading = read_plan(data, upload.filename, province=province, city=city, progress=_Progress(upload_id))
    except Unreadable as refusal:
        _keep_failure(upload_id, refusal.code, refusal.params, clock())
    else:
        _keep_reading(upload_id, reading, clock())


def place_of(agency: Agency) -> tuple[str | None, str | None]:
    """Return the province and the prefecture-level city of an agency, as documents name them, by the governments of its region.

    Regions are codes of GB/T 2260: two digits are the province, four the city.
    """
    if not agency.region:
        return None, None
    codes = [agency.region[:2] + "0000", agency.region[:4] + "00"]
    names: dict[str, str] = {}
    for region, name in (
        Agency.objects.filter(kind=Agency.Kind.GOVERNMENT, region__in=codes).order_by("-starts_on").values_list("region", "name")
    ):
        names.setdefault(region, name.removesuffix("人民政府"))
    province, city = (names.get(code) for code in codes)
    return (
        province.removesuffix("省") if province else None,
        city.removesuffix("市") if city and codes[0] != codes[1] else None,
    )


class _Progress:
    """Writes the share done to the upload's row, not more often than in steps that a person would see."""

    STEP = 5

    def __init__(self, upload_id: int) -> None:
        self.upload_id = upload_id
        self.last = 0

    def __call__(self, percent: int) -> None:
        percent = min(percent, 99)
        if percent >= self.last + self.STEP:
            self.last = percent
            Upload.objects.filter(pk=self.upload_id, state=Upload.State.WAITING).update(progress=percent)


@transaction.atomic
def _keep_reading(upload_id: int, reading: PlanReading, now: dt.datetime) -> None:
    system = Actor.system()
    upload = lock_upload(system, upload_id)
    if upload.state != Upload.State.WAITING:
        return
    upload.read(reading.text, {**reading.to_json(), "province": reading.province, "city": reading.city})
    upload.version += 1
    upload.save()
    record(
        PlanVerb.READ,
        actor=system,
        now=now,
        upload=upload,
        characters=len(reading.text),
        measures=len(reading.measures),
        targets=len(reading.targets),
        doubts=len(reading.doubts),
    )


@transaction.atomic
def _keep_failure(upload_id: int, code: str, params: Mapping[str, object], now: dt.datetime) -> None:
    system = Actor.system()
    upload = lock_upload(system, upload_id)
    if upload.state != Upload.State.WAITING:
        return
    with translation.override(settings.LANGUAGE_CODE):
        words = word_code(code, params)
    upload.fail(words)
    upload.reading = {"refusal": {"code": str(code), "params": dict(params)}}
    upload.version += 1
    upload.save()
    record(PlanVerb.FAIL, actor=system, now=now, upload=upload, code=str(code), comment=words)
