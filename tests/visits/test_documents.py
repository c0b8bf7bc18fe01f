"""The papers, judged by their bytes: what can be read in them, by eye, by search and aloud."""

import io
from concurrent.futures import ThreadPoolExecutor

import pikepdf
import pypdf
import pytest
from django.utils import translation

from tests.factories import picture_file
from tests.visits.papers import (
    BARE_FRAME,
    BARE_VISIT,
    FRAME,
    PAPERS,
    SIGNATORY,
    STOPS,
    UA_PART,
    VISIT,
    attendee,
    metadata,
    pages,
    paper,
    structure,
    tags,
    text,
)
from visits.documents import render_certificates

KINDS = list(PAPERS)
CERTIFICATE = PAPERS["certificate"]


# What they say


def test_programme_tells_the_whole_itinerary():
    words = text(paper("programme"))
    assert words.startswith(
        "Pemerintah Kota Contoh Bagian Contoh Jalan Contoh Nomor 1 "
        "(0293) 000000 · kunjungan@contoh.example · contoh.example "
        "Susunan Acara Kunjungan Pusdiklat Contoh Angkatan 12 "
        "Nomor 500.12/123/2026 Nomor permohonan KM-2026-7F3KQ "
        "Hari dan tanggal Rabu, 9 September 2026 Waktu 09.00–11.30 WIB Tempat Aula Lantai 2 "
        "Peserta 78 orang Diterima oleh Wali Kota Contoh "
        "Narahubung tuan rumah Petugas Protokol · 0293 000001 · protokol@contoh.example "
        "Tujuan kunjungan No. Waktu Inovasi Tempat Narasumber "
        "1 09.00–09.45 Data Go Dinas Komunikasi Ruang Rapat Pembicara Satu "
        "2 Kampung Organik Dinas Lingkungan Hidup "
    )


def test_programme_in_english_writes_days_and_times_in_english():
    words = text(paper("programme", language="en"))
    assert "Visit programme Pusdiklat Contoh" in words
    assert "Day and date Wednesday, 9 September 2026 Time 09:00–11:30 WIB" in words
    assert "Participants 78 persons" in words


def test_visit_of_several_days_names_its_first_and_last():
    words = text(paper("programme", visit=VISIT | {"held_until": "2026-09-10"}))
    assert "9 September 2026 sampai 10 September 2026" in words


def test_column_that_nobody_filled_is_left_out():
    (stop,) = [stop for stop in STOPS if not stop["venue"]]
    words = text(paper("programme", stops=[stop]))
    assert "Tujuan kunjungan No. Inovasi 1 Kampung Organik" in words


def test_letter_agrees_with_day_place_and_itinerary():
    words = text(paper("reply"))
    assert (
        "Magelang, 1 September 2026 Nomor : 500.12/123/2026 "
        "Hal : Jawaban atas permohonan kunjungan "
        "Yth. Kepala Pusdiklat Angkatan 12 Pusdiklat Contoh Dengan hormat, "
    ) in words
    assert words.count("1 September 2026") == 1
    assert "nomor KM-2026-7F3KQ tanggal 4 Agustus 2026, dengan ini kami sampaikan" in words
    assert "Rabu, 9 September 2026" in words
    assert "1 09.00–09.45 Data Go" in words
    assert "Rombongan diterima di lobi. Bawalah tanda pengenal." in words


@pytest.mark.parametrize("number", range(14))
def test_letter_of_any_length_is_signed_below_its_last_paragraph(number):
    line = "Rombongan diterima di lobi Balai Kota dan diantar ke ruang rapat di lantai dua. "
    *_before, last = pages(paper("reply", message="\n".join([line * 2] * number)))
    assert ("kami ucapkan terima kasih." in last, "Penanda Tangan" in last) == (True, True)


def test_short_itinerary_at_the_end_of_a_page_is_signed_below():
    for lines in range(18):
        facts = VISIT | {"venue": "Aula Lantai 2 yang luas " * 4 * lines}
        *_before, last = pages(paper("programme", visit=facts))
        assert ("Kampung Organik" in last, "Penanda Tangan" in last) == (True, True)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rank", ["Pembina Tk. I", "Pembina Utama Muda, golongan IV/c", "IV/c"])
