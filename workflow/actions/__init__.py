"""What can be done to a task: a file a verb. Pages, API, admin, commands and Celery all ring these same doors.

An act is keyword-only, takes an `Actor` and `now`, runs in one transaction, appends one event a change and queues what people
are told; it refuses with `NotYours` (404), `Forbidden` (403), `Conflict` (409) or `Invalid` (400).
"""
