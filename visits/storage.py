"""Where what is not for the public lies: letters, uploads half done, the emblem for papers."""

from django.core.files.storage import storages


def private_storage():
    return storages["private"]
