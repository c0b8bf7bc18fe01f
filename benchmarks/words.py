"""Indonesian and English text in which, as in real text, few words are common and most are rare.

The words are ours; verbs take the affixes that a stemmer takes off again. How often each stands
follows Zipf's law, so that a search for one finds most texts and for another a handful.
"""

import itertools
import random
from collections.abc import Iterator

FUNCTION_WORDS = """
yang dan di untuk dengan dari pada dalam ini itu oleh ke adalah dapat tidak lebih atau juga agar
serta bagi secara setiap telah akan lalu karena tanpa sudah para hingga antara saat bila maka
""".split()

NOUNS = """
layanan warga kota data aplikasi pengaduan kesehatan sekolah petugas izin antrean kelurahan pasar
keluarga anak informasi dokumen sampah puskesmas pajak kendaraan pegawai posyandu usaha pelatihan
jadwal laporan balita air jalan bantuan kamera sensor formulir peta loket surat guru siswa lansia
ibu hamil gizi stunting imunisasi obat dokter perawat ambulans darurat bencana banjir kebakaran
relawan komunitas pemuda olahraga wisata budaya museum perpustakaan buku arsip naskah seni batik
kerajinan kuliner pedagang koperasi modal pinjaman tabungan retribusi anggaran belanja aset gedung
rumah taman kebun pohon bibit pupuk panen padi sayur ikan ternak kambing sapi susu pakan pangan
beras harga inflasi timbangan ukur uji kir angkutan halte terminal parkir trotoar lampu sepeda
difabel kursi roda tongkat huruf suara layar ponsel pesan sandi akun kartu nomor identitas akta
kelahiran kematian nikah cerai pindah alamat tetangga rukun lurah camat walikota dewan rapat
musyawarah usulan aspirasi survei kepuasan indeks statistik sensus peneliti kampus mahasiswa
laboratorium inovasi prototipe mesin listrik energi surya biogas kompos daur plastik kertas botol
sungai selokan sumur embung hujan cuaca suhu udara debu bising kebersihan sanitasi jamban sabun
limbah bank maggot lalat nyamuk demam berdarah tuberkulosis hipertensi diabetes jiwa konseling
trauma kekerasan perempuan hukum hak sengketa tanah sertifikat batas kavling bangunan fasad tata
ruang gambar video foto siaran radio berita media hoaks literasi internet jaringan server pusat
kendali keamanan patroli pos ronda laka sirene pipa meteran tagihan tarif denda tunggakan wajib
objek nota faktur lelang kontrak vendor barang jasa gudang stok distribusi kurir logistik kargo
kompetisi lomba piala medali atlet pelatih stadion kolam senam pramuka karang taruna gotong royong
lembur shift absensi cuti pensiun mutasi jabatan kinerja target sasaran capaian evaluasi audit
temuan risiko mutu standar prosedur maklumat janji waktu menit jam hari minggu bulan tahun biaya
rupiah persen kuota cadangan relasi mitra swasta yayasan donatur zakat masjid gereja wihara pura
""".split()

ROOTS = """
daftar layan kirim periksa catat pantau bantu bina kelola sedia tingkat ubah cetak unggah unduh
jawab tanya lapor timbang ukur tanam panen bangun rawat perbaik olah kumpul pilah angkut jual beli
bayar pinjam simpan salur bagi ajar latih dampingi tulis baca hitung gambar rekam siar sebar tutup
buka pasang cabut ganti tukar pindah tempat susun rancang coba uji nilai banding pilih tetap putus
sepakat janji tunda batal jadwal undang kunjung temu terima tolak setuju dukung lindung jaga awasi
tertib atur cegah tangani obat sembuh lahir tumbuh kembang hidup guna manfaat hemat tambah kurang
cepat mudah murah jelas lengkap benar cari temukan hubung gabung pisah urut tanggap adu usul saran
""".split()

ADJECTIVES = """
mudah cepat gratis murah baru lama aktif terpadu mandiri sehat bersih aman nyaman ramah inklusif
digital daring luring keliling terbuka transparan akurat lengkap berkala rutin bersama langsung
otomatis seluler lokal nasional daerah utama khusus umum resmi sederhana hemat hijau kreatif
tangguh cerdas adil merata berkelanjutan terukur tepat sigap tanggap santun jujur
""".split()

