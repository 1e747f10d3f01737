"""Settings, read from the environment; without any, an embedded installation under `var/`.

`DUBAN_DEBUG`, `DUBAN_SECRET_KEY` (made and kept under `var/` when absent), `DUBAN_ALLOWED_HOSTS`, `DUBAN_SITE_URL`, `DUBAN_PORT`,
`DUBAN_DATABASE_URL` (SQLite under `var/` when absent), `DUBAN_BROKER_URL` (embedded file-system broker when absent),
`DUBAN_EMAIL_URL` (console when absent), `DUBAN_VAR` (folder of all local data). Notices: see docs/notifications.md.
"""

import secrets
from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONCE, NONE, SELF
from environs import Env
from kombu import Exchange, Queue

from config import given

django_stubs_ext.monkeypatch()  # ModelAdmin[Agency] and its like, which the types need, work when the program runs

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
VAR = Path(env.str("DUBAN_VAR", str(BASE_DIR / "var")))
VAR.mkdir(parents=True, exist_ok=True)


def _kept_secret(path: Path) -> str:
    """Return the secret kept in `path`, making it at the first start, readable by its owner only."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text().strip()


DEBUG = env.bool("DUBAN_DEBUG", False)
SECRET_KEY = env.str("DUBAN_SECRET_KEY", "") or _kept_secret(VAR / "secret_key")
ALLOWED_HOSTS = env.list("DUBAN_ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
SITE_URL = env.str("DUBAN_SITE_URL", f"http://127.0.0.1:{env.str('DUBAN_PORT', '8000')}")
HTTPS = SITE_URL.startswith("https://")

INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "seeds",
    "oversight",
    "workflow",
    "measures",
    "notifications",
    "agencies",
    "config.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_fsm",
    "guardian",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "django_cotton",
    "csp",
    "axes",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.StorableTextMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.SignInMiddleware",
    "agencies.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.PasswordChangeMiddleware",
    "config.middleware.RefusalMiddleware",
    "agencies.middleware.SecondWallMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["config.templatetags.pages"],  # what every page draws with: icons, lights, states
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
                "config.menu.frame",
            ],
        },
    }
]

# --- Database -------------------------------------------------------------------------------------

_database_url = env.str("DUBAN_DATABASE_URL", "")
DATABASES: dict[str, dict[str, Any]]
if _database_url:
    DATABASES = {"default": env.dj_db_url("DUBAN_DATABASE_URL")}
    DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
    # Compiling, and starting helpers for one statement, cost more than any statement of a page: the policies of the second wall make
    # planners believe these dear.
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = (
        "-c jit=off -c max_parallel_workers_per_gather=0"
        " -c lock_timeout=4s -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s"
    )
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR / "duban.sqlite3",
            # Immediate transactions take the write lock at once: deferred ones answer "database is locked" under any concurrency.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People and permissions -----------------------------------------------------------------------

AUTH_USER_MODEL = "agencies.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
    "config.slips.SlipBackend",
]
ANONYMOUS_USER_NAME = None  # guardian: no account stands for "nobody"
GUARDIAN_RAISE_403 = False
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "errors/locked_out.html"
AXES_VERBOSE = False

# --- Language and time ----------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# --- Files ----------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("DUBAN_STATIC_ROOT", str(VAR / "static")))
STATICFILES_DIRS = [BASE_DIR / "config" / "static"]
MEDIA_ROOT = VAR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_PERMISSIONS = 0o640

# --- Security headers -----------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(health|healthz|metrics)/$"]  # asked from inside, beside the proxy that speaks https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 8 * 60 * 60
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "config.errors.stale_form"
X_FRAME_OPTIONS = "DENY"

# --- Mail, Celery ---------------------------------------------------------------------------------

EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
if env.str("DUBAN_EMAIL_URL", ""):
    _mail = env.dj_email_url("DUBAN_EMAIL_URL")
    EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
    EMAIL_HOST = _mail["EMAIL_HOST"]
    EMAIL_PORT = _mail["EMAIL_PORT"]
    EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"]
    EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS = _mail["EMAIL_USE_TLS"]
    EMAIL_USE_SSL = _mail["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DUBAN_FROM_EMAIL", "duban@localhost")

CELERY_BROKER_URL = env.str("DUBAN_BROKER_URL", "") or "filesystem://localhost/"
if CELERY_BROKER_URL.startswith("filesystem:"):
    _queue, _control = VAR / "queue", VAR / "queue-control"
    _queue.mkdir(exist_ok=True)
    _control.mkdir(exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "data_folder_in": str(_queue),
        "data_folder_out": str(_queue),
        "control_folder": str(_control),
        "polling_interval": 0.1,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 300,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "socket_keepalive": True,
        "health_check_interval": 5,  # a connection that hangs is dropped after twice as long
    }
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a broker that is away for a day is asked for all day
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
CELERY_WORKER_CONSUMER = "config.listening:Consumer"
DUBAN_DEAF_AFTER = env.float("DUBAN_DEAF_AFTER", 30.0)  # seconds without a bell after which a worker with bells waiting starts anew
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_QUEUES = tuple(Queue(name, Exchange(name), routing_key=name) for name in ("celery", "schedule"))
"""Bells rung by acts, and what the schedule rings: a worker takes from both in turn, so that a flood of bells keeps no sweep waiting."""
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    # Each entry expires before the next, so that an outage is not followed by a flood; a doubled scheduler does no harm. Signs of life
    # have a queue that is not the pool's (`config/signs.py`).
    "signs-of-life": {"task": "notifications.tasks.beat", "schedule": 15.0, "options": {"expires": 15, "queue": "signs"}},
    "deliver": {"task": "notifications.tasks.deliver", "schedule": 30.0, "options": {"expires": 25, "queue": "schedule"}},
    "read-uploads": {"task": "measures.read_uploads", "schedule": 30.0, "options": {"expires": 25, "queue": "schedule"}},
    "sweep": {"task": "workflow.sweep", "schedule": 300.0, "options": {"expires": 290, "queue": "schedule"}},
    "fold-counters": {"task": "oversight.fold_counters", "schedule": 60.0, "options": {"expires": 50, "queue": "schedule"}},
    "digests": {"task": "notifications.tasks.digests", "schedule": 300.0, "options": {"expires": 290, "queue": "schedule"}},
}

# --- Notices --------------------------------------------------------------------------------------

DUBAN_CHANNELS = env.list("DUBAN_CHANNELS", ["inbox", "email"], validate=given.channels)
DUBAN_SENDING_HOURS = env.str("DUBAN_SENDING_HOURS", "08:00-20:00", validate=given.hours)
DUBAN_SEND_ON_REST_DAYS = env.bool("DUBAN_SEND_ON_REST_DAYS", False)
DUBAN_DIGEST_AT = env.str("DUBAN_DIGEST_AT", "08:30", validate=given.digest_within(DUBAN_SENDING_HOURS))
DUBAN_MAIL_LIMIT = env.int("DUBAN_MAIL_LIMIT", 20)  # mails to one person in an hour, beyond which they are gathered
DUBAN_WEBHOOK_URL = env.str("DUBAN_WEBHOOK_URL", "")
DUBAN_WEBHOOK_SECRET = env.str("DUBAN_WEBHOOK_SECRET", "")
DUBAN_WECOM_URL = env.str("DUBAN_WECOM_URL", "")
DUBAN_DINGTALK_URL = env.str("DUBAN_DINGTALK_URL", "")
DUBAN_DINGTALK_SECRET = env.str("DUBAN_DINGTALK_SECRET", "")
DUBAN_SMS_GATEWAY = env.str("DUBAN_SMS_GATEWAY", "")  # dotted path of a class with send(phone, text) -> str
DUBAN_ALARM_TO: list[str] = env.list("DUBAN_ALARM_TO", [])  # mailed beside the system administrators when beat or worker is silent
DUBAN_WATCHES = True  # each web process watches whether beat and worker live
DUBAN_METRICS_TOKEN = env.str("DUBAN_METRICS_TOKEN", "")  # who shows it may read /metrics/
DUBAN_PRIVATE_RECEIVERS: list[str] = env.list(
    "DUBAN_PRIVATE_RECEIVERS", []
)  # networks inside the house that webhooks may reach: 10.1.0.0/16

# --- API ------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PARSER_CLASSES": ["workflow.api.parsing.BoundedJSONParser"],
    "EXCEPTION_HANDLER": "workflow.api.answers.handle",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Duban 督办",
    "DESCRIPTION": "Tasks, reports and acts; the same doors as the pages.",
    "VERSION": "1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "ENUM_NAME_OVERRIDES": {
        "PartEnum": "workflow.states.Part",
        "ChangedPartEnum": "workflow.actions.change_part.PARTS",
        "TaskStateEnum": "workflow.states.TaskState",
        "AssignmentStateEnum": "workflow.states.AssignmentState",
        "ReportStateEnum": "workflow.states.ReportState",
        "ContributionStateEnum": "workflow.states.ContributionState",
        "AnswerStateEnum": "workflow.states.AnswerState",
        "WorkPlanStateEnum": "workflow.states.WorkPlanState",
        "ConfidenceEnum": "workflow.models.Report.Confidence",
        "FindingEnum": "workflow.states.Finding",
        "FoundEnum": "workflow.catalog.decision_acts.FOUND_VALUES",
        "ClosingRuleEnum": "workflow.states.ClosingRule",
        "RollUpEnum": "workflow.states.RollUp",
        "YesNoEnum": "workflow.catalog.decision_acts.YES_NO_VALUES",
    },
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "axes": {"level": "WARNING"},  # every sign-in is in its table already
        "django.request": {"level": "ERROR"},  # a 404 is an answer, not an event
    },
}
