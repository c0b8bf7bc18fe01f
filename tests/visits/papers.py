"""A paper of each kind, complete, for whoever wants to look at one."""

from visits.documents import render

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
    "programme": {"frame": FRAME, "visit": VISIT, "stops": STOPS, "contact": CONTACT},
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