ENGLISH = """
the of and to a in for that is with on by from residents service city data public health school
report complaint waste water market family children elderly permit queue officer training village
district online mobile application record schedule map office letter form payment tax vehicle
inspection clinic nutrition vaccine emergency flood fire volunteer community youth tourism culture
museum library archive craft food farmer fishery price transport bus parking street light bicycle
disability accessible identity birth certificate address meeting proposal survey satisfaction index
statistics research university energy solar compost plastic river air quality noise sanitation
mosquito counselling women children law land building plan picture video news internet network
security patrol meter bill tariff contract storage delivery competition athlete performance target
evaluation audit risk standard procedure minute hour day week month year cost partner simple faster
cheaper transparent accurate complete free open local national green creative fair measured prompt
""".split()

SYLLABLES = """
ba bi bu da di du ga gi ja ji ka ki ku la li lu ma mi mu na ni nu pa pi ra ri ru sa si su ta ti tu
""".split()
ENDINGS = """
ndara lantu rista mpana ngkasa tari wani lema ntika rupa seta nggala mbira dana kencu
""".split()
COINED = 3000

VOWELS = set("aeiou")


def active(root: str) -> str:
    """The root with the prefix meN-, whose last sound depends on the first of the root."""
    first = root[0]
    if first in "kptsq":
        softened = {"k": "meng", "p": "mem", "t": "men", "s": "meny"}
        return softened[first] + root[1:]
    if first in VOWELS or first in "gh":
        return f"meng{root}"
    if first in "bf":
        return f"mem{root}"
    if first in "djcz":
        return f"men{root}"
    return f"me{root}"


def forms(root: str) -> list[str]:
    """What becomes of a verb's root in running text."""
    verb = active(root)
    return [
        verb,
        f"{verb}kan",
        f"di{root}",
        f"di{root}kan",
        f"pe{verb[2:]}an",
        f"ber{root}" if root[0] != "r" else f"be{root}",
        f"ter{root}" if root[0] != "r" else f"te{root}",
        f"{root}nya",
    ]


def coined(rng: random.Random) -> Iterator[str]:
    """Words that nobody has used before, without end."""
    while True:
        yield "".join(rng.choices(SYLLABLES, k=rng.choice([1, 2, 2, 3]))) + rng.choice(ENDINGS)


def vocabulary() -> list[str]:
    """Every Indonesian word once, the commonest first."""
    rng = random.Random(1945)
    verbs = [form for root in ROOTS for form in forms(root)]
    rng.shuffle(verbs)
    kinds = [NOUNS, ADJECTIVES, verbs]
    # The three kinds lie in each other like teeth: none is rarer than the others as a whole.
    places = sorted((place / len(kind), word) for kind in kinds for place, word in enumerate(kind))
    rare = itertools.islice(coined(rng), COINED)
    return list(dict.fromkeys([*FUNCTION_WORDS, *(word for _place, word in places), *rare]))


class Writer:
    """Writes sentences and paragraphs; the same `rng` writes the same."""

    def __init__(self, rng: random.Random):
        self.rng = rng
        self.words = vocabulary()
        self.weights = self._zipf(len(self.words))
        self.english_weights = self._zipf(len(ENGLISH))

    @staticmethod
    def _zipf(count):
        return list(itertools.accumulate(1 / (rank + 3) for rank in range(count)))

    def sentence(self, length: int, *, english=False) -> str:
        """A sentence of `length` words."""
        words, weights = (ENGLISH, self.english_weights) if english else (self.words, self.weights)
        text = " ".join(self.rng.choices(words, cum_weights=weights, k=length))
        return f"{text[0].upper()}{text[1:]}."

    def line(self, most: int, *, english=False) -> str:
        """A sentence of at most `most` characters."""
        text = self.sentence(self.rng.randint(8, 18), english=english)
        return text if len(text) <= most else f"{text[: most - 1].rpartition(' ')[0]}."

    def paragraph(self, sentences: int, *, english=False) -> str:
        return " ".join(
            self.sentence(self.rng.randint(6, 16), english=english) for _n in range(sentences)
        )

    def text(self, paragraphs: int, *, english=False) -> str:
        """Markdown of some paragraphs."""
        return "\n\n".join(
            self.paragraph(self.rng.randint(2, 4), english=english) for _n in range(paragraphs)
        )

    def steps(self, count: int) -> str:
        """A numbered list in Markdown."""
        return "\n".join(
            f"{number}. {self.sentence(self.rng.randint(5, 12))}" for number in range(1, count + 1)
        )
