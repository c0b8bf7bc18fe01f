"""The portal's settings with a mail server that a test can hold up; for workers of their own."""

from magelang_portal.settings import *  # noqa: F403 (what a settings module is for)

EMAIL_BACKEND = "tests.visits.held_mail.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
