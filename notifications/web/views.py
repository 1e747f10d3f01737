"""The inbox 消息, the choice of channels, and the way out of a kind of mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from notifications import guards
from notifications.channels import Channel, load
from notifications.letters import SALT
from notifications.models import InboxItem
from notifications.preferences import FloorError, channels_for, choose
from notifications.topics import Topic, floor
from notifications.web.forms import InboxFilter

if TYPE_CHECKING:
    from agencies.middleware import ActorRequest

PAGE = 20


@dataclass(frozen=True, slots=True)
class Row:
    """A notice in the list; one about something its reader may no longer see shows neither words nor link.

    Attributes:
        item: the notice.
        is_open: its words may be shown.
        why_not: what is said instead of the words to whoever may still see the matter and its name; empty for everybody else.
    """

    item: InboxItem
    is_open: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class Pager:
    """Where the neighbouring pages are."""

    previous_url: str
    next_url: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A box on the page of preferences."""

    name: str
    channel: str | Promise
    is_on: bool
    is_fixed: bool


def _own(request: HttpRequest) -> QuerySet[InboxItem]:
    return InboxItem.objects.filter(recipient_id=cast("ActorRequest", request).user.pk)


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Show a person's notices, the newest first."""
    form = InboxFilter(request.GET)
    rows = _own(request)
    page = 1
    if form.is_valid():
        page = form.cleaned_data["page"] or 1
        if form.cleaned_data["unread"]:
            rows = rows.filter(read_at__isnull=True)
        if form.cleaned_data["topic"]:
            rows = rows.filter(topic=form.cleaned_data["topic"])
    found = list(rows[(page - 1) * PAGE : page * PAGE + 1])
    context = {
        "form": form,
        "rows": _readable(request, found[:PAGE]),
        "first": (page - 1) * PAGE,
        "total": rows.count(),
        "unread": _own(request).filter(read_at__isnull=True).count(),
        "pager": Pager(_page_url(request, page - 1) if page > 1 else "", _page_url(request, page + 1) if len(found) > PAGE else ""),
    }
    return render(request, "notifications/inbox.html", context)


def _page_url(request: HttpRequest, page: int) -> str:
    query = request.GET.copy()
    query["page"] = str(page)
    return f"?{query.urlencode()}"


def _readable(request: HttpRequest, items: list[InboxItem]) -> list[Row]:
    """Ask again whether the reader may see what each notice is about."""
    now, pairs = timezone.now(), [(item.recipient_id, item.subject_ref) for item in items]
    told = guards.allowed(pairs, now)
    why = guards.why_not(set(pairs) - told, now)
    return [Row(item, pair in told, why.get(pair, "")) for item, pair in zip(items, pairs, strict=True)]


@require_GET
def open_item(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notice read and lead to the page it is about; one without a page is shown by itself."""
    item = get_object_or_404(_own(request), pk=pk)
    if item.read_at is None:
        _own(request).filter(pk=pk, read_at__isnull=True).update(read_at=timezone.now())
    row = _readable(request, [item])[0]
    if (row.is_open or row.why_not) and item.link:
        return redirect(item.link)
    return render(request, "notifications/item.html", {"row": row})


@require_POST
def mark_all_read(request: HttpRequest) -> HttpResponse:
    """Mark everything read."""
    count = _own(request).filter(read_at__isnull=True).update(read_at=timezone.now())
    messages.success(request, _("%(count)d notices marked as read.") % {"count": count})
    return redirect("notifications:inbox")


@require_GET
def unread_count(request: HttpRequest) -> HttpResponse:
    """Return the number in the top bar, which asks for it again by itself."""
    count = _own(request).filter(read_at__isnull=True).count()
    response = render(request, "notifications/unread.html", {"unread": count})
    response["Cache-Control"] = "no-store"
    return response


def _channels() -> list[Channel]:
    """Return the channels of this installation that people may choose."""
    return [channel for code in settings.DUBAN_CHANNELS if code != "inbox" and (channel := load(code)).chosen_by_people]


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Let a person choose by which channels each kind of notice comes."""
    user = cast("ActorRequest", request).user
    channels = _channels()
    if request.method == "POST":
        for topic in Topic.values:
            for channel in channels:
                if channel.code not in floor(topic):
                    choose(user.pk, topic=topic, channel=channel.code, enabled=f"{topic}:{channel.code}" in request.POST)
        messages.success(request, _("Your choice is kept."))
        return redirect("notifications:preferences")
    current = channels_for([user.pk])
    rows = [
        (
            topic.label,
            [
                Choice(f"{topic.value}:{c.code}", c.label, c.code in current[user.pk, topic.value], c.code in floor(topic.value))
                for c in channels
            ],
        )
        for topic in Topic
    ]
    context = {"channels": channels, "rows": rows, "address": user.email, "digest_at": settings.DUBAN_DIGEST_AT}
    return render(request, "notifications/preferences.html", context)


@csrf_exempt  # the token in the address is the proof; mail programs post without a cookie (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Switch one kind of mail off for whoever holds the token from such a mail; asks first, unless it is posted."""
    try:
        user_id, topic, channel = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise Http404 from error
    label = dict(Topic.choices)[topic]
    if request.method == "POST":
        try:
            choose(user_id, topic=topic, channel=channel, enabled=False)
        except FloorError as error:
            raise Http404 from error
    return render(request, "notifications/unsubscribe.html", {"label": label, "is_done": request.method == "POST", "home": reverse("home")})
