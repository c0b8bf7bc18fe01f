import io
import json
import os
import shutil
import stat
import tarfile
import time

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from innovations.models import Agency, Innovation, Picture
from magelang_portal.backups import BackupError
from magelang_portal.backups.archive import Archive
from magelang_portal.backups.making import make_backup
from magelang_portal.backups.progress import Progress
from magelang_portal.backups.restoring import restore_backup
from magelang_portal.backups.tables import LEFT_OUT, stored_models, tables
from magelang_portal.models import Attempt, SearchEntry, User
from magelang_portal.rate_limits import SUGGESTIONS
from tests.everything import all_files, all_rows, make_everything, upload_columns
from tests.factories import AgencyFactory, InnovationFactory, UserFactory
from visits.models import Message, Visit

REFUSALS = ("The backup is damaged", "The backup holds what it must not")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def uploads(tmp_path, settings):
    """All that lies in the two storages."""
    return lambda: {
        alias: all_files(tmp_path / folder)
        for alias, folder in (("default", "media"), ("private", "private"))
    }


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cadangan" / "portal.tar"


@pytest.fixture
def backup(path):
    """Make a backup of all there is, and return its path."""

    def backup():
        path.parent.mkdir(exist_ok=True)
        make_backup(path, progress=Progress(io.StringIO()))
        return path

    return backup


@pytest.fixture
def restore(path):
    def restore(path=path, **options):
        return restore_backup(path, progress=Progress(io.StringIO()), **options)

    return restore


@pytest.fixture
def lose_everything(tmp_path):
    """Leave a database as it is after its migrations, and no upload."""

    def lose():
        call_command("flush", interactive=False, verbosity=0)
        for folder in ("media", "private"):
            shutil.rmtree(tmp_path / folder, ignore_errors=True)

    return lose


def kept(rows):
    """Those of the rows that a backup holds."""
    return {label: each for label, each in rows.items() if label not in LEFT_OUT}


def members(path):
    with tarfile.open(path) as tar:
        return {each.name: tar.extractfile(each).read() for each in tar}


def test_everything_means_every_table_and_every_kind_of_upload():
    make_everything()
    empty = [label for label, rows in kept(all_rows()).items() if not rows]
    assert empty == []
    for model, field in upload_columns():
        assert model.objects.exclude(**{field.name: ""}).exists(), field


def test_every_row_and_every_upload_comes_back(backup, restore, lose_everything, uploads):
    make_everything()
    rows, files = kept(all_rows()), uploads()
    assert [len(each) for each in files.values()] == [17, 2]
    backup()
    lose_everything()
    restored = restore()
    assert kept(all_rows()) == rows
    assert uploads() == files
    assert restored.rows == {label: len(each) for label, each in rows.items()}
    assert (restored.files, restored.missing) == (19, [])


def test_a_backup_of_what_was_restored_is_the_same(backup, restore, lose_everything, path):
    make_everything()
    first = members(backup())
    lose_everything()
    restore()
    path.unlink()
    second = members(backup())
    for each in (first, second):
        each["manifest.json"] = json.loads(each["manifest.json"]) | {"made_at": ""}
        del each["SHA256SUMS"]
    assert second == first


def test_what_is_of_the_hour_is_left_out_and_thrown_away(backup, restore, rf):
    make_everything()
    backup()
    SUGGESTIONS.allows(rf.post("/"))
    Session.objects.create(session_key="a" * 32, session_data="", expire_date=timezone.now())
    cache.set("page", "as it was")
    restore(replace=True)
    assert (Attempt.objects.count(), Session.objects.count()) == (0, 0)
    assert cache.get("page") is None


def test_what_is_left_out_is_a_table():
    labels = {model._meta.label_lower for model in stored_models()}
    assert labels >= LEFT_OUT
    assert {table.label for table in tables()} == labels - LEFT_OUT


def test_what_was_restored_is_found(backup, restore, lose_everything, client):
    innovation = InnovationFactory(name="Siap Uji Kir Online", published=True)
    path = backup()
    lose_everything()
    call_command("restore", path, stdout=io.StringIO())
    assert innovation.get_absolute_url() in client.get(reverse("search"), {"q": "kir"}).text
    assert SearchEntry.objects.filter(kind="innovation").count() == 1


def test_numbers_that_were_given_out_are_not_given_again(backup, restore, lose_everything):
    AgencyFactory()
    gone = AgencyFactory()
    number = gone.pk
    gone.delete()
    user = UserFactory()
    backup()
    lose_everything()
    restore()
    assert AgencyFactory().pk == number + 1
    assert UserFactory().pk == user.pk + 1


def test_a_database_with_anything_in_it_is_not_touched(backup, restore):
    make_everything()
    backup()
    Visit.objects.update(purpose="sesudahnya")
    rows = all_rows()
    with pytest.raises(BackupError, match=r"^The database is not empty: admin\.logentry, "):
        restore()
    assert all_rows() == rows


