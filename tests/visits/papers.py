"""Papers to look at, and what is read in them."""

import datetime
import io

import pikepdf
import pypdf

from tests.factories import InnovationFactory, ParticipantFactory, StopFactory, VisitFactory
from visits.documents import render
from visits.models import Paper, Visit

UA_PART = "{http://www.aiim.org/pdfua/ns/id/}part"
LETTERHEAD = {
    "city": "Pemerintah Kota Contoh",
    "office": "Bagian Contoh",
    "address": "Jalan Contoh Nomor 1",
    "phone": "(0293) 000000",
    "email": "kunjungan@contoh.example",
    "website": "contoh.example",
}
SIGNATORY = {
    "name": "Penanda Tangan, M.Si.",
    "position": "Kepala Bagian Contoh",
    "rank": "NIP 19700101 199001 1 001",
}
FRAME = {
    "number": "500.12/123/2026",
    "issued_on": "2026-09-01",
    "place": "Magelang",
    "code": "7F3K-9QXP",
    "url": "https://inovasi.example/periksa/7F3K-9QXP/",
    "letterhead": LETTERHEAD,
    "signatory": SIGNATORY,
    "seal": "Sah tanpa cap basah.",
}
BARE_FRAME = FRAME | {
    "number": "",
    "place": "",
    "letterhead": dict.fromkeys(LETTERHEAD, ""),
    "signatory": dict.fromkeys(SIGNATORY, ""),
    "seal": "",
}
VISIT = {
    "reference": "KM-2026-7F3KQ",
    "organisation": "Pusdiklat Contoh",
    "unit": "Angkatan 12",
    "held_on": "2026-09-09",
    "held_until": "",
    "starts_at": "09:00",
    "ends_at": "11:30",
    "venue": "Aula Lantai 2",
    "participants": 78,
}
BARE_VISIT = VISIT | {
    "unit": "",
    "starts_at": "",
    "ends_at": "",
    "venue": "",
    "participants": None,
}
STOPS = [
    {
        "innovation": "Data Go",
        "agency": "Dinas Komunikasi",
        "starts_at": "09:00",
        "ends_at": "09:45",
        "venue": "Ruang Rapat",
        "speaker": "Pembicara Satu",
    },
    {
        "innovation": "Kampung Organik",
        "agency": "Dinas Lingkungan Hidup",
        "starts_at": "",
        "ends_at": "",
        "venue": "",
        "speaker": "",
    },
]
CONTACT = {"name": "Petugas Protokol", "phone": "0293 000001", "email": "protokol@contoh.example"}


def attendee(number, **fields):
    return {
        "name": f"Peserta {number:03}",
        "institution": "Dinas Sosial",
        "position": "Analis",
        "attended_at": "08:55",
    } | fields


PAPERS = {
    "programme": {
        "frame": FRAME,
        "visit": VISIT,
        "host": "Wali Kota Contoh",
        "stops": STOPS,
        "contact": CONTACT,
    },
    "reply": {
        "frame": FRAME,
        "visit": VISIT,
        "answer": "confirmed",
        "addressee": "Kepala Pusdiklat",
        "addressee_position": "",
        "received_on": "2026-08-04",
        "wished_on": "2026-09-09",
        "message": "Rombongan diterima di lobi.\n\nBawalah tanda pengenal.",
        "stops": STOPS,
        "contact": CONTACT,
    },
    "attendance": {
        "frame": FRAME,
        "visit": VISIT,
        "attendees": [attendee(1), attendee(2, attended_at="")],
        "present": 1,
    },
    "certificate": {
        "frame": FRAME,
        "visit": VISIT,
        "name": "Siti Aminah, S.Sos.",
        "institution": "Dinas Sosial",
        "position": "Analis",
        "innovations": ["Data Go", "Kampung Organik"],
    },
    "report": {
        "frame": FRAME,
        "visit": VISIT,
        "head": "Kepala Rombongan",
        "host": "Wali Kota Contoh",
        "summary": "Rombongan belajar data terbuka.\nSemua puas.",
        "stops": STOPS,
        "present": 70,
        "questions": [
            {"innovation": "Data Go", "text": "Berapa biayanya?", "answer": "Rendah."},
            {"innovation": "Data Go", "text": "Siapa memelihara?", "answer": ""},
        ],
        "opinion": {"mean": 4.25, "count": 40},
        "ratings": [
            {"innovation": "Data Go", "usefulness": 4.5, "count": 30},
            {"innovation": "Kampung Organik", "usefulness": 3.5, "count": 30},
        ],
        "adoptions": [
            {
                "innovation": "Data Go",
                "organisation": "Kabupaten Contoh",
                "province": "Jawa Timur",
                "state": "Direncanakan",
                "since": "Desember 2026",
            }
        ],
    },
}


def paper(kind, *, language="id", emblem=b"", **changes):
    """The PDF of the complete paper of this kind, some of it changed."""
    return render(kind, PAPERS[kind] | changes, language=language, emblem=emblem)


def pages(pdf):
    """The text of each page, with every run of white space as one space."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def text(pdf):
    return " ".join(pages(pdf))


def structure(pdf):
    """Every element of the structure tree: (tag, alternative text)."""

    def walk(node):
        if isinstance(node, pikepdf.Array):
            for each in node:
                yield from walk(each)
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            yield str(node.S), str(node.get("/Alt", ""))
            yield from walk(node.get("/K", pikepdf.Array()))

    with pikepdf.open(io.BytesIO(pdf)) as document:
        return list(walk(document.Root.StructTreeRoot.K))


def tags(pdf):
    return [tag for tag, _alt in structure(pdf)]


def metadata(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return dict(document.open_metadata())


def with_name(kind, name):
    """A paper of this kind in which someone, or something, has this name."""
    stop = STOPS[0] | {"innovation": name}
    changes = {
        "programme": {"stops": [stop]},
        "reply": {"stops": [stop]},
        "attendance": {"attendees": [attendee(1, name=name)]},
        "certificate": {"name": name},
        "report": {"stops": [stop]},
    }
    return paper(kind, **changes[kind])


def visit_in(status, **fields):
    return VisitFactory(status=status, **{"held_on": datetime.date(2026, 9, 9)} | fields)


def visit_held(**fields):
    """A visit that took place, with two who came and one who did not."""
    visit = visit_in(Visit.Status.COMPLETED, participants=2, **fields)
    StopFactory(visit=visit, innovation=InnovationFactory(name="Data Go", published=True))
    ParticipantFactory(visit=visit, name="Siti Aminah", position=1, present=True)
    ParticipantFactory(visit=visit, name="Tidak Datang", position=2)
    ParticipantFactory(visit=visit, name="Bayu Aji", position=3, present=True)
    return visit


def issue(visit, kind, **options):
    return Paper.issue(visit, kind, by=None, **options)
