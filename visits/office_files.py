"""The XML parts of an Office file (a zip archive), read as a stream within fixed bounds."""

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from xml.parsers import expat

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# A sheet of 500 participants unpacks to a few hundred kilobytes.
MAX_UNPACKED_BYTES = 8 * 1024 * 1024
MAX_ENTRIES = 2_000
MAX_DEPTH = 64
MAX_TAG_BYTES = 128 * 1024
CHUNK_BYTES = 64 * 1024

# Bit 0 of a zip entry's flags: its content asks for a password.
ENCRYPTED_ENTRY = 0x1

# Whatever a damaged archive, or one that lies, can raise.
DAMAGE = (
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    expat.ExpatError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


class OfficeFile:
    """The parts of the file by their names, in which capitals make no difference.

    Of all parts together no more than MAX_UNPACKED_BYTES are read, whatever the file says of
    itself; then ValidationError. What is damaged raises one of DAMAGE.
    """

    def __init__(self, content: bytes):
        self.zip = zipfile.ZipFile(io.BytesIO(content))
        entries = self.zip.infolist()
        if len(entries) > MAX_ENTRIES:
            raise _too_large()
        self.entries = {
            entry.filename.replace("\\", "/").lstrip("/").lower(): entry for entry in entries
        }
        self.left = MAX_UNPACKED_BYTES

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.entries

    def parse(self, name: str, handler) -> None:
        """Feed one part to `handler` until it says `done`."""
        parser = expat.ParserCreate()
        depth = 0

        def start(tag, attributes):
            nonlocal depth
            depth += 1
            if depth > MAX_DEPTH:
                raise ValueError("too deep")
            handler.start(tag.rpartition(":")[2], attributes)

        def end(tag):
            nonlocal depth
            depth -= 1
            handler.end(tag.rpartition(":")[2])

        parser.StartElementHandler, parser.EndElementHandler = start, end
        parser.CharacterDataHandler = handler.text
        parser.StartDoctypeDeclHandler = _refuse_doctype
        fed = 0
        for chunk in self._chunks(name):
            parser.Parse(chunk)
            fed += len(chunk)
            # A tag is read again with each chunk until it ends: an endless one takes endless time.
            if fed - parser.CurrentByteIndex > MAX_TAG_BYTES:
                raise ValueError("a tag without end")
            if handler.done:
                return
        parser.Parse(b"", 1)

    def _chunks(self, name: str) -> Iterator[bytes]:
        entry = self.entries[name.lower()]
        # Other methods unpack without a limit on each step.
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise ValueError("packed by another method")
        if entry.flag_bits & ENCRYPTED_ENTRY:
            raise ValueError("encrypted entry")
        with self.zip.open(entry) as part:
            while chunk := part.read(CHUNK_BYTES):
                self.left -= len(chunk)
                if self.left < 0:
                    raise _too_large()
                yield chunk


class PartHandler:
    """Called for each tag and text of a part, names without their prefix."""

    done = False

    def start(self, tag, attributes): ...

    def end(self, tag): ...

    def text(self, data): ...


class Relations(PartHandler):
    """Where a part's relations lead: their identity to (kind, path)."""

    def __init__(self, folder: str):
        self.folder = folder
        self.targets = {}

    def start(self, tag, attributes):
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes["Type"].rpartition("/")[2]
            path = posixpath.normpath(posixpath.join("/", self.folder, attributes["Target"]))
            self.targets[attributes["Id"]] = (kind, path.lstrip("/"))

    def of_kind(self, kind: str) -> str | None:
        return next((path for each, path in self.targets.values() if each == kind), None)


def _refuse_doctype(*_declaration):
    """No Office file has one; what it declares could unpack without end or lead elsewhere."""
    raise ValueError("a document type declaration")


def _too_large() -> ValidationError:
    return ValidationError(
        _(
            "The workbook unpacks to far more than a list of participants needs. Copy the table "
            "alone into our template and send that."
        ),
        code="unpacks_too_large",
    )
