"""The Indonesian catalogue says everything that the site says, and says it in the same shape."""

import re
import shutil
import string
import subprocess
import sys

import polib
import pytest
from django.conf import settings
from django.utils.translation import gettext, override

FOLDER = settings.BASE_DIR / "magelang_portal" / "locale" / "id" / "LC_MESSAGES"
PERCENT = re.compile(r"%(?:\((\w+)\))?[sd]")
SOURCES = ("innovations", "visits", "magelang_portal", "templates", "manage.py")


@pytest.fixture(scope="module")
def catalogue():
    return polib.pofile(FOLDER / "django.po")


def placeholders(text):
    """Names and marks that the code fills in; the same must stand in every language."""
    named = [name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name]
    return sorted(PERCENT.findall(text)), sorted(named)


def tags(text):
    return re.findall(r"</?\w+", text)


def test_every_text_is_translated(catalogue):
    assert [entry.msgid for entry in catalogue if not entry.translated()] == []
    assert [entry.msgid for entry in catalogue if entry.fuzzy] == []
    assert list(catalogue.obsolete_entries()) == []


def test_translations_keep_placeholders_and_markup(catalogue):
    broken = [
        entry.msgid
        for entry in catalogue
        for original in [entry.msgid_plural or entry.msgid]
        for translation in entry.msgstr_plural.values() or [entry.msgstr]
        if placeholders(original) != placeholders(translation)
        or tags(original) != tags(translation)
    ]
    assert broken == []


def test_compiled_catalogue_is_the_written_one(catalogue):
    compiled = polib.mofile(FOLDER / "django.mo")

    def texts(entries):
        return {
            (entry.msgctxt, entry.msgid): entry.msgstr or dict(entry.msgstr_plural)
            for entry in entries
        }

    assert texts(compiled) == texts(catalogue)


def test_pages_speak_indonesian():
    with override("id"):
        assert gettext("Innovations") == "Inovasi"


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="needs GNU gettext, as CI has it")
def test_no_text_of_the_site_is_missing_from_the_catalogue(catalogue, tmp_path):
    for name in SOURCES:
        source = settings.BASE_DIR / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / name)
    locale = tmp_path / "magelang_portal" / "locale"
    shutil.rmtree(locale)
    (locale / "id" / "LC_MESSAGES").mkdir(parents=True)
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--locale", "id"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    found = polib.pofile(locale / "id" / "LC_MESSAGES" / "django.po")
    assert {(entry.msgctxt, entry.msgid) for entry in found} == {
        (entry.msgctxt, entry.msgid) for entry in catalogue
    }
