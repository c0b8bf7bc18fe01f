import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.core.files.storage import FileSystemStorage, storages
from django.db import connection, connections
from django.utils import translation

from tests.factories import AgencyFactory, UserFactory
from tests.groups import group
from visits.storage import private_storage


def pytest_configure():
    # Argon2 is slow on purpose; hashed static names need a collectstatic that no test needs.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request, django_db_modify_db_settings, tmp_path_factory):
    # SQLite in memory lives in one connection, which does not wait for a lock: whatever runs
    # beside the test, a live server or threads, needs a file.
    beside = request.config.option.markexpr in {"browser", "concurrency"}
    if beside and connection.vendor == "sqlite":
        path = tmp_path_factory.mktemp("database") / "portal.sqlite3"
        connections["default"].settings_dict["TEST"]["NAME"] = str(path)
    # Hundreds of threads stand for hundreds of processes, each with a connection of its own.
    connections["default"].settings_dict["OPTIONS"].pop("pool", None)


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path, monkeypatch):
    """Each test keeps its uploads and e-mails to itself."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    private = FileSystemStorage(location=tmp_path / "private")
    before = private_storage()
    monkeypatch.setitem(storages._storages, "private", private)
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if getattr(field, "storage", None) is before:
                monkeypatch.setattr(field, "storage", private)


@pytest.fixture(autouse=True)
def pages_are_made_anew(settings):
    """What one test has put on a page, or has counted, is not what the next one reads."""
    settings.PAGE_CACHE = False
    for each in caches.all(initialized_only=True):
        each.clear()


@pytest.fixture(autouse=True)
def language_of_its_own():
    """A test that asks for an English page leaves no English to the next."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


def _member_of(name):
    user = UserFactory(username=name.replace(" ", "_"))
    user.groups.add(group(name))
    return user


@pytest.fixture
def editor(db):
    return _member_of("editor")


@pytest.fixture
def publisher(db):
    return _member_of("publisher")


@pytest.fixture
def visit_officer(db):
    return _member_of("visit officer")


@pytest.fixture
def host(db):
    """One of an agency's own staff, who sees and answers its stops."""
    user = _member_of("host")
    user.agency = AgencyFactory()
    user.save()
    return user
