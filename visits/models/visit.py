import secrets
import uuid
from functools import partial
from pathlib import PurePosixPath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from innovations.bilingual import BilingualModel
from innovations.models import Innovation, Source
from visits.querysets import VisitQuerySet

MIN_PARTICIPANTS, MAX_PARTICIPANTS = 1, 500
# Read aloud over the telephone: no letter or digit that sounds or looks like another.
REFERENCE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def private_storage():
    return storages["private"]


def letter_path(visit, filename):
    return f"letters/{uuid.uuid4().hex}{PurePosixPath(filename).suffix.lower()}"


def new_reference() -> str:
    """A reference such as `KM-2026-7F3KQ`."""
    code = "".join(secrets.choice(REFERENCE_ALPHABET) for _letter in range(5))
    return f"KM-{timezone.localdate():%Y}-{code}"


class Visit(BilingualModel):
    """A delegation's visit (kunjungan), from its request to the public record of it."""

    class Status(models.TextChoices):
        SUBMITTED = "submitted", _("Submitted")
        NEEDS_INFORMATION = "needs_information", _("Needs information")
        WAITING_LIST = "waiting_list", _("On the waiting list")
        CONFIRMED = "confirmed", _("Confirmed")
        DECLINED = "declined", _("Declined")
        CANCELLED = "cancelled", _("Cancelled")
        COMPLETED = "completed", _("Completed")

    class OrganisationKind(models.TextChoices):
        CENTRAL_GOVERNMENT = "central_government", _("Ministry or national agency")
        REGIONAL_GOVERNMENT = "regional_government", _("Regional government")
        NATIONAL_COUNCIL = "national_council", _("National council (DPR, DPD)")
        REGIONAL_COUNCIL = "regional_council", _("Regional council (DPRD)")
        EDUCATION = "education", _("School or university")
        COMMUNITY = "community", _("Community organisation")
        PRIVATE = "private", _("Company")
        FOREIGN = "foreign", _("Foreign or international organisation")
        OTHER = "other", _("Other organisation")

    # Each transition and the statuses from which it is open.
    open_statuses = {Status.SUBMITTED, Status.NEEDS_INFORMATION, Status.WAITING_LIST}
    transitions = {
        "confirm": open_statuses,
        "decline": {*open_statuses, Status.CONFIRMED},
        "complete": {Status.CONFIRMED},
        "publish": {Status.COMPLETED},
        "unpublish": {Status.COMPLETED},
        "erase": {Status.COMPLETED, Status.DECLINED, Status.CANCELLED},
    }
    personal_fields = (
        "purpose",
        "head_name",
        "head_position",
        "contact_name",
        "contact_phone",
        "contact_email",
        "letter",
    )

    bilingual_fields = ("summary", "report")

    reference = models.CharField(
        _("reference"), max_length=20, unique=True, editable=False, default=new_reference
    )
    link_hash = models.CharField(max_length=64, unique=True, null=True, editable=False)
    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.SUBMITTED, editable=False
    )
    language = models.CharField(
        _("language"), max_length=2, choices=settings.LANGUAGES, default="id"
    )

    organisation = models.CharField(_("organisation"), max_length=200)
    organisation_kind = models.CharField(
        _("kind of organisation"), max_length=30, choices=OrganisationKind
    )
    unit = models.CharField(
        _("unit"), max_length=200, blank=True, help_text=_("Directorate, division, batch.")
    )
    purpose = models.TextField(_("purpose"), max_length=2000, blank=True)
    head_name = models.CharField(_("head of delegation"), max_length=150, blank=True)
    head_position = models.CharField(
        _("position of the head of delegation"), max_length=150, blank=True
    )
    contact_name = models.CharField(_("contact person"), max_length=150, blank=True)
    contact_phone = models.CharField(
        _("telephone"),
        max_length=25,
        blank=True,
        validators=[
            RegexValidator(
                r"^\+?[0-9][0-9 ().-]{6,22}$",
                _("Write the number with its area code: 0812 3456 7890 or +62 293 123456."),
                code="phone",
            )
        ],
    )
    contact_email = models.EmailField(_("e-mail"), blank=True)
    expected_participants = models.PositiveIntegerField(
        _("expected participants"),
        null=True,
        blank=True,
        validators=[
            MinValueValidator(MIN_PARTICIPANTS, _("A visit has at least %(limit_value)s person.")),
            MaxValueValidator(
                MAX_PARTICIPANTS,
                _("At most %(limit_value)s persons; split a larger delegation into two visits."),
            ),
        ],
    )
    wished_on = models.DateField(_("wished date"), null=True, blank=True)
    alternative_on = models.DateField(_("alternative date"), null=True, blank=True)
    letter = models.FileField(
        _("letter"), upload_to=letter_path, storage=private_storage, blank=True
    )
    consented_at = models.DateTimeField(_("consent given at"), null=True, editable=False)
    erased_at = models.DateTimeField(_("personal data erased at"), null=True, editable=False)

    held_on = models.DateField(_("day of the visit"), null=True, blank=True)
    held_until = models.DateField(
        _("last day"), null=True, blank=True, help_text=_("Only for a visit of several days.")
    )
    reported_on = models.DateField(
        _("reported on"),
        null=True,
        blank=True,
        help_text=_("If no source tells the day of the visit: the day it was reported."),
    )
    venue = models.CharField(_("venue"), max_length=200, blank=True)
    host = models.CharField(_("received by"), max_length=200, blank=True)
    host_position = models.CharField(_("position of the host"), max_length=200, blank=True)
    led_by = models.CharField(
        _("led by, on the public page"),
        max_length=200,
        blank=True,
        help_text=_("Only with the consent of the person named, or as a source tells it."),
    )
    participants = models.PositiveIntegerField(_("participants who came"), null=True, blank=True)
    innovations = models.ManyToManyField(
        Innovation, through="visits.Stop", related_name="visits", verbose_name=_("innovations")
    )
    summary = models.CharField(
        _("summary"), max_length=300, blank=True, help_text=_("One sentence for the public list.")
    )
    summary_en = models.CharField(_("summary in English"), max_length=300, blank=True)
    report = models.TextField(
        _("report"), blank=True, help_text=_("For the public page. Markdown; [@key] cites.")
    )
    report_en = models.TextField(_("report in English"), blank=True)
    sources = models.ManyToManyField(
        Source, blank=True, related_name="visits", verbose_name=_("sources")
    )

    slug = models.SlugField(
        _("address on this site"),
        max_length=100,
        unique=True,
        null=True,
        blank=True,
        help_text=_("Empty: made from day and organisation on publishing."),
    )
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("published by"),
    )
    created_at = models.DateTimeField(_("received at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["-created_at"]
        permissions = [
            ("decide_visit", _("Can confirm, decline and complete visits")),
            ("publish_visit", _("Can publish visits")),
        ]
        indexes = [
            models.Index(fields=["status", "-held_on"], name="visit_status_day"),
            models.Index(fields=["-created_at"], name="visit_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    status__in=[
                        "submitted",
                        "needs_information",
                        "waiting_list",
                        "confirmed",
                        "declined",
                        "cancelled",
                        "completed",
                    ]
                ),
                name="visit_status_known",
            ),
            models.CheckConstraint(
                condition=models.Q(expected_participants__isnull=True)
                | models.Q(
                    expected_participants__gte=MIN_PARTICIPANTS,
                    expected_participants__lte=MAX_PARTICIPANTS,
                ),
                name="visit_expected_participants_in_range",
                violation_error_message=_("A visit has 1 to 500 participants."),
            ),
            models.CheckConstraint(
                condition=models.Q(held_until__isnull=True)
                | models.Q(held_until__gt=models.F("held_on")),
                name="visit_last_day_after_first",
                violation_error_message=_("The last day comes after the first."),
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["confirmed", "completed"])
                | models.Q(held_on__isnull=False)
                | models.Q(reported_on__isnull=False),
                name="visit_agreed_has_day",
                violation_error_message=_("Enter the day of the visit."),
            ),
            models.CheckConstraint(
                condition=models.Q(published_at__isnull=True)
                | models.Q(status="completed", slug__isnull=False),
                name="visit_published_is_over",
                violation_error_message=_("Only a completed visit can be public."),
            ),
        ]

    def __str__(self):
        return f"{self.reference} · {self.organisation}"

    def get_absolute_url(self):
        return reverse("visits:detail", args=[self.slug])

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def is_open(self) -> bool:
        """Whether the city still owes this request an answer."""
        return self.status in self.open_statuses

    @property
    def open_transitions(self) -> list[str]:
        """Names of the methods that may be called in the present status."""
        names = [name for name, statuses in self.transitions.items() if self.status in statuses]
        done = {"publish" if self.is_published else "unpublish"}
        if self.erased_at:
            done.add("erase")
        return [name for name in names if name not in done]

    def clean(self):
        """What `status` and publication demand, which the form itself does not show."""
        agreed = {self.Status.CONFIRMED, self.Status.COMPLETED}
        if self.status in agreed and not (self.held_on or self.reported_on):
            raise ValidationError({"held_on": _("Enter the day of the visit.")})
        if self.is_published and not self.slug:
            raise ValidationError({"slug": _("A public visit needs its address.")})

    @transaction.atomic
    def submit(self, *, innovations):
        """Store this request with its wished itinerary; the first line of its history.

        Raises IntegrityError where the same form was stored before (same private link).
        """
        self.save(force_insert=True)
        self.stops.bulk_create(
            self.stops.model(visit=self, innovation=innovation, position=position)
            for position, innovation in enumerate(innovations, start=1)
        )
        self.events.create(status=self.Status.SUBMITTED)

    def confirm(self, *, by, on=None, reason=""):
        """Agree to the visit on the day `on`, or else on the wished date."""
        self.held_on = on or self.held_on or self.wished_on
        if self.held_on is None:
            raise ValidationError(
                _("%(visit)s names no date: enter the day of the visit first."),
                code="no_day",
                params={"visit": self},
            )
        if self.link_hash and self.held_on < timezone.localdate():
            raise ValidationError(
                _("%(day)s is past: agree on another day with the delegation."),
                code="past",
                params={"day": date_format(self.held_on)},
            )
        self._move("confirm", self.Status.CONFIRMED, by=by, reason=reason)

    def decline(self, *, by, reason):
        """Answer the request with no; the delegation reads `reason`, so it may not be empty."""
        if not reason.strip():
            raise ValidationError(_("Give the delegation a reason."), code="no_reason")
        self._move("decline", self.Status.DECLINED, by=by, reason=reason)

    def complete(self, *, by):
        """Record that the visit took place; not before its day."""
        if self.held_on and self.held_on > timezone.localdate():
            raise ValidationError(
                _("%(visit)s is still to come."), code="too_early", params={"visit": self}
            )
        self._move("complete", self.Status.COMPLETED, by=by)

    @transaction.atomic
    def publish(self, *, by):
        """Show a completed visit to the public, at an address made from day and organisation."""
        stored = type(self).objects.select_for_update().get(pk=self.pk)
        if stored.status != self.Status.COMPLETED:
            raise ValidationError(
                _("%(visit)s is not completed: only then can it be public."),
                code="transition",
                params={"visit": self},
            )
        if stored.is_published:
            raise ValidationError(
                _("%(visit)s is public already."), code="transition", params={"visit": self}
            )
        self.slug = self.slug or self._free_slug()
        self.published_at, self.published_by = timezone.now(), by
        self.save(update_fields=["slug", "published_at", "published_by", "updated_at"])

    @transaction.atomic
    def unpublish(self, *, by):
        """Take the visit off the public site; the admin's log tells who did."""
        if not type(self).objects.select_for_update().get(pk=self.pk).is_published:
            raise ValidationError(
                _("%(visit)s is not public."), code="transition", params={"visit": self}
            )
        self.published_at = self.published_by = None
        self.save(update_fields=["published_at", "published_by", "updated_at"])

    @transaction.atomic
    def erase(self, *, by):
        """Erase the personal data of a visit that is over, was declined or cancelled.

        Names, contact, purpose and letter go, the organisation and the counts stay; the page
        behind the private link then says when it was done.
        """
        now = type(self).objects.select_for_update().get(pk=self.pk)
        if now.status not in self.transitions["erase"] or now.erased_at:
            raise ValidationError(
                _("%(visit)s is still open, or its personal data are erased already."),
                code="transition",
                params={"visit": self},
            )
        for name in self.personal_fields:
            setattr(self, name, "")
        self.erased_at = timezone.now()
        self.save(update_fields=[*self.personal_fields, "erased_at", "updated_at"])
        if now.letter:
            transaction.on_commit(partial(now.letter.storage.delete, now.letter.name))

    def _free_slug(self) -> str:
        base = slugify(f"{self.held_on or self.reported_on} {self.organisation}")[:90]
        taken = set(
            type(self).objects.filter(slug__startswith=base).values_list("slug", flat=True)
        )
        return next(
            slug
            for slug in (base, *(f"{base}-{number}" for number in range(2, len(taken) + 3)))
            if slug not in taken
        )

    @transaction.atomic
    def _move(self, transition, status, *, by, reason=""):
        now = type(self).objects.select_for_update().get(pk=self.pk).status
        if now not in self.transitions[transition]:
            raise ValidationError(
                _("%(visit)s is %(now)s: it cannot become %(then)s."),
                code="transition",
                params={
                    "visit": self,
                    "now": self.Status(now).label,
                    "then": status.label,
                },
            )
        self.status = status
        self.save(update_fields=["status", "held_on", "updated_at"])
        self.events.create(status=status, by=by, reason=reason)


@receiver(post_delete, sender=Visit)
def delete_letter(instance, **kwargs):
    """The letter goes with its visit; a signal, because a queryset never calls `delete()`."""
    if instance.letter:
        transaction.on_commit(partial(instance.letter.storage.delete, instance.letter.name))
