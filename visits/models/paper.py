import secrets

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from visits.models.participant import Participant
from visits.models.settings import VisitSettings
from visits.models.visit import REFERENCE_ALPHABET, Visit


def new_code() -> str:
    """The code of a paper, such as `7F3KQ-9MWXA`: 50 random bits that can be typed from print."""
    halves = ("".join(secrets.choice(REFERENCE_ALPHABET) for _n in range(5)) for _half in "ab")
    return "-".join(halves)


class PaperCounter(models.Model):
    """The last number given to papers of one kind in one year."""

    kind = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="paper_counter_once")]

    def __str__(self):
        return f"{self.kind} {self.year}: {self.last}"


class PaperQuerySet(models.QuerySet):
    def valid(self):
        """Papers that still say what is so."""
        return self.filter(withdrawn_at__isnull=True)


class Paper(models.Model):
    """A paper that was issued: its number, its code, and exactly what is printed on it.

    The PDF is made anew from `data` whenever it is asked for (`visits.documents`); `data` never
    changes after issue, so that every copy says the same. A correction is a new paper, and the
    old one is withdrawn.
    """

    class Kind(models.TextChoices):
        PROGRAMME = "programme", _("Programme")
        REPLY = "reply", _("Reply letter")
        ATTENDANCE = "attendance", _("Attendance list")
        CERTIFICATE = "certificate", _("Certificate")
        REPORT = "report", _("Visit report")

    # How numbers name each kind, in the city hall's own words.
    number_codes = {
        Kind.PROGRAMME: "ACARA",
        Kind.REPLY: "BALASAN",
        Kind.ATTENDANCE: "HADIR",
        Kind.CERTIFICATE: "SERTIFIKAT",
        Kind.REPORT: "LAPORAN",
    }

    visit = models.ForeignKey(
        Visit, models.CASCADE, related_name="papers", verbose_name=_("visit")
    )
    participant = models.ForeignKey(
        Participant,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="papers",
        verbose_name=_("participant"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    number = models.CharField(_("number"), max_length=60, unique=True)
    code = models.CharField(_("code"), max_length=20, unique=True, default=new_code)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    data = models.JSONField(_("what is printed"))
    issued_at = models.DateTimeField(_("issued at"), default=timezone.now)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("issued by"),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, editable=False)
    erased_at = models.DateTimeField(_("personal data erased at"), null=True, editable=False)

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering = ["-issued_at", "-pk"]
        permissions = [("issue_paper", _("Can issue and withdraw papers"))]

    def __str__(self):
        return f"{self.get_kind_display()} {self.number}"

    def get_absolute_url(self):
        return reverse("visits:verify", args=[self.code])

    @classmethod
    @transaction.atomic
    def next_number(cls, kind: str) -> str:
        """The next number of this kind and year, `KM/BALASAN/2027/0001`; never given twice."""
        year = timezone.localdate().year
        PaperCounter.objects.get_or_create(kind=kind, year=year)
        counter = PaperCounter.objects.select_for_update().get(kind=kind, year=year)
        counter.last += 1
        counter.save(update_fields=["last"])
        prefix = VisitSettings.load().number_prefix
        return f"{prefix}/{cls.number_codes[kind]}/{year}/{counter.last:04}"
