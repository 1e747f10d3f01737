"""Confirm a document 确认方案: what was read and corrected becomes a plan, in one transaction."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.actor import Actor
from agencies.decision import Allowed, Decision, Denied
from agencies.models import Agency
from agencies.refusals import Conflict, Invalid, require
from measures import policy
from measures.actions.door import expect, lock_upload, record
from measures.draft import DraftMeasure, DraftSection
from measures.models import Measure, Plan, PlanVerb, Responsibility, Section, Target, Upload
from measures.reviewing import Review, review


def can_confirm(found: Review) -> Decision:
    """Answer whether nothing stands in the way of confirming."""
    blocking = {doubt.code for doubt in found.blocking}
    for code, reason in (
        ("no_title", _("Give the plan a title.")),
        ("no_issuer", _("Say which agency issued the document.")),
        ("no_date", _("Enter the date of the document, or say that it is unknown.")),
        ("no_measures", _("No measure was found in this document.")),
    ):
        if code in blocking:
            return Denied(reason)
    return Allowed()


@transaction.atomic
def confirm_upload(*, actor: Actor, upload_id: int, now: dt.datetime, version: int | None = None, earlier: Plan | None = None) -> Plan:
    """Make the plan. Confirming what is confirmed gives the plan that it has become.

    With `earlier` it is the next edition of that plan; what this means for running tasks is the affair of who calls.

    Names that the directory does not know are kept as written; tasks that need them cannot be dispatched until they are settled.

    Raises:
        Conflict: the upload is not in review, has changed since, or its text has been confirmed before.
        Invalid: title, issuer or date are missing, or there is no measure.
    """
    upload = lock_upload(actor, upload_id)
    require(policy.may_review(actor, upload))
    if upload.state == Upload.State.CONFIRMED and upload.plan is not None:
        return upload.plan
    upload = lock_upload(actor, upload_id, version=version)
    expect(upload, Upload.State.READ)
    found = review(upload, timezone.localdate(now))
    decision = can_confirm(found)
    if isinstance(decision, Denied):
        raise Invalid(decision.reason)
    plan = _make_plan(found, now, earlier)
    sections = _make_sections(plan, found.draft.sections)
    measures = _make_measures(plan, found, sections)
    made = _make_responsibilities(found, measures)
    Target.objects.bulk_create(
        Target(
            plan=plan,
            metric=target.metric[:200],
            comparator=target.comparator[:20],
            value=target.value,
            unit=target.unit[:30],
            due_on=target.due_on,
            start=target.start,
            end=target.end,
        )
        for target in found.draft.targets
    )
    upload.confirm(plan)
    upload.version += 1
    upload.save()
    parts = Counter(row.role for row in made)
    record(
        PlanVerb.CONFIRM,
        actor=actor,
        now=now,
        upload=upload,
        plan=plan,
        text_sha256=plan.sha256,
        corrections=len(upload.edits),
        measures=len(measures),
        lead=parts["lead"],
        support=parts["support"],
        guiding=parts["guiding"],
        unresolved=sum(not row.is_resolved for row in made),
        targets=len(found.draft.targets),
        earlier=earlier.pk if earlier is not None else None,
    )
    return plan


def _make_plan(found: Review, now: dt.datetime, earlier: Plan | None) -> Plan:
    draft, upload = found.draft, found.upload
    digest = hashlib.sha256(upload.text.encode()).hexdigest()
    if Plan.objects.filter(coordinator=upload.agency, sha256=digest).exists():
        raise Conflict(_("This text has been confirmed already; uploading it again changes nothing."))
    issuer = Agency.objects.filter(pk=draft.issuer_id).first() if draft.issuer_id is not None else None
    if issuer is None:
        raise Invalid(_("Say which agency issued the document."), "issuer")
    if earlier is not None and Plan.objects.filter(earlier=earlier).exists():
        raise Conflict(_("Another document has been confirmed as the next edition of this plan already."))
    return Plan.objects.create(
        title=draft.title[:300],
        number=draft.number[:60],
        issuer=issuer,
        coordinator=upload.agency,
        issued_on=draft.issued_on,
        horizon=draft.horizon,
        text=upload.text,
        sha256=digest,
        basis=draft.basis,
        aliases=draft.aliases,
        confirmed_at=now,
        earlier=earlier,
    )


def _make_sections(plan: Plan, drafts: list[DraftSection]) -> dict[int, Section]:
    """Make the heading tree, a level at a time."""
    made: dict[int, Section] = {}
    for depth in range(max((draft.depth for draft in drafts), default=-1) + 1):
        level = [draft for draft in drafts if draft.depth == depth]
        rows = Section.objects.bulk_create(
            Section(
                plan=plan,
                parent=made[draft.parent] if draft.parent is not None else None,
                number=draft.number[:40],
                title=draft.title[:300],
                start=draft.start,
                end=draft.end,
            )
            for draft in level
        )
        made |= {draft.start: row for draft, row in zip(level, rows, strict=True)}
    return made


def _make_measures(plan: Plan, found: Review, sections: dict[int, Section]) -> list[tuple[DraftMeasure, Measure]]:
    text = found.upload.text
    drafts = found.draft.measures
    rows = Measure.objects.bulk_create(
        Measure(
            plan=plan,
            section=sections.get(draft.section) if draft.section is not None else None,
            number=draft.number[:40],
            title=draft.title[:300],
            text=text[draft.start : draft.end].strip(),
            start=draft.start,
            end=draft.end,
            deadline_text=draft.deadline_text[:200],
            deadline=draft.deadline,
        )
        for draft in drafts
    )
    return list(zip(drafts, rows, strict=True))


def _make_responsibilities(found: Review, measures: list[tuple[DraftMeasure, Measure]]) -> list[Responsibility]:
    rows: list[Responsibility] = []
    for draft, measure in measures:
        ranks: Counter[str] = Counter()
        for mention in draft.mentions:
            match = found.match(mention)
            ranks[mention.role] += 1
            rows.append(
                Responsibility(
                    measure=measure,
                    agency_id=match.agency_id,
                    group_id=match.group_id,
                    name_as_written=mention.name[:120],
                    role=mention.role,
                    rank=ranks[mention.role],
                    start=mention.start,
                    end=mention.end,
                    confidence=found.confidence(mention),
                    read_as=f"{mention.read_as}/{match.how}",
                )
            )
    return Responsibility.objects.bulk_create(rows)
