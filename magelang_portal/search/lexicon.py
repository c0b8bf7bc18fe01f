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
