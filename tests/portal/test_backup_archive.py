"""What is wrong with a backup is seen before anybody uses it."""

import io
import tarfile

import pytest

from magelang_portal.backups import BackupError
from magelang_portal.backups.archive import Archive, ArchiveWriter
from magelang_portal.backups.progress import Progress


@pytest.fixture
def path(tmp_path):
    """A small backup."""
    path = tmp_path / "portal.tar"
    with path.open("wb") as file, ArchiveWriter(file, folder=tmp_path) as archive:
        archive.add_json("manifest.json", {"format": 1})
        archive.add("rows/visits.visit.jsonl.gz", io.BytesIO(b"rows"))
        archive.add("files/private/letters/surat – é.pdf", io.BytesIO(b"%PDF" * 3000))
        archive.add_json("missing.json", ["files/default/a.webp"])
    return path


def verify(path):
    with path.open("rb") as file:
        return Archive(file).verify(Progress(io.StringIO()))


def rewrite(path, change):
    """Give the backup other members: `change` gets and returns a list of (TarInfo, content)."""
    with tarfile.open(path) as tar:
        content = [(each, tar.extractfile(each).read()) for each in tar]
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        for member, data in change(content):
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))


def test_a_whole_backup_tells_what_it_holds(path):
    assert verify(path) == 1
    with path.open("rb") as file:
        archive = Archive(file)
        assert archive.manifest() == {"format": 1}
        assert archive.missing() == ["files/default/a.webp"]
        assert [(name, content.read()) for name, content in archive.rows()] == [
            ("rows/visits.visit.jsonl.gz", b"rows")
        ]
        assert [
            (storage, name, len(content.read())) for storage, name, content in archive.files()
        ] == [("private", "letters/surat – é.pdf", 12_000)]


def test_every_byte_of_content_counts(path):
    whole = bytearray(path.read_bytes())
    with tarfile.open(path) as tar:
        places = [
            place
            for each in tar
            for place in range(each.offset_data, each.offset_data + min(each.size, 300))
        ]
    for place in places:
        whole[place] ^= 1
        path.write_bytes(whole)
        with pytest.raises(BackupError, match="damaged"):
            verify(path)
        whole[place] ^= 1


def test_every_byte_of_a_header_counts_but_one_that_says_nothing(path):
    whole = bytearray(path.read_bytes())
    unnoticed = []
    for place in range(tarfile.BLOCKSIZE):
        whole[place] ^= 0x11
        path.write_bytes(whole)
        try:
            verify(path)
        except BackupError:
            pass
        else:
            unnoticed.append(place)
        whole[place] ^= 0x11
    assert unnoticed == [155]  # the blank behind the header's own sum


@pytest.mark.parametrize("size", [0, 1, 511, 512, 5000, 10_240, 20_479])
def test_a_backup_cut_off_is_refused(path, size):
    content = path.read_bytes()
    assert len(content) == 20_480
    path.write_bytes(content[:size])
    with pytest.raises(BackupError, match="damaged"):
        verify(path)


def test_what_is_no_archive_is_refused(path):
    path.write_bytes(b"-- PostgreSQL database dump\n" + b"\0" * 10_212)
    with pytest.raises(BackupError, match="damaged"):
        verify(path)


def without(name):
    return lambda content: [each for each in content if each[0].name != name]


def with_member(name, *, kind=tarfile.REGTYPE, target=""):
    def change(content):
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, target
        return [*content[:-1], (member, b""), content[-1]]

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (without("manifest.json"), "manifest.json is not as it was written"),
        (without("rows/visits.visit.jsonl.gz"), "visits.visit.jsonl.gz is not as it was written"),
        (without("missing.json"), "missing.json is not as it was written"),
        (without("SHA256SUMS"), "its end is missing"),
        (lambda content: content[::-1], "SHA256SUMS|not as it was written|it lists"),
        (lambda content: [*content, content[1]], "stands behind its end"),
        (with_member("files/private/letters/new.pdf"), "holds more than it lists"),
        (with_member("files/private/../../.ssh/authorized_keys"), "what it must not"),
        (with_member("files/private/.."), "what it must not"),
        (with_member("files/default//etc/passwd"), "what it must not"),
        (with_member("/etc/passwd"), "what it must not"),
        (with_member("files/default/a\nb.webp"), "what it must not"),
        (with_member("files/default/..\\a.webp"), "what it must not"),
        (with_member("files/other/a.webp"), "what it must not"),
        (with_member("files/default/a", kind=tarfile.SYMTYPE, target="/etc/passwd"), "must not"),
        (with_member("files/default/a", kind=tarfile.LNKTYPE, target="manifest.json"), "must not"),
        (with_member("files/default/a", kind=tarfile.DIRTYPE), "must not"),
        (with_member("files/default/a", kind=tarfile.FIFOTYPE), "must not"),
    ],
)
def test_a_backup_with_other_members_is_refused(path, change, says):
    rewrite(path, change)
    with pytest.raises(BackupError, match=says):
        verify(path)