def test_number_of_a_civil_servant_is_never_broken(kind, rank):
    signatory = SIGNATORY | {"rank": f"{rank}, NIP 19700101 199001 1 001"}
    pdf = paper(kind, frame=FRAME | {"signatory": signatory})
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    lines = [line for page in reader.pages for line in page.extract_text().splitlines()]
    assert [
        " ".join(line.split()).endswith("NIP 19700101 199001 1 001")
        for line in lines
        if "NIP" in line
    ] == [True]


def test_letter_that_declines_gives_the_reason_and_no_itinerary():
    words = text(paper("reply", answer="declined", message="Aula sedang diperbaiki."))
    assert "untuk berkunjung pada 9 September 2026, dengan berat hati" in words
    assert "rombongan Saudara. Aula sedang diperbaiki. Kami berharap" in words
    assert "Data Go" not in words
    assert "Aula Lantai 2" not in words


def test_letter_that_declines_a_request_without_a_date_names_none():
    words = text(paper("reply", answer="declined", wished_on=""))
    assert "tanggal 4 Agustus 2026, dengan berat hati" in words


def test_certificate_says_who_took_part_in_what():
    (words,) = pages(paper("certificate"))
    assert "SERTIFIKAT Nomor 500.12/123/2026 diberikan kepada Siti Aminah, S.Sos." in words
    assert "Analis, Dinas Sosial atas partisipasinya dalam kunjungan belajar Pusdiklat" in words
    assert "Contoh ke Kota Magelang pada 9 September 2026" in words
    assert "Inovasi yang dipelajari: Data Go · Kampung Organik" in words


def test_all_certificates_stand_in_one_file_a_page_each():
    certificates = [
        CERTIFICATE | {"name": f"Peserta {number:03}", "frame": FRAME | {"code": f"K{number}"}}
        for number in range(78)
    ]
    found = pages(render_certificates(certificates, language="id"))
    assert [
        (f"Peserta {number:03}" in words, f"Kode: K{number} " in words)
        for number, words in enumerate(found)
    ] == [(True, True)] * 78


def test_report_sums_up_the_visit():
    words = text(paper("report"))
    assert "70 peserta 2 inovasi dikunjungi 2 pertanyaan diajukan 4,2 nilai kunjungan" in words
    assert "dari 5 1 adopsi" in words
    assert "Ringkasan Rombongan belajar data terbuka. Semua puas." in words
    assert "Berapa biayanya? Rendah. Data Go Siapa memelihara? Belum dijawab." in words
    assert "Data Go 30 4,5 Kampung Organik 30 3,5" in words
    assert "Data Go Kabupaten Contoh Jawa Timur Direncanakan Desember 2026" in words


def test_report_of_a_visit_without_answers_leaves_those_parts_out():
    words = text(
        paper("report", questions=[], ratings=[], adoptions=[], opinion=None, summary="", stops=[])
    )
    assert "70 peserta 0 inovasi dikunjungi 0 pertanyaan diajukan 0 adopsi" in words
    assert [
        part for part in ("Ringkasan", "Tujuan", "Tanya jawab", "Umpan balik") if part in words
    ] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_paper_is_signed_and_says_how_to_check_it(kind):
    words = text(paper(kind))
    # A letter has its day at the head.
    day = "" if kind == "reply" else "Magelang, 1 September 2026 "
    assert f"{day}Kepala Bagian Contoh Penanda Tangan, M.Si. NIP 19700101 199001 1 001" in words
    assert "pindai, atau ketik kode di inovasi.example/periksa/ Kode: 7F3K-9QXP" in words
    assert "Sah tanpa cap basah." in words


@pytest.mark.parametrize("kind", KINDS)
def test_paper_without_settings_leaves_their_places_empty(kind):
    words = text(paper(kind, frame=BARE_FRAME, visit=BARE_VISIT))
    assert words.startswith("Portal Inovasi Kota Magelang ")
    assert [
        label
        for label in ("None", "Nomor 5", "NIP", "Contoh 1", "Waktu 0", "WIB")
        if label in words
    ] == []
    assert "1 September 2026" in words


# Attendance


