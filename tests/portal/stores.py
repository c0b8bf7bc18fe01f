"""Uploads of one test in an S3-compatible store."""

from django.apps import apps
from django.core.files.storage import storages
from django.db.models import FileField


def keep_uploads_in(store, settings, monkeypatch):
    """Let `store`, a MediaStore, be what MEDIA_STORE_URL names."""
    settings.MEDIA_STORE = store
    before = {alias: storages[alias] for alias in ("default", "private")}
    now = {alias: storages.create_storage(each) for alias, each in store.storages().items()}
    for alias, storage in now.items():
        monkeypatch.setitem(storages._storages, alias, storage)
    for field in upload_fields():
        is_private = field.storage is before["private"]
        monkeypatch.setattr(field, "storage", now["private" if is_private else "default"])


def upload_fields():
    return [
        field
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, FileField)
    ]
