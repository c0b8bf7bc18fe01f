"""The file itself: a tar whose members are all listed, with their digests, in its last one."""

import hashlib
import io
import json
import shutil
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.utils import validate_file_name

from magelang_portal.backups import BackupError

MANIFEST, MISSING, SUMS = "manifest.json", "missing.json", "SHA256SUMS"
FOLDERS = ("rows/", "files/default/", "files/private/")
IN_MEMORY = 16 * 1024 * 1024  # bytes of a member; what is larger waits on the disk
PIECE = 1024 * 1024
DAMAGE = (tarfile.TarError, EOFError, OSError, ValueError)


def is_fit_name(name: str) -> bool:
    """Whether a member may have this name: below its folder, and one line."""
    if name in {MANIFEST, MISSING, SUMS}:
        return True
    folder = next((each for each in FOLDERS if name.startswith(each)), None)
    if folder is None or not name.isprintable() or "\\" in name:
        return False
    try:
        validate_file_name(name.removeprefix(folder), allow_relative_path=True)
    except SuspiciousFileOperation:
        return False
    return "//" not in name


class ArchiveWriter:
    """Writes members one after the other, and their digests once it is left without an error.

    What waits on the disk meanwhile waits in `folder`, nameless.
    """

    def __init__(self, file, *, folder):
        self.folder = folder
        self.tar = tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self.sums = self._room()

    @contextmanager
    def member(self, name: str):
        """A file to write the content of a member to."""
        with self._room() as content:
            yield content
            self.add(name, content)

    def _room(self):
        return SpooledTemporaryFile(IN_MEMORY, dir=self.folder)

    def add(self, name: str, content) -> None:
        content.seek(0)
        digest = hashlib.file_digest(content, "sha256").hexdigest()
        self.sums.write(_sum_line(digest, name))
        self._write(name, content)

    def add_json(self, name: str, value) -> None:
        text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
        self.add(name, io.BytesIO(text.encode()))

    def __enter__(self):
        return self

    def __exit__(self, error, *_details):
        with self.sums:
            if error is None:
                self._write(SUMS, self.sums)
                self.tar.close()

    def _write(self, name, content):
        member = tarfile.TarInfo(name)
        member.size = content.seek(0, io.SEEK_END)
        member.mtime, member.mode = int(time.time()), 0o600
        content.seek(0)
        self.tar.addfile(member, content)
        self.tar.members = []  # or it would keep them all in memory


class Archive:
    """A backup that is read; whatever is wrong with it is a BackupError."""

    def __init__(self, file):
        self.file = file

    def manifest(self) -> dict:
        """What the backup says of itself. Raises BackupError."""
        for name, content in self._members():
            if name != MANIFEST:
                break
            manifest = self._json(name, content)
            if not isinstance(manifest, dict):
                raise BackupError("The backup is damaged: its manifest says nothing.")
            return manifest
        raise BackupError("This is no backup of the portal: it does not begin with its manifest.")

    def missing(self) -> list:
        """The uploads that were missing when the backup was made."""
        return next(
            (self._json(name, content) for name, content in self._members() if name == MISSING), []
        )

    def verify(self, progress) -> int:
        """Compare each member with its digest; how many uploads it holds. Raises BackupError."""
        size = self.file.seek(0, io.SEEK_END)
        if size % tarfile.RECORDSIZE:
            raise BackupError("The backup is damaged: its end is missing.")
        with progress.of("Checked bytes", size), SpooledTemporaryFile(IN_MEMORY) as found:
            listed, uploads = None, 0
            for name, content in self._members():
                if listed is not None:
                    raise BackupError(f"The backup is damaged: {name} stands behind its end.")
                if name == SUMS:
                    listed = io.BytesIO(b"".join(_pieces(content)))
                    self._compare(found, listed)
                    continue
                digest = hashlib.sha256()
                for piece in _pieces(content):
                    digest.update(piece)
                    progress.advance(len(piece))
                found.write(_sum_line(digest.hexdigest(), name))
                uploads += name.startswith("files/")
            if listed is None:
                raise BackupError("The backup is damaged: its end is missing.")
        return uploads

    @staticmethod
    def _compare(found, listed):
        found.seek(0)
        for line in listed:
            if found.readline() != line:
                name = line.decode(errors="replace").rstrip("\n").partition("  ")[2]
                raise BackupError(f"The backup is damaged: {name} is not as it was written.")
        if found.read(1):
            raise BackupError("The backup is damaged: it holds more than it lists.")

    def rows(self) -> Iterator[tuple[str, io.IOBase]]:
        """Each member of rows: its name and content."""
        return self._below("rows/")

    def files(self) -> Iterator[tuple[str, str, io.IOBase]]:
        """Each upload: its storage, its name there, and its content as a file that can seek."""
        for member, content in self._below("files/"):
            _folder, storage, name = member.split("/", 2)
            with SpooledTemporaryFile(IN_MEMORY) as copy:
                shutil.copyfileobj(content, copy, PIECE)
                copy.seek(0)
                yield storage, name, copy

    def _below(self, folder):
        for name, content in self._members():
            if name.startswith(folder):
                yield name, content

    def _members(self) -> Iterator[tuple[str, io.IOBase]]:
        self.file.seek(0)
        try:
            with tarfile.open(fileobj=self.file, mode="r:") as tar:
                while member := tar.next():
                    tar.members = []  # or it would keep them all in memory
                    if member.type != tarfile.REGTYPE or not is_fit_name(member.name):
                        raise BackupError(f"The backup holds what it must not: {member.name!r}.")
                    yield member.name, tar.extractfile(member)
        except DAMAGE as error:
            raise BackupError(f"The backup is damaged: {error}") from error

    @staticmethod
    def _json(name, content):
        try:
            return json.loads(b"".join(_pieces(content)))
        except ValueError as error:
            raise BackupError(f"The backup is damaged: {name}: {error}") from error


def _pieces(content) -> Iterator[bytes]:
    """What a member holds, piece by piece. Raises BackupError where the archive ends too early."""
    try:
        while piece := content.read(PIECE):
            yield piece
    except DAMAGE as error:
        raise BackupError(f"The backup is damaged: {error}") from error


def _sum_line(digest, name) -> bytes:
    """A line as `sha256sum` writes and reads it."""
    return f"{digest}  {name}\n".encode()
