"""How the API answers: refusals by their status, repeated requests by the first answer, lists by cursors that cannot break."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError as ModelValidationError
from django.db import OperationalError, transaction
from django.http import UnreadablePostError
from django.http.request import RawPostDataException
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound, ParseError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from agencies.refusals import Refusal
from workflow.models import IdempotencyKey

KEY_LENGTH = 100
"""Longest Idempotency-Key."""

_CODES = {400: "invalid", 403: "forbidden", 404: "not_found", 409: "conflict"}


class KeyReused(APIException):
    """422: the same Idempotency-Key came with another body."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "key_reused"


class PreconditionRequired(APIException):
    """428: the request must say which version it changes."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "precondition_required"


class PreconditionFailed(APIException):
    """412: the version named in If-Match is not the one stored."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "precondition_failed"


class Busy(APIException):
    """503: the database did not give way in time; ask again."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "busy"


def require_version(request: Request, version: int) -> None:
    """Let a change through that names in `If-Match` the version it was made on (RFC 9110, section 13.1.1).

    Raises:
        PreconditionRequired: there is no `If-Match`.
        PreconditionFailed: somebody has written in the meantime.
    """
    named = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not named:
        raise PreconditionRequired(_("Say in If-Match which version you have read."))
    if named != str(version):
        raise PreconditionFailed(_("Somebody has changed this since you read it; read it again."))


def with_version(body: Any, version: int) -> Response:
    """Return a body with its version as the ETag."""
    return Response(body, headers={"ETag": f'"{version}"'})


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn a refusal, or a fault of the request, into `{"detail", "code", "field"?}`; anything else is a fault of ours."""
    if isinstance(error, Refusal):
        body: dict[str, Any] = {"detail": str(error.reason), "code": _CODES[error.status]}
        if error.field:
            body["field"] = error.field
        return Response(body, status=error.status)
    if isinstance(error, UnreadablePostError | RawPostDataException):  # the second where CSRF has tried to read it before
        error = ParseError(_("The body broke off on its way; send it again."))
    if isinstance(error, OperationalError):
        error = Busy(_("The system is busy with the same matter; try again in a moment."))
    response = exception_handler(error, context)
    if response is not None and isinstance(error, APIException):
        if isinstance(response.data, dict) and "detail" in response.data:
            response.data = {"detail": str(response.data["detail"]), "code": error.get_codes()}
        else:
            response.data = {"detail": _("The request is not complete or not right."), "code": "invalid", "fields": response.data}
        if response.status_code == status.HTTP_503_SERVICE_UNAVAILABLE:
            response["Retry-After"] = "1"
    return response


class KeysetPagination(CursorPagination):
    """Pages by cursor; a cursor that was not given out by us is 404, never a fault."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-pk"

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        """Return one page.

        Raises:
            NotFound: the cursor is none of ours.
        """
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ModelValidationError, ValueError, TypeError, OverflowError) as wrong:
            raise NotFound(_("This page does not exist.")) from wrong


def once(request: Request, *, now: dt.datetime, perform: Callable[[], tuple[int, Any]]) -> Response:
    """Perform an unsafe request, once for each Idempotency-Key of a person, method and path.

    The key is inserted, the act performed and its answer kept in one transaction: whoever repeats the request waits for the
    first to end and is given its answer; a refused request leaves no key behind and is judged anew.

    Args:
        request: with or without an `Idempotency-Key` header.
        now: the moment.
        perform: does it, and returns the status and the JSON body.

    Raises:
        ParseError: the key is longer than `KEY_LENGTH`.
        KeyReused: the key was used for another body.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        code, body = perform()
        return Response(body, status=code)
    if len(key) > KEY_LENGTH or not key.isprintable():
        raise ParseError(_("The Idempotency-Key is too long or holds characters that cannot be printed."))
    digest = hashlib.sha256(json.dumps(request.data, sort_keys=True, default=str).encode()).hexdigest()
    scope = {"user_id": request.user.pk, "method": request.method or "", "path": request.path[:300], "key": key}
    with transaction.atomic():
        IdempotencyKey.objects.bulk_create([IdempotencyKey(**scope, request_digest=digest, created_at=now)], ignore_conflicts=True)
        row = IdempotencyKey.objects.select_for_update(no_key=True).get(**scope)
        if row.request_digest != digest:
            raise KeyReused(_("This Idempotency-Key was used for another request."))
        if row.status is not None:
            return Response(row.answer, status=row.status, headers={"Idempotent-Replay": "true"})
        code, body = perform()
        row.status, row.answer = code, body
        row.save(update_fields=["status", "answer"])
    return Response(body, status=code)
