"""Settings. Everything that differs between places comes from the environment (`.env.example`)."""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.urls import reverse_lazy
from environs import Env

from platform_site import logs

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env(eager=False)  # seal() below reports every missing or wrong variable at once
env.read_env(str(BASE_DIR / ".env"), recurse=False)

# --- where it runs ---------------------------------------------------------------------------
PLATFORM_MODE = env.str("PLATFORM_MODE", "production")  # "local" is set by `manage.py run`
LOCAL = PLATFORM_MODE == "local"
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY")
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost"])
MAILBOX_DIR = env.str("MAILBOX_DIR", "")  # folder of the local mail server, only in local mode
SECURE = SITE_URL.startswith("https://")
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)  # 0: X-Forwarded-For is ignored

# --- services --------------------------------------------------------------------------------
_database = env.dj_db_url("DATABASE_URL")
_email = env.dj_email_url("EMAIL_URL", "smtp://127.0.0.1:25")
REDIS_URL = env.str("REDIS_URL")
SMTP_TIMEOUT_SECONDS = env.int("SMTP_TIMEOUT_SECONDS", 60)
MAIL_CONNECTIONS = env.int("MAIL_CONNECTIONS", 8)
MAIL_PROCESSES = env.int("MAIL_PROCESSES", 2)  # worker processes that may deliver at the same time
MAIL_RATE_PER_MINUTE = env.int("MAIL_RATE_PER_MINUTE", 0)  # 0: as fast as the relay takes it
MEDIA_ROOT = Path(env.str("FILES_DIR", "") or BASE_DIR / "var" / "files")  # published by no server
FILES_ACCEL_PREFIX = env.str("FILES_ACCEL_PREFIX", "")  # internal location of nginx; empty: none
env.seal()

DATABASES: dict[str, Any] = {
    "default": {
        **(_database or {}),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"TEMPLATE": "template0"},
    }
}
DATABASES["default"].setdefault("OPTIONS", {})["connect_timeout"] = 5
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Login limits must hold in every web process and survive a dead Redis: the cache is a table.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # nobody flushes a login limit by filling the table
    }
}

globals().update({key: value for key, value in (_email or {}).items() if key != "EMAIL_FILE_PATH"})
EMAIL_BACKEND = "mailing.backend.OutboxBackend"  # one door: every mail goes through the outbox
EMAIL_TIMEOUT = SMTP_TIMEOUT_SECONDS
DEFAULT_FROM_EMAIL = "jimukyoku@platform.example"
SERVER_EMAIL = DEFAULT_FROM_EMAIL

_REDIS_SOCKET = REDIS_URL.startswith("unix://")
CELERY_BROKER_URL = (
    REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
    if _REDIS_SOCKET
    else REDIS_URL
)
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 10, "socket_connect_timeout": 3}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a broker that is away all night is found again
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_PUBLISH_RETRY = False  # the sweeper finds what a dead broker did not pass on
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = max(3600, 10 * SMTP_TIMEOUT_SECONDS)  # never shorter than the patience
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Asia/Tokyo"
# Old ticks are thrown away, so that a worker that was off finds no pile. Beat's clock says when and
# the worker's clock whether, and the two may differ by hours.
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "tick": {"task": "platform_site.tasks.tick", "schedule": 60.0, "options": {"expires": 4 * 3600}}
}

# --- the house -------------------------------------------------------------------------------
INSTALLED_APPS = [
    "platform_site",
    "portal",
    "newsletter",
    "subcommittees",
    "meetings",
    "members",
    "mailing",
    "accounts",
    "core.shell",
    "core",
    "platform_site.apps.SecretariatAdminConfig",
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
    "django.contrib.messages", "django.contrib.staticfiles", "django.contrib.postgres",
    "django.contrib.humanize", "django.forms",
    "allauth", "allauth.account", "allauth.mfa", "allauth.usersessions",
    "csp", "django_filters", "django_structlog", "pgtrigger",
]  # fmt: skip
MIDDLEWARE = [
    "accounts.middleware.Headers",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "platform_site.logs.RequestLog",
    "accounts.middleware.PrivateAnswers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.audit.middleware.AuditMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.StaffSession",
    "accounts.middleware.StaffMfaRequired",
    "accounts.middleware.SessionActivity",
    "meetings.middleware.ViewingAs",  # after all that judge who is really there
    "portal.middleware.ServiceDown",
]
ROOT_URLCONF = "platform_site.urls"
WSGI_APPLICATION = "platform_site.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "portal.context.site",
            ],
        },
    },
]

# --- accounts --------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.Backend"]
_VALIDATION = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": _VALIDATION + "MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": _VALIDATION + "CommonPasswordValidator"},
    {"NAME": _VALIDATION + "UserAttributeSimilarityValidator"},
    {"NAME": "accounts.validators.GuessableValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600
PASSWORD_RESET_ANSWER_SECONDS = 0.4  # known and unknown addresses are answered after the same time
STAFF_SESSION_IDLE_SECONDS = 30 * 60
STAFF_SESSION_SECONDS = 8 * 3600
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/my/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "add_email": "accounts.forms.AddEmailForm",
}
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_VERIFICATION = "none"  # provisioning knows whose the address is
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/15m/ip,10/15m/key",
    "reset_password": "20/15m/ip,5/15m/key",
}
MFA_ADAPTER = "accounts.adapter.MfaAdapter"
MFA_FORMS = {
    name.lower(): f"accounts.forms.{name}Form" for name in ("Authenticate", "Reauthenticate")
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = "官民連携プラットフォーム"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
USERSESSIONS_TRACK_ACTIVITY = True

# --- language and time -----------------------------------------------------------------------
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True

# --- files -----------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "var" / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
_SMALL = "django.core.files.uploadhandler.MemoryFileUploadHandler"
FILE_UPLOAD_HANDLERS = [_SMALL, "core.files.uploads.BoundedUploadHandler"]

# --- security --------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "frame-src": [SELF],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 8 * 3600
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# --- logs ------------------------------------------------------------------------------------
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
LOGGING = logs.configure()
