"""Read an upload: what the worker does when the bell rings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction

from agencies.actor import Actor
from measures.actions.door import lock_upload, record
from measures.importing.plan import read_plan
from measures.importing.reading import PlanReading
from measures.importing.unreadable import Unreadable
from measures.models import PlanVerb, Upload

Clock = Callable[[], dt.datetime]


def read_waiting(*, clock: Clock) -> int:
    """Read every upload that waits, the oldest first; return how many were done.

    Args:
        clock: tells the time, for reading takes some.
    """
    waiting = list(Upload.objects.filter(state=Upload.State.WAITING).order_by("uploaded_at", "pk").values_list("pk", flat=True))
    for pk in waiting:
        read_upload(upload_id=pk, clock=clock)
    return len(waiting)


def read_upload(*, upload_id: int, clock: Clock) -> None:
    """Read one upload and keep what it says, or why it cannot be read. Reading twice changes nothing.

    The file is read outside of any transaction, so that nobody waits for it; whoever finishes second finds the work done.
    """
    upload = Upload.objects.select_related("agency").filter(pk=upload_id, state=Upload.State.WAITING).first()
    if upload is None:
        return
    with upload.file.open("rb") as file:
        data = file.read()
    try:
        reading = read_plan(data, upload.filename, progress=_Progress(upload_id))
    except Unreadable as refusal:
        _keep_failure(upload_id, refusal, clock())
    else:
        _keep_reading(upload_id, reading, clock())


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
    upload.read(reading.text, reading.to_json())
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
def _keep_failure(upload_id: int, refusal: Unreadable, now: dt.datetime) -> None:
    system = Actor.system()
    upload = lock_upload(system, upload_id)
    if upload.state != Upload.State.WAITING:
        return
    upload.fail(str(refusal))
    upload.reading = {"refusal": {"code": str(refusal.code), "params": refusal.params}}
    upload.version += 1
    upload.save()
    record(PlanVerb.FAIL, actor=system, now=now, upload=upload, code=str(refusal.code), comment=str(refusal))
