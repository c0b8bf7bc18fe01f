"""Every setting of the portal; those that differ between machines stand in `.env.example`."""

import re
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from magelang_portal.environment import BASE_DIR, env, flag, number
from magelang_portal.media_store import MediaStore
from magelang_portal.secrets import read_or_make_secret

# Where the portal is

SITE_URL = env.str(
    "SITE_URL", default=f"http://localhost:{env.str('PORT', default='8000')}"
).rstrip("/")
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
_site = re.fullmatch(r"(?P<scheme>https?)://(?P<host>[\w.-]+|\[::1\])(:\d+)?", SITE_URL, re.ASCII)
PRODUCTION = bool(_site) and _site["scheme"] == "https"
if not _site or not (PRODUCTION or _site["host"] in LOCAL_HOSTS):
    raise ImproperlyConfigured(
        f"SITE_URL is {SITE_URL!r}: write the portal's own address without a path, beginning with "
        "https:// (http:// is for localhost alone)."
    )
# The machine's own name for itself lets supervision ask `/healthz` past the proxy.
ALLOWED_HOSTS = [_site["host"], *LOCAL_HOSTS] if PRODUCTION else LOCAL_HOSTS
CSRF_TRUSTED_ORIGINS = [SITE_URL] if PRODUCTION else []

DEBUG = flag("DEBUG", default=False)
if DEBUG and PRODUCTION:
    raise ImproperlyConfigured("DEBUG is on and SITE_URL is public: take DEBUG out of .env.")

# What the portal writes itself: database, uploads, the secret of a first run.
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var")))

SHORTEST_SECRET = 32
SECRET_KEY = env.str("SECRET_KEY", default="")
if len(SECRET_KEY) < SHORTEST_SECRET:
    if PRODUCTION or SECRET_KEY:
        raise ImproperlyConfigured(
            "SECRET_KEY is empty or too short: put a line SECRET_KEY=… of 50 or more random "
            "characters into .env; one is made by "
            "python -c 'import secrets; print(secrets.token_urlsafe(50))'."
        )
    SECRET_KEY = read_or_make_secret(DATA_DIR / "secret_key")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

# What it is made of

INSTALLED_APPS = [
    "magelang_portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "axes",
    "csp",
    "django_filters",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "simple_history",
    "innovations",
    "visits",
    "magelang_portal",  # last: its admin takes away what the libraries registered
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "magelang_portal.page_cache.PageCacheMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "magelang_portal.middleware.NoNulMiddleware",
    "magelang_portal.middleware.RequestSizeMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "magelang_portal.urls"
WSGI_APPLICATION = "magelang_portal.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "magelang_portal.context.site",
            ],
        },
    }
]

# Database and cache

KNOWN_DATABASES = {"django.db.backends.postgresql", "django.db.backends.sqlite3"}
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(DATA_DIR / "portal.sqlite3"),
    }
}
try:
    if env.str("DATABASE_URL", default=""):
        DATABASES["default"] = env.db_url_config(env.str("DATABASE_URL"))
    if DATABASES["default"]["ENGINE"] not in KNOWN_DATABASES:
        raise ValueError(DATABASES["default"]["ENGINE"])
except (KeyError, ValueError) as error:
    raise ImproperlyConfigured(
        "DATABASE_URL is not understood: write postgres://user:password@host/name, with %23 for "
        "# and %2F for / in the password, or leave it out."
    ) from error
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
    }
    # Opening the file and its journal anew would cost more than most pages ask of it.
    DATABASES["default"]["CONN_MAX_AGE"] = None
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # Each process keeps a few connections; one that a restart of the server has cut is not used.
    DATABASES["default"]["ENGINE"] = "magelang_portal.postgresql"
    DATABASES["default"]["OPTIONS"] = {
        # A machine that has gone without a word is waited for in seconds and milliseconds: without
        # these the kernel decides, and takes minutes.
        "connect_timeout": 3,
        "tcp_user_timeout": 10_000,
        **DATABASES["default"].get("OPTIONS", {}),
        # Tried anew for each request after this: else it would be found late that it is back.
        "pool": {"min_size": 1, "max_size": 10, "timeout": 3, "reconnect_timeout": 3},
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Without a server of its own, each process keeps what it likes in memory, and what all must share
# stands in the database.
CACHE_URL = re.sub(r"^valkey", "redis", env.str("CACHE_URL", default=""))
SHARED_CACHE = bool(CACHE_URL)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 300},
    }
}
if SHARED_CACHE:
    from magelang_portal.patient_redis import is_understood

    if not is_understood(CACHE_URL):
        raise ImproperlyConfigured(
            "CACHE_URL is not understood: write redis://:password@host:6379/0 (or valkey://…, "
            "rediss://… with TLS) into .env, or leave it out."
        )
    CACHES["default"] = {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "portal",
        "OPTIONS": {
            # Nothing depends on it: where it does not answer, the portal goes on, slower.
            "IGNORE_EXCEPTIONS": True,
            "REDIS_CLIENT_CLASS": "magelang_portal.patient_redis.PatientRedis",
            "SOCKET_CONNECT_TIMEOUT": 0.5,
            "SOCKET_TIMEOUT": 0.5,
        },
    }
# Parts that many pages share, under keys that change with what they show: in each server's own
# memory. While templates are being worked on, nothing is kept of them.
FRAGMENTS = "dummy.DummyCache" if DEBUG else "locmem.LocMemCache"
CACHES["template_fragments"] = {
    "BACKEND": f"django.core.cache.backends.{FRAGMENTS}",
    "LOCATION": "template_fragments",
    "OPTIONS": {"MAX_ENTRIES": 2000},
}
SESSION_ENGINE = f"django.contrib.sessions.backends.{'cached_db' if SHARED_CACHE else 'db'}"

