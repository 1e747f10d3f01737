"""How gunicorn serves the site, wherever it runs: `gunicorn -c config/web_server.py config.wsgi:application --bind …`.

`kill -HUP` hands over to fresh processes and refuses nobody: new ones take the door, the old ones finish what they have in hand.
"""

from pathlib import Path

worker_class = "gthread"
workers = 2
threads = 4
timeout = 60
graceful_timeout = 8
"""Seconds for what is in hand when a process is asked to stop; with them it is gone within ten."""

max_requests, max_requests_jitter = 5000, 500
loglevel = "warning"
if Path("/dev/shm").is_dir():  # noqa: S108  (signs of life in memory, not on a disk that may be slow)
    worker_tmp_dir = "/dev/shm"  # noqa: S108
