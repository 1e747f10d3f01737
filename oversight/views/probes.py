"""What machines ask: whether the installation is well, and its figures for Prometheus. No sign-in, no names, no numbers of a task."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.db.models import Count, Min
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from notifications import health
from notifications.clock import database_now
from notifications.models import ChannelHealth, Message
from oversight.checkup import Level, examine, worst


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 while all is well or only warned of, 503 when something fails; the level of each check, without its words."""
    findings = examine(thorough=False)
    level = worst(findings)
    body = {"status": level.name.lower(), "checks": {finding.check: finding.level.name.lower() for finding in findings}}
    return JsonResponse(body, status=503 if level == Level.FAILURE else 200)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Return gauges in the text form of Prometheus to whoever shows `DUBAN_METRICS_TOKEN`; without it there is no such page."""
    token, shown = settings.DUBAN_METRICS_TOKEN, request.headers.get("Authorization", "")
    if not token or not hmac.compare_digest(shown.encode(), f"Bearer {token}".encode()):
        raise Http404
    now = database_now()
    counts = dict(Message.objects.values_list("state").annotate(count=Count("pk")))
    oldest = Message.objects.filter(state=Message.State.QUEUED, next_attempt_at__lte=now).aggregate(at=Min("next_attempt_at"))["at"]
    last = health.last_beat("scheduler")
    lines = ["# HELP duban_messages Notices by state.", "# TYPE duban_messages gauge"]
    lines += [f'duban_messages{{state="{state}"}} {counts.get(state, 0)}' for state in Message.State.values]
    gauges = {
        "duban_oldest_due_message_seconds": ("Age of the oldest notice that is due.", (now - oldest).total_seconds() if oldest else 0),
        "duban_scheduler_silence_seconds": (
            "Time since the last sign of life of beat and worker.",
            (now - last).total_seconds() if last else -1,
        ),
        "duban_channels_resting": ("Channels out of reach.", ChannelHealth.objects.filter(rests_until__gt=now).count()),
    }
    for name, (words, value) in gauges.items():
        lines += [f"# HELP {name} {words}", f"# TYPE {name} gauge", f"{name} {value}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")