# Whole public pages, for readers without a session, until anything public changes.
PAGE_CACHE = flag("PAGE_CACHE", default=not DEBUG)

# E-mail: into a folder until a mail server is named

MAIL_FOLDER = "magelang_portal.mail_folder.EmailBackend"
EMAIL_BACKEND, EMAIL_FILE_PATH = MAIL_FOLDER, DATA_DIR / "mail"
EMAIL_TIMEOUT = 30
if env.str("EMAIL_URL", default=""):
    try:
        globals().update(env.email_url("EMAIL_URL"))
    except (ImproperlyConfigured, ValueError) as error:
        raise ImproperlyConfigured(
            "EMAIL_URL is not understood: write smtp+tls://user:password@host:587 (or "
            "smtp+ssl://…:465, smtp://host:25) into .env, signs like @ and / in user and password "
            "as %40 and %2F."
        ) from error
DEFAULT_FROM_EMAIL = SERVER_EMAIL = (
    env.str("EMAIL_FROM", default="") or "Portal Inovasi Kota Magelang <portal@localhost>"
)
if not re.fullmatch(r"[^<>\r\n]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+", DEFAULT_FROM_EMAIL):
    raise ImproperlyConfigured(
        f"EMAIL_FROM is {DEFAULT_FROM_EMAIL!r}: write Portal Inovasi <alamat@kota.example> into "
        ".env."
    )

# Language, time, numbers

LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "magelang_portal" / "locale"]
FORMAT_MODULE_PATH = ["magelang_portal.formats"]
TIME_ZONE = "Asia/Jakarta"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
# An address typed without its scheme is https, as from Django 6.0, which drops this setting.
FORMS_URLFIELD_ASSUME_HTTPS = True

# Files: static ones are hashed and pre-compressed, uploads are public or private

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
MEDIA_URL = "media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "private"},
    },
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        ),
        # Whoever collects them need not be who serves them: in the image root does.
        "OPTIONS": {"file_permissions_mode": 0o644},
    },
}
FILE_UPLOAD_PERMISSIONS = 0o640
MEDIA_STORE = None
if _store_url := env.str("MEDIA_STORE_URL", default=""):
    MEDIA_STORE = MediaStore.from_url(_store_url)
    STORAGES |= MEDIA_STORE.storages()

MAX_REQUEST_BYTES = 25 * 1024 * 1024
MAX_PICTURE_BYTES = 10 * 1024 * 1024
MAX_PICTURE_PIXELS = 40_000_000
MAX_DOCUMENT_BYTES = 10 * 1024 * 1024
MAX_LETTER_BYTES = 5 * 1024 * 1024

# Security

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# A working day: for staff, and for a delegation while it fills in its request.
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, *([MEDIA_STORE.origin] if MEDIA_STORE else [])],
        "manifest-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
    }
}

# Where to report a weakness, for security.txt; the file is not there until this is set.
SECURITY_CONTACT = env.list("SECURITY_CONTACT", default=[])
if not all(re.match(r"(https://|mailto:|tel:)\S", contact) for contact in SECURITY_CONTACT):
    raise ImproperlyConfigured(
        f"SECURITY_CONTACT is {','.join(SECURITY_CONTACT)!r}: write addresses that begin with "
        "https://, mailto: or tel: into .env, separated by commas."
    )

# The catalogue

# After so many days the owner of a published entry is asked whether it is still right.
CONFIRM_EVERY_DAYS = number("CONFIRM_EVERY_DAYS", default=365, most=9999)

# Staff accounts

AUTH_USER_MODEL = "magelang_portal.User"
LOGIN_URL = "admin:login"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SECOND_FACTOR_REQUIRED = flag("SECOND_FACTOR_REQUIRED", default=PRODUCTION)
if PRODUCTION and not SECOND_FACTOR_REQUIRED:
    raise ImproperlyConfigured(
        "SECOND_FACTOR_REQUIRED is off and SITE_URL is public: staff accounts need their second "
        "factor there. Take SECOND_FACTOR_REQUIRED out of .env."
    )
OTP_TOTP_ISSUER = "Portal Inovasi Kota Magelang"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=30)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_LOCKOUT_TEMPLATE = "lockout.html"
AXES_VERBOSE = False
# After so many days the worker forgets who logged in, or tried to, and from where.
LOGIN_LOG_DAYS = 90
# Each proxy in front appends the address of whoever asked it: so many entries from the end stands
# the caller's, and what is left of it is hearsay.
PROXIES = number("PROXIES", default=1, most=9)
AXES_IPWARE_PROXY_COUNT = PROXIES - 1 if PRODUCTION else None
IPWARE_STRICT = False
AXES_IPWARE_META_PRECEDENCE_ORDER = (
    ["HTTP_X_FORWARDED_FOR", "REMOTE_ADDR"] if PRODUCTION else ["REMOTE_ADDR"]
)

# Going back to an old version would bring back its status too, past the model's transitions.
SIMPLE_HISTORY_REVERT_DISABLED = True

# Logs

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "magelang_portal.secrets.HidePersonalData",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "filters": {"one_line": {"()": "magelang_portal.outages.OneLine"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["one_line"],
        },
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        # Whoever tries addresses out is answered 400, and is no news.
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
    },
}