@pytest.mark.parametrize("number", [1, 78, 500])
def test_attendance_list_has_a_row_for_everyone(number):
    attendees = [attendee(each) for each in range(1, number + 1)]
    pdf = paper("attendance", attendees=attendees, present=None)
    words = text(pdf)
    assert [each["name"] for each in attendees if each["name"] not in words] == []
    found = pages(pdf)
    assert [f"{index} / {len(found)}" in words for index, words in enumerate(found, start=1)] == (
        [True] * len(found)
    )
    # Its head stands on every page that has a row.
    assert {"Nama Instansi" in words for words in found if "Peserta 0" in words} == {True}


@pytest.mark.parametrize("named", [True, False])
def test_attendance_list_of_any_length_is_signed_below_a_row(named):
    unsigned = []
    for number in range(1, 45):
        attendees = [attendee(each) for each in range(1, number + 1)] if named else []
        visit = VISIT | {"participants": number}
        pdf = paper("attendance", attendees=attendees, visit=visit, present=None)
        *_before, last = pages(pdf)
        found = tags(pdf)
        rows = found.count("/TR") - found.count("/THead")
        if (f" {number} " in last.partition("Magelang, 1 September")[0], rows) != (True, number):
            unsigned.append(number)
    assert unsigned == []


def test_attendance_list_shows_when_someone_came():
    words = text(paper("attendance"))
    assert "No. Nama Instansi Hadir pukul Tanda tangan" in words
    assert "1 Peserta 001 Analis Dinas Sosial 08.55 2 Peserta 002 Analis Dinas Sosial" in words
    assert "Hadir 1 orang" in words


@pytest.mark.parametrize(
    ("participants", "rows"), [(1, 1), (78, 78), (500, 500), (None, 20), (0, 20)]
)
def test_attendance_list_without_names_has_rows_to_write_in(participants, rows):
    visit = VISIT | {"participants": participants}
    pdf = paper("attendance", attendees=[], present=None, visit=visit)
    assert "No. Nama Instansi Hadir pukul Tanda tangan" in text(pdf)
    found = tags(pdf)
    assert found.count("/TR") - found.count("/THead") == rows


# For whom cannot see it, and for the archive


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_paper_is_tagged_and_says_its_title_and_language(kind, language):
    pdf = paper(kind, language=language)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        root = document.Root
        assert (str(root.Lang)[:2], bool(root.MarkInfo.Marked)) == (language, True)
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        title = str(document.docinfo.Title)
    assert title.endswith(" – Pusdiklat Contoh")
    assert metadata(pdf)[UA_PART] == "1"
    assert tags(pdf).count("/H1") == 1


@pytest.mark.parametrize("kind", KINDS)
def test_qr_code_has_an_alternative_text_and_the_art_is_passed_over(kind):
    figures = [alt for tag, alt in structure(paper(kind)) if tag == "/Figure"]
    assert figures == ["Kode QR menuju halaman pemeriksaan keaslian dokumen ini"]


def test_emblem_has_an_alternative_text():
    emblem = picture_file(kind="WEBP").read()
    figures = [
        alt for tag, alt in structure(paper("programme", emblem=emblem)) if tag == "/Figure"
    ]
    assert figures[0] == "Lambang Pemerintah Kota Contoh"


@pytest.mark.parametrize("kind", ["programme", "reply", "attendance", "report"])
def test_tables_have_heads(kind):
    found = tags(paper(kind))
    assert found.count("/THead") == found.count("/Table") > 0
    assert found.count("/TH") >= 3


@pytest.mark.parametrize("kind", KINDS)
def test_address_to_check_at_is_a_link(kind):
    reader = pypdf.PdfReader(io.BytesIO(paper(kind)))
    links = {
        note.get_object()["/A"]["/URI"]
        for page in reader.pages
        for note in page.get("/Annots", [])
    }
    assert links == {FRAME["url"]}


@pytest.mark.parametrize("kind", KINDS)
def test_same_data_give_the_same_bytes_whatever_the_day(kind):
    first = paper(kind)
    assert paper(kind) == first
    with pikepdf.open(io.BytesIO(first)) as document:
        assert str(document.docinfo.CreationDate).startswith("D:20260901000000")


def test_papers_made_at_once_do_not_mix():
    wanted = [f"Peserta {number}" for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda name: text(paper("certificate", name=name)), wanted))
    assert [
        name for name, words in zip(wanted, made, strict=True) if f"{name} Analis" not in words
    ] == []


def test_paper_leaves_the_language_of_the_page_alone():
    with translation.override("en"):
        paper("programme", language="id")
        assert translation.get_language() == "en"