def test_replacing_brings_back_what_was(backup, restore, uploads):
    visit = make_everything()
    rows, files = kept(all_rows()), uploads()
    backup()
    Innovation.objects.update(problem="")
    Message.objects.all().delete()
    visit.letter.delete()
    UserFactory()
    restore(replace=True)
    assert kept(all_rows()) == rows
    assert uploads() == files


def test_groups_come_back_with_the_rights_and_members_they_had(backup, restore, lose_everything):
    make_everything()
    backup()
    lose_everything()
    Group.objects.create(name="yang lain")
    restore()
    member = User.objects.get(groups__name="pengelola")
    assert member.has_perms(["innovations.view_innovation", "visits.view_visit"])
    assert not Group.objects.filter(name="yang lain").exists()


def test_only_its_owner_may_read_a_backup_and_nothing_else_is_left(backup):
    make_everything()
    path = backup()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["portal.tar"]


def test_a_backup_that_fails_leaves_nothing(backup, path, monkeypatch):
    make_everything()

    def fail(name, mode):
        raise OSError("disk")

    monkeypatch.setattr(storages["private"], "open", fail)
    with pytest.raises(OSError, match="disk"):
        backup()
    assert list(path.parent.iterdir()) == []


def test_no_backup_is_overwritten(backup):
    backup()
    with pytest.raises(BackupError, match="is there already"):
        backup()


def test_old_backups_go_even_where_uploads_are_lost(tmp_path):
    make_everything()
    lost = Picture.objects.get().image
    lost.storage.delete(lost.name)
    ages = {"portal-old.tar": 29, "portal-new.tar": 28, ".portal-x.tar.abc": 2, "notes.tar": 99}
    for name, days in ages.items():
        made = time.time() - days * 24 * 60 * 60
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (made, made))
    with pytest.raises(CommandError, match="whole but for 1 uploads"):
        call_command("backup", tmp_path, "--keep-days", "29", stdout=io.StringIO())
    left = {path.name for path in tmp_path.iterdir()}
    assert left & ages.keys() == {"portal-new.tar", "notes.tar"}
    assert len([name for name in left if name.startswith("portal-")]) == 2


def test_no_backup_goes_before_there_is_a_new_one(tmp_path, monkeypatch):
    make_everything()
    old = tmp_path / "portal-old.tar"
    old.touch()
    os.utime(old, (0, 0))

    def fail(name, mode):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storages["private"], "open", fail)
    with pytest.raises(CommandError, match=r"No backup was made\. .*No space left on device"):
        call_command("backup", tmp_path, "--keep-days", "29")
    assert list(tmp_path.glob("portal-*")) == [old]


@pytest.mark.parametrize(("path", "days"), [("portal.tar", "29"), (".", "0"), (".", "-1")])
def test_old_backups_are_those_of_a_folder_and_of_another_day(tmp_path, path, days):
    (tmp_path / "portal-old.tar").touch()
    with pytest.raises(CommandError, match="goes through a folder, and keeps one day at least"):
        call_command("backup", tmp_path / path, f"--keep-days={days}")
    assert [each.name for each in tmp_path.glob("portal-*")] == ["portal-old.tar"]


def test_a_lost_upload_is_named_and_the_rest_is_backed_up(tmp_path, capsys, restore):
    make_everything()
    lost = Picture.objects.get().image
    lost.storage.delete(lost.name)
    with pytest.raises(CommandError, match="whole but for 1 uploads") as error:
        call_command("backup", tmp_path, stdout=io.StringIO())
    assert error.value.returncode == 3
    assert f"Missing: files/default/{lost.name}" in capsys.readouterr().err
    restored = restore(next(tmp_path.glob("portal-*.tar")), replace=True)
    assert (restored.files, restored.missing) == (18, [f"files/default/{lost.name}"])


def test_an_upload_deleted_with_its_row_meanwhile_is_not_lost(path, monkeypatch):
    visit = make_everything()
    private, opened = storages["private"], storages["private"].open

    def erase_first(name, mode):
        if name == visit.letter.name and private.exists(name):
            Visit.objects.filter(pk=visit.pk).update(letter="")
            private.delete(name)
        return opened(name, mode)

    monkeypatch.setattr(private, "open", erase_first)
    path.parent.mkdir()
    made = make_backup(path, progress=Progress(io.StringIO()))
    assert ([each.name for each in made.deleted], made.missing) == ([visit.letter.name], [])


