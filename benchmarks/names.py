"""Names of organisations, agencies, innovations and people, none of which exists.

Organisations and innovations end in “Contoh” (example), families are called Contohadi and the
like, addresses end in `.example`: nobody takes them for real. Only the provinces are.
"""

import itertools
import random

from django.utils.translation import override

from visits.models import Visit
from visits.provinces import Province

PLACE_BEGINNINGS = """
Tirta Wana Giri Mega Sura Arga Banyu Candra Dwipa Lembu Nusa Panca Rimba Samba
""".split()
PLACE_ENDINGS = "maya loka raksa sewu warna karsa dasa ningrat pertala cipta".split()
PLACES = [f"{first}{last}" for first in PLACE_BEGINNINGS for last in PLACE_ENDINGS]
GIVEN_NAMES = """
Adi Agus Anisa Arif Ayu Bagas Bayu Bima Cahya Citra Dewi Dian Dimas Eka Endang Fajar Farah Galih
Gita Hadi Hana Hendra Indah Intan Irfan Joko Kartika Laras Lestari Lukman Maya Melati Nanda Nur
Putri Raka Rani Ratna Reza Rina Rizki Sari Sekar Siti Sri Surya Tari Tirta Umar Utami Vina Wahyu
Wulan Yoga Yuni Zahra
""".split()
FAMILY_NAMES = """
Contohadi Contohwati Contohsari Contohnegara Contohlaksana Contohputra Contohyanti Contohdewa
Contohasmara Contohpraja Contohkusuma Contohningsih
""".split()
TITLES = ["", "", "", "", "Dr. ", "Ir. ", "Drs. ", "Hj. "]
JOB_TITLES = (
    """
Kepala Dinas|Sekretaris|Kepala Bidang|Kepala Seksi|Kepala Subbagian|Analis Kebijakan|Perencana
Pranata Komputer|Staf|Staf Ahli|Peneliti|Dosen|Guru|Camat|Lurah|Anggota|Ketua Komisi|Bendahara
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

K = Visit.OrganisationKind
# Each kind of organisation with how often it comes, and how it is called in a place.
ORGANISATIONS = {
    K.REGIONAL_GOVERNMENT: (
        50,
        ["Pemerintah Kabupaten {place}", "Pemerintah Kota {place}", "Bappeda Kabupaten {place}",
         "Dinas Komunikasi dan Informatika Kota {place}", "BKPSDM Kabupaten {place}"],
    ),
    K.REGIONAL_COUNCIL: (15, ["DPRD Kabupaten {place}", "DPRD Kota {place}"]),
    K.CENTRAL_GOVERNMENT: (10, ["Pusat Pelatihan {place}", "Balai Diklat {place}"]),
    K.NATIONAL_COUNCIL: (2, ["Kelompok Anggota {place}"]),
    K.EDUCATION: (14, ["Universitas {place}", "SMK Negeri {place}", "Politeknik {place}"]),
    K.COMMUNITY: (4, ["Karang Taruna {place}", "Yayasan {place}"]),
    K.PRIVATE: (3, ["PT {place} Jaya"]),
    K.FOREIGN: (1, ["{place} Development Institute"]),
    K.OTHER: (1, ["Paguyuban {place}"]),
}  # fmt: skip
UNITS = ["", "", "", "Angkatan I", "Angkatan II", "Angkatan III", "Bidang Litbang", "Komisi A"]

AGENCY_KINDS = ["Dinas", "Badan", "Bagian", "Kantor", "UPT"]
AGENCY_FIELDS = (
    """
Kesehatan|Pendidikan|Perhubungan|Sosial|Lingkungan|Perdagangan|Pertanian|Kebudayaan|Kearsipan
Kependudukan|Perizinan|Kebencanaan
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
INNOVATION_KINDS = """
Si|Lapak|Kampung|Gerai|Sapa|Rumah|Sahabat|Pojok|Gerakan|Bank|Mobil|Sekolah|Klinik|Duta|Peta
""".strip().split("|")


def province_names() -> dict[str, str]:
    """Code to Indonesian name."""
    with override("id"):
        return {province.value: str(province.label) for province in Province}


def agencies() -> list[tuple[str, str]]:
    """Sixty agencies: name and abbreviation."""
    kinds = itertools.product(AGENCY_KINDS, AGENCY_FIELDS)
    return [
        (f"{kind} {field} Contoh", f"{kind[0]}{field[:6].upper()}-{number:02}")
        for number, (kind, field) in enumerate(kinds, start=1)
    ]


class Organisations:
    """Organisations that send delegations; some come often, most once or twice."""

    def __init__(self, rng: random.Random, count: int):
        self.rng, provinces = rng, province_names()
        kinds, shares = list(ORGANISATIONS), [share for share, _names in ORGANISATIONS.values()]
        self.all = []
        for kind in rng.choices(kinds, shares, k=count):
            name = rng.choice(ORGANISATIONS[kind][1]).format(place=rng.choice(PLACES))
            province = rng.choice(list(provinces))
            if kind == K.FOREIGN:
                self.all.append((f"{name} Contoh", kind, ""))
            else:
                self.all.append((f"{name} Contoh, {provinces[province]}", kind, province))
        self.weights = list(itertools.accumulate(1 / (rank + 20) for rank in range(count)))

    def pick(self) -> tuple[str, str, str]:
        """Name, kind, and code of the province (empty abroad)."""
        return self.rng.choices(self.all, cum_weights=self.weights)[0]


def person(rng: random.Random) -> str:
    first, second = rng.choice(GIVEN_NAMES), rng.choice(GIVEN_NAMES)
    return f"{rng.choice(TITLES)}{first} {second} {rng.choice(FAMILY_NAMES)}"


def innovation(rng: random.Random, word: str) -> str:
    """The name of an innovation around a word that nobody has used before."""
    if rng.random() < 0.3:
        return f"{word.upper()} Contoh"
    return f"{rng.choice(INNOVATION_KINDS)} {word.capitalize()} Contoh"
