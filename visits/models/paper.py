import secrets
from urllib.parse import urljoin

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

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

    def drawable(self):
        """Papers of which a copy can still be drawn: their personal data are not erased."""
        return self.filter(erased_at__isnull=True)

    def for_delegation(self):
        """What a delegation may have of its own papers: all but the city hall's report."""
        return self.valid().drawable().exclude(kind=self.model.Kind.REPORT)

    def but_certificates(self):
        """Papers for the delegation as a whole, the newest first, without their content."""
        return self.exclude(kind=self.model.Kind.CERTIFICATE).defer("data")

    def certificates(self):
        """The valid certificates, in the order of the list of participants."""
        return (
            self.valid()
            .drawable()
            .filter(kind=self.model.Kind.CERTIFICATE)
            .order_by("participant__position", "participant__name", "pk")
        )


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

    # Kinds of which the delegation hears on issue; of certificates it hears with the thanks.
    announced = {Kind.PROGRAMME, Kind.REPLY}

    # In which status of the visit each kind may be issued.
    open_for = {
        Kind.PROGRAMME: {Visit.Status.CONFIRMED, Visit.Status.COMPLETED},
        Kind.REPLY: {Visit.Status.CONFIRMED, Visit.Status.DECLINED, Visit.Status.COMPLETED},
        Kind.ATTENDANCE: {Visit.Status.CONFIRMED, Visit.Status.COMPLETED},
        Kind.CERTIFICATE: {Visit.Status.COMPLETED},
        Kind.REPORT: {Visit.Status.COMPLETED},
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
        indexes = [models.Index(fields=["-issued_at", "-id"], name="paper_newest")]
        permissions = [("issue_paper", _("Can issue and withdraw papers"))]

    def __str__(self):
        return f"{self.get_kind_display()} {self.number}"

    def get_absolute_url(self):
        return reverse("visits:verify", args=[self.code])

    @property
    def file_name(self) -> str:
        return f"{slugify(self.number.replace('/', '-')).upper()}.pdf"

    @property
    def open_transitions(self) -> list[str]:
        return [] if self.withdrawn_at else ["withdraw"]

    @property
    def is_replaced(self) -> bool:
        """Whether a newer paper stands in the place of this one, which was withdrawn."""
        newer = type(self).objects.valid().filter(visit=self.visit_id, kind=self.kind)
        return newer.filter(participant=self.participant_id, pk__gt=self.pk).exists()

    @property
    def printed(self) -> dict:
        """What is printed (`visits.documents.data`): what was frozen, with number and code.

        Raises ValueError once the personal data are erased.
        """
        if self.erased_at:
            raise ValueError(f"{self.number}: nothing is left to print")
        with override(self.language):
            url = urljoin(settings.SITE_URL, self.get_absolute_url())
        frame = self.data["frame"] | {
            "number": self.number,
            "code": self.code,
            "url": url,
            "issued_on": timezone.localdate(self.issued_at).isoformat(),
        }
        return self.data | {"frame": frame}

    def pdf(self) -> bytes:
        """Draw the paper; the emblem alone is the one of today."""
        from visits.documents import render

        return render(
            self.kind,
            self.printed,
            language=self.language,
            emblem=VisitSettings.load().emblem_bytes(),
        )

    @classmethod
    def certificates_pdf(cls, certificates) -> bytes:
        """Draw certificates of one visit, at least one, into one file."""
        from visits.documents import render_certificates

        return render_certificates(
            [paper.printed for paper in certificates],
            language=certificates[0].language,
            emblem=VisitSettings.load().emblem_bytes(),
        )

    @classmethod
    def kinds_open_for(cls, visit) -> list["Paper.Kind"]:
        """The kinds that may be issued for `visit` as it stands."""
        if visit.erased_at:
            return []
        declined = visit.status == Visit.Status.DECLINED
        return [
            kind
            for kind in cls.Kind
            if visit.status in cls.open_for[kind] and (visit.held_on or declined)
        ]

    @classmethod
    @transaction.atomic
    def issue(cls, visit, kind, *, by, message="") -> list["Paper"]:
        """Issue what is new: papers of `kind`, each in place of the one that said otherwise.

        Those that would say the same stay as they are, with number and code. `message` is added
        to a reply letter; without one it says what staff wrote to the delegation when they
        answered. The delegation hears of what is `announced`. Raises ValidationError where the
        visit is not so far.
        """
        from visits import messages
        from visits.documents import facts

        visit = Visit.objects.select_for_update().get(pk=visit.pk)
        if kind not in cls.kinds_open_for(visit):
            raise ValidationError(
                _("%(kind)s: %(visit)s is not so far, or its personal data are erased."),
                code="paper_not_open",
                params={"kind": cls.Kind(kind).label, "visit": visit},
            )
        if kind == cls.Kind.REPLY:
            message = message or cls.message_of(visit)
        with override(visit.language):
            wanted = facts.of(kind, visit, message=message)
        standing = {}
        for paper in visit.papers.valid().filter(kind=kind):
            standing.setdefault(paper.participant_id, []).append(paper)
        new, kept = [], set()
        for participant, data in wanted:
            same = [
                paper
                for paper in standing.get(participant and participant.pk, ())
                if paper.data == data and paper.language == visit.language
            ]
            if same:
                kept.add(same[0].pk)
            else:
                new.append(
                    cls(
                        visit=visit,
                        participant=participant,
                        kind=kind,
                        language=visit.language,
                        data=data,
                        issued_by=by,
                    )
                )
        visit.papers.valid().filter(kind=kind).exclude(pk__in=kept).update(
            withdrawn_at=timezone.now()
        )
        for paper, number in zip(new, cls.next_numbers(kind, len(new)), strict=True):
            paper.number = number
        issued = cls.objects.bulk_create(new)
        if issued and kind in cls.announced:
            messages.papers_issued(visit)
        return issued

    @classmethod
    def message_of(cls, visit) -> str:
        """What staff wrote to the delegation when they agreed or declined."""
        event = visit.events.filter(what__in=["confirmed", "declined"]).last()
        return event.reason if event else ""

    @transaction.atomic
    def withdraw(self, *, by):
        """Say in public that the paper no longer holds; the admin's log tells who did."""
        from visits import messages

        if type(self).objects.select_for_update().get(pk=self.pk).withdrawn_at:
            raise ValidationError(
                _("%(paper)s is withdrawn already."), code="transition", params={"paper": self}
            )
        self.withdrawn_at = timezone.now()
        self.save(update_fields=["withdrawn_at"])
        messages.paper_withdrawn(self.visit)

    @classmethod
    @transaction.atomic
    def next_numbers(cls, kind: str, count: int) -> list[str]:
        """The next `count` numbers of this kind and year, in one step; none is given twice.

        They look like `KM/BALASAN/2027/0001`.
        """
        if not count:
            return []
        year = timezone.localdate().year
        PaperCounter.objects.get_or_create(kind=kind, year=year)
        counter = PaperCounter.objects.select_for_update().get(kind=kind, year=year)
        first = counter.last + 1
        counter.last += count
        counter.save(update_fields=["last"])
        prefix = VisitSettings.load().number_prefix
        return [
            f"{prefix}/{cls.number_codes[kind]}/{year}/{number:04}"
            for number in range(first, counter.last + 1)
        ]