def test_every_member_says_when_a_byte_of_it_is_another(backup, restore):
    make_everything()
    path = backup()
    whole = bytearray(path.read_bytes())
    rows = all_rows()
    with tarfile.open(path) as tar:
        places = [(each.offset, each.offset_data, each.size) for each in tar]
    for header, start, size in places:
        for place in (header + 3, header + 150, start, start + size // 2, start + size - 1):
            whole[place] ^= 1
            path.write_bytes(whole)
            with pytest.raises(BackupError, match="|".join(REFUSALS)):
                restore(replace=True)
            whole[place] ^= 1
    assert all_rows() == rows
    path.write_bytes(whole)
    restore(replace=True)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"format": 2}, "has the format 2, this portal reads 1"),
        ({"migrations": ["visits.9999_later"]}, "that this database lacks: visits.9999_later"),
        (
            {"migrations": []},
            "The backup is older than this database: it lacks admin.0001_initial",
        ),
        ({"rows": {}}, "other tables"),
    ],
)
def test_a_backup_of_another_release_is_refused(backup, restore, monkeypatch, change, says):
    path = backup()
    manifest = Archive.manifest
    monkeypatch.setattr(Archive, "manifest", lambda archive: manifest(archive) | change)
    with pytest.raises(BackupError, match=says):
        restore(path)


def test_a_backup_that_does_not_say_what_it_holds_is_refused(backup, restore, monkeypatch):
    path = backup()
    with path.open("rb") as file:
        told = Archive(file).manifest()
    del told["rows"]
    monkeypatch.setattr(Archive, "manifest", lambda archive: told)
    with pytest.raises(BackupError, match=r"The backup does not say rows\."):
        restore(path)


def test_a_table_that_is_not_ours_is_refused(backup, restore, monkeypatch):
    path = backup()
    monkeypatch.setattr(Archive, "rows", lambda archive: iter([("rows/other.jsonl.gz", None)]))
    with pytest.raises(BackupError, match=r"a table that is not ours: rows/other\.jsonl\.gz"):
        restore(path)


def test_rows_that_name_rows_that_are_not_there_change_nothing(backup, restore, monkeypatch):
    make_everything()
    path = backup()
    rows = all_rows()
    fill = "magelang_portal.backups.restoring._fill"
    from magelang_portal.backups.restoring import _fill

    def fill_less(table, *args):
        if table.label != "innovations.agency":
            return _fill(table, *args)
        return 0

    monkeypatch.setattr(fill, fill_less)
    with pytest.raises(BackupError, match="names one that is not there"):
        restore(path, replace=True)
    assert all_rows() == rows


def test_a_row_that_is_missing_is_noticed_before_anything_is_final(backup, restore, monkeypatch):
    make_everything()
    path = backup()
    rows = all_rows()
    from magelang_portal.backups.restoring import _fill

    monkeypatch.setattr(
        "magelang_portal.backups.restoring._fill",
        lambda table, *args: 0 if table.label == "visits.followup" else _fill(table, *args),
    )
    with pytest.raises(BackupError, match=r"visits\.followup has 0 rows and should have 1"):
        restore(path, replace=True)
    assert all_rows() == rows


def test_the_commands_say_what_they_did(tmp_path, monkeypatch, lose_everything):
    make_everything()
    said = io.StringIO()
    path = tmp_path / "malam.tar"
    call_command("backup", path, stdout=said)
    assert "19 uploads" in said.getvalue()
    assert "personal data" in said.getvalue()
    lose_everything()
    call_command("restore", path, stdout=said)
    assert "visits.visit: " in said.getvalue()
    assert "Messages that wait: 1." in said.getvalue()


def test_replacing_asks_for_the_name_of_the_database(tmp_path, monkeypatch):
    make_everything()
    path = tmp_path / "malam.tar"
    call_command("backup", path, stdout=io.StringIO())
    AgencyFactory(name="Dinas yang baru")
    monkeypatch.setattr("builtins.input", lambda _question: "yes")
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("restore", path, "--replace", stdout=io.StringIO())
    assert Agency.objects.filter(name="Dinas yang baru").exists()
    monkeypatch.setattr("builtins.input", lambda _question: str(connection.settings_dict["NAME"]))
    call_command("restore", path, "--replace", stdout=io.StringIO())
    assert not Agency.objects.filter(name="Dinas yang baru").exists()


def test_a_script_may_say_the_name_where_nobody_can_be_asked(tmp_path, monkeypatch):
    make_everything()
    path = tmp_path / "malam.tar"
    call_command("backup", path, stdout=io.StringIO())
    AgencyFactory(name="Dinas yang baru")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(CommandError, match="Nobody answers: say --yes "):
        call_command("restore", path, "--replace", stdout=io.StringIO())
    with pytest.raises(CommandError, match="That is not its name"):
        call_command("restore", path, "--replace", "--yes", "lain", stdout=io.StringIO())
    assert Agency.objects.filter(name="Dinas yang baru").exists()
    name = str(connection.settings_dict["NAME"])
    call_command("restore", path, "--replace", "--yes", name, stdout=io.StringIO())
    assert not Agency.objects.filter(name="Dinas yang baru").exists()
