"""Settings. Everything a deployment changes comes from the environment; see docs/operations.md."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from renben.config.home import home, secret_key
from renben.kernel.postgres import database_urls, parse_url

TESTING = "pytest" in sys.modules
if TESTING:
    os.environ.setdefault("RENBEN_HOME", f"{home()}-test")  # never the data of a running installation
BASE_DIR = Path(__file__).resolve().parents[2]
RECORDED_LEDGERS = "renben.services.records.ledgers:rows"
"""Who reads the rows of ledgers made of recorded work; the ledger engine knows no service."""
CATALOG_DIR = Path(os.environ.get("RENBEN_CATALOG", BASE_DIR / "catalog"))
RENBEN_HOME = home()
DEMO = os.environ.get("RENBEN_DEMO") == "1"
DEBUG = False
SECRET_KEY = secret_key()
ALLOWED_HOSTS = os.environ.get("RENBEN_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
PUBLIC_BASE_URL = os.environ.get("RENBEN_PUBLIC_URL", "http://127.0.0.1:8000")
CSRF_TRUSTED_ORIGINS = [url for url in os.environ.get("RENBEN_TRUSTED_ORIGINS", "").split(",") if url]
SECURE_TRANSPORT = PUBLIC_BASE_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "renben.kernel",
    "renben.engines.procedures",
    "renben.engines.rules",
    "renben.engines.documents",
    "renben.engines.ledgers",
    "renben.engines.payments",
    "renben.engines.messaging",
    "renben.engines.accounts",
    "renben.engines.search",
    "renben.services.exchange",
    "renben.services.registration",
    "renben.services.placement",
    "renben.services.placement.fairs",
    "renben.services.placement.firms",
    "renben.services.placement.interviews",
    "renben.services.placement.space",
    "renben.services.placement.saved",
    "renben.services.placement.hall",
    "renben.services.support",
    "renben.services.support.finding",
    "renben.services.support.grants",
    "renben.services.support.loans",
    "renben.services.support.posts",
    "renben.services.support.hiring",
    "renben.services.assistance",
    "renben.services.reception",
    "renben.channels",
]

MIDDLEWARE = [
    "renben.channels.middleware.RequestId",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "renben.channels.middleware.SteadyFigures",
    "renben.channels.middleware.AsOf",
    "renben.channels.middleware.EnforcePolicy",
    "renben.channels.signin.limits.SignInLimits",
    "renben.channels.signin.second_factor.RequireSecondFactor",
    "renben.channels.middleware.OnceOnly",
]

ROOT_URLCONF = "renben.config.urls"
WSGI_APPLICATION = "renben.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "renben" / "channels" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "renben.channels.context.page",
            ],
            "builtins": ["renben.channels.templatetags.renben"],
        },
    }
]

_app_url, _owner_url = database_urls(ensure=True)
AS_OWNER = TESTING or os.environ.get("RENBEN_AS_OWNER") == "1"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **parse_url(_owner_url if AS_OWNER else _app_url),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "TEST": {"NAME": os.environ.get("RENBEN_TEST_DB", "test_renben")},
    }
}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"]["options"] = os.environ.get(
    "RENBEN_PG_OPTIONS", "-c lock_timeout=5s -c idle_in_transaction_session_timeout=60s -c timezone=Asia/Shanghai"
)
# Statements of kernel.rows are prepared once they have come this often on a connection; querysets are never prepared.
DATABASES["default"]["OPTIONS"]["prepare_threshold"] = 3
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "kernel.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "renben.channels.passwords.ThreeClasses"},
    {"NAME": "renben.channels.passwords.NotUsedBefore"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "renben.channels.signin.adapter.StaffAdapter"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_USER_DISPLAY = "renben.channels.signin.adapter.display_name"
ACCOUNT_RATE_LIMITS = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "人本 Renben"
MFA_REQUIRED = not DEMO and not TESTING
PASSWORD_AGE_ENFORCED = not DEMO and not TESTING

SESSION_ENGINE = "renben.channels.signin.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_TRANSPORT
SESSION_COOKIE_NAME = "__Host-renben" if SECURE_TRANSPORT else "renben"
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "renben.channels.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_TRANSPORT else 0
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
        "img-src": ["'self'", "data:"],
    }
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = RENBEN_HOME / "static"
STATICFILES_DIRS = [BASE_DIR / "renben" / "channels" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = TESTING
SEARCH_DIR = RENBEN_HOME / "search"
FILES_DIR = Path(os.environ.get("RENBEN_FILES", RENBEN_HOME / "files"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
UPLOAD_MAX_BYTES = 30 * 1024 * 1024


SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "renben.config.logs.JsonLines"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("RENBEN_LOG_LEVEL", "WARNING")},
}
