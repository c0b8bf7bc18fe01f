"""Words that say nothing, and words that say the same; used on what people type, not on texts.

So a change here needs no rebuild of the index.
"""

_STOP_WORDS = """
ada adalah agar akan apa apakah atau bagaimana bagi bahwa bisa cara dalam dan dapat dari daripada
dengan di dimana hingga ialah ini itu jika juga kah kalau kami kapan karena ke kepada kita lah
lewat mana mau melalui mengapa oleh pada para saat saja saya sebagai secara seperti serta siapa
supaya tentang tersebut untuk yaitu yang

a about an and are as at be by can do does for from how i in is it my of on or that the their this
to was we what when where which who why with your
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())

# Each line is a group of words or phrases that mean the same to whoever searches.
_SYNONYMS = """
kunjungan, mengunjungi, kunjungan kerja, kunker, studi banding, studi tiru, kaji banding, visit
rombongan, delegasi, tamu, delegation
kir, uji kendaraan, uji kelayakan kendaraan, pengujian kendaraan, uji berkala, vehicle inspection
mobil, kendaraan, motor, angkutan, vehicle, car
perhubungan, transportasi, lalu lintas, transport
parkir, perparkiran, parking
bus, angkutan umum, angkot, public transport
ktp, ktp elektronik, e-ktp, kartu tanda penduduk, identity card
kk, kartu keluarga, family card
kia, kartu identitas anak
dukcapil, disdukcapil, kependudukan, catatan sipil, civil registry
akta, akte, surat kelahiran, certificate
umkm, ukm, usaha kecil, usaha mikro, small business
pajak, pbb, retribusi, tax
aset, barang milik daerah, bmd, asset
keuangan, anggaran, apbd, finance, budget
izin, perizinan, ijin, permit, licence, license
sehat, kesehatan, medis, health
puskesmas, pusat kesehatan masyarakat, klinik, clinic
rumah sakit, rs, rsud, hospital
dokter, doctor
stunting, tengkes, gizi buruk
posyandu, pos pelayanan terpadu
ibu hamil, bumil, pregnant
lansia, lanjut usia, elderly
disabilitas, difabel, penyandang cacat, disability
anak, balita, child, children
sekolah, pendidikan, siswa, pelajar, school, education
perpustakaan, baca, buku, library
sampah, limbah, kebersihan, waste
banjir, genangan, flood
bencana, darurat, kebakaran, disaster, emergency
pengaduan, aduan, keluhan, lapor, complaint
bantuan sosial, bansos, bantuan, social assistance
kerja, lowongan, tenaga kerja, ketenagakerjaan, job
wisata, pariwisata, turis, tourism
taman, ruang terbuka hijau, rth, park
air minum, pdam, air bersih, drinking water
data terbuka, open data, satu data
statistik, data sektoral, statistics
peta, geospasial, gis, map
daring, online, internet
aplikasi, app, application
pameran, galeri, gallery, exhibition
inovasi, terobosan, innovation
penghargaan, anugerah, juara, prestasi, award
iga, innovative government award
kipp, kompetisi inovasi pelayanan publik, sinovik
pegawai, asn, pns, aparatur, civil servant
opd, perangkat daerah, skpd, dinas, agency
dprd, dewan perwakilan rakyat daerah
pemkot, pemerintah kota
pemkab, pemerintah kabupaten
pemprov, pemerintah provinsi
kemendagri, kementerian dalam negeri, mendagri
kemensos, kementerian sosial
kemenkes, kementerian kesehatan
kemenkeu, kementerian keuangan
kemensetneg, kementerian sekretariat negara, setneg
kemenpanrb, kementerian pendayagunaan aparatur negara, menpan
kominfo, kementerian komunikasi, diskominfo, diskominsta, diskominfotik
pelayanan, layanan, servis, service
masyarakat, warga, penduduk, resident, citizen
"""

SYNONYMS: tuple[tuple[str, ...], ...] = tuple(
    tuple(phrase.strip() for phrase in line.split(",")) for line in _SYNONYMS.strip().splitlines()
)

# What people come with every day: right as it stands, even where the portal has nothing of it. A
# word that is only near one of these is never shown in its place.
_EVERYDAY = """
air alamat antre antrean anggota asuransi atap bayar bayi beasiswa belajar beras berita bersih
bibit biaya bidan biru bpjs cerai coklat cuaca daftar dana darah daur daerah desa digital diet
dinas domba ekonomi elektronik energi festival foto gaji galian gambar gas gempa gratis guru hama
hari harga hewan hidup hijau hilang hotel hujan hukum hutan ikan imunisasi industri informasi
jadwal jalan jamban janda jaringan jembatan jenazah jual juara kabel kamar kampung kandang kantor
kartu kasus kayu kecamatan kecelakaan kelas kelurahan keluarga kematian kendaraan kerajinan keramik
kesenian kompos komputer konsultasi kopi koperasi korban kos kota kucing kuliah kurban laporan
lahir lampu laut libur lingkungan listrik lomba longsor lowongan madu makam makan makanan malam
mandi masjid meninggal minum minuman modal motor muda mudik museum musik narkoba nikah nomor obat
olahraga operasi orang padi pajak pameran pantai pasar paspor pasien pekerjaan pelabuhan pelatihan
pemuda pencuri penerangan pengangguran penipuan penyakit perawat perempuan pernikahan pertanian
pesawat peternakan pindah plastik pohon polisi pompa pupuk pusat rapat raya rekam rokok rumah rusak
sakit sambal sampah sapi sawah sehat sekolah selokan semen seni sepeda sertifikat sewa siang sidang
sim sosial stadion sungai surat susu tanah tani tenaga terminal tiket toko transfusi trotoar tugas
tukang ujian universitas upah vaksin virus waktu wanita warung wifi

abuse address animal bank bicycle birth book bridge building bus business camp cat city class clean
climate coffee cooking corruption court crime culture dance dead death debt dog drug earthquake
electricity energy farm fee festival fire fish flood food football forest free garbage gas health
help holiday home hotel house income insurance internet job land law light loan market marriage
medicine money museum music newspaper nurse park passport people plant police pollution poor price
prison rain recipe rent rice river road safety salary school sea sick soil sport station street
swimming taxi teacher ticket tourist traffic train trash tree university vaccine village violence
vote war waste water weather wedding woman work youth zoo
"""
EVERYDAY = (
    STOP_WORDS
    | frozenset(_EVERYDAY.split())
    | frozenset(word for group in SYNONYMS for phrase in group for word in phrase.split())
)
