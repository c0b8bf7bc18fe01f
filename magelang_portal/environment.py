"""What the environment or the file `.env` says, and what is said where it makes no sense."""

import re
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")


def flag(name: str, *, default: bool) -> bool:
    """The variable `name` as yes or no. Raises ImproperlyConfigured on anything else."""
    value = env.str(name, default="").strip().lower()
    if value not in {"", "on", "off", "true", "false", "yes", "no", "1", "0"}:
        raise ImproperlyConfigured(f"{name} is {value!r}: write on or off into .env.")
    return value in {"on", "true", "yes", "1"} if value else default


def number(name: str, *, default: int, most: int) -> int:
    """The variable `name` as a number from 1. Raises ImproperlyConfigured on anything else."""
    value = env.str(name, default="").strip() or str(default)
    if not re.fullmatch(r"[1-9][0-9]{0,8}", value, re.ASCII) or int(value) > most:
        raise ImproperlyConfigured(
            f"{name} is {value!r}: write a number from 1 to {most} into .env."
        )
    return int(value)
