"""The stock design, as a control: one plain Celery task a reminder, with the safest settings there are."""

from __future__ import annotations

import os
import urllib.request

from celery import Celery

app = Celery("stock", broker=os.environ["DUBAN_PROOF_BROKER"])
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_ignore_result=True,
    broker_transport_options={"visibility_timeout": 5},
    broker_connection_retry_on_startup=True,
)


@app.task(name="stock.remind")
def remind(key: str) -> None:
    """Send one reminder."""
    request = urllib.request.Request(  # noqa: S310  (the rig's own receiver)
        os.environ["DUBAN_PROOF_HOOK"], data=b"{}", headers={"Idempotency-Key": key, "Duban-Signature": "t=0"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=10) as reply:  # noqa: S310
        reply.read()
