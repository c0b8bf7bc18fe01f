import secrets
import uuid
from functools import partial
from pathlib import PurePosixPath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Coalesce
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovations.bilingual import BilingualModel
from innovations.models import Innovation, Source
from magelang_portal.store_away import delete_on_commit
from visits.models.private_link import PrivateLinkModel
from visits.models.slot import TimeSlot
from visits.models.visit_at_link import VisitAtLink
from visits.models.visit_erasure import VisitErasure
from visits.models.visit_life import VisitLife
from visits.models.visit_people import VisitPeople
from visits.models.visit_seats import VisitSeats
from visits.provinces import Province
from visits.querysets import VisitQuerySet
from visits.storage import private_storage

MIN_PARTICIPANTS, MAX_PARTICIPANTS = 1, 500
# Read aloud over the telephone: no letter or digit that sounds or looks like another.
REFERENCE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def letter_path(visit, filename):
    return f"letters/{uuid.uuid4().hex}{PurePosixPath(filename).suffix.lower()}"


def new_reference() -> str:
    """A reference such as `KM-2026-7F3KQ`."""
    code = "".join(secrets.choice(REFERENCE_ALPHABET) for _letter in range(5))
    return f"KM-{timezone.localdate():%Y}-{code}"


class Visit(
    VisitLife,
    VisitSeats,
    VisitPeople,
    VisitAtLink,
    VisitErasure,
    PrivateLinkModel,
    BilingualModel,
):
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
    # Those whose private link the delegation may need: all that came to something.
    linked_statuses = {*open_statuses, Status.CONFIRMED, Status.COMPLETED}
    transitions = {
        "ask": {Status.SUBMITTED, Status.WAITING_LIST},
        "put_on_waiting_list": {Status.SUBMITTED, Status.NEEDS_INFORMATION},
        "confirm": open_statuses,
        "move": {*open_statuses, Status.CONFIRMED},
        "change_numbers": {*open_statuses, Status.CONFIRMED},
        "decline": {*open_statuses, Status.CONFIRMED},
        "cancel": {*open_statuses, Status.CONFIRMED},
        "complete": {Status.CONFIRMED},
        "publish": {Status.COMPLETED},
        "unpublish": {Status.COMPLETED},
        "erase": {Status.COMPLETED, Status.DECLINED, Status.CANCELLED},
        "send_link": set(Status),
        "renew_link": set(Status),
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

    # What the record of a past visit shows to everybody.
    public_fields = (
        "language",
        "organisation",
        "organisation_kind",
        "unit",
        "province",
        "held_on",
        "held_until",
        "reported_on",
        "venue",
        "host",
        "host_position",
        "led_by",
        "participants",
        "summary",
        "summary_en",
        "report",
        "report_en",
        "slug",
        "published_at",
        "updated_at",
    )

    bilingual_fields = ("summary", "report")

    reference = models.CharField(
        _("reference"), max_length=20, unique=True, editable=False, default=new_reference
    )
    # A digest of the form that made it, so that the same form makes it only once.
    submission_hash = models.CharField(max_length=64, unique=True, null=True, editable=False)
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
    province = models.CharField(_("province"), max_length=10, choices=Province, blank=True)
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
    slot = models.ForeignKey(
        TimeSlot,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="visits",
        verbose_name=_("time slot"),
    )
    seats = models.PositiveIntegerField(_("seats held"), default=0, editable=False)
    waiting_since = models.DateTimeField(_("waiting since"), null=True, editable=False)
    offered_until = models.DateTimeField(_("seats offered until"), null=True, editable=False)
    open_to_joining = models.BooleanField(
        _("others may join"),
        default=False,
        help_text=_("Another delegation may be offered a place in this visit; it sees the name."),
    )
    joins = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="joined_by",
        verbose_name=_("joins the visit"),
    )
    # Counts the changes of the invitation in people's calendars (RFC 5545, SEQUENCE).
    calendar_sequence = models.PositiveIntegerField(default=0, editable=False)
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
            ("see_figures", _("Can see the year's figures")),
        ]
        indexes = [
            models.Index(fields=["status", "-held_on"], name="visit_status_day"),
            models.Index(fields=["-created_at", "-id"], name="visit_newest"),
            models.Index(fields=["slot", "status", "waiting_since"], name="visit_waiting"),
            # What is public: by day for the list, newest for the feed, and for what is counted.
            models.Index(
                Coalesce("held_on", "reported_on").desc(),
                "id",
                name="visit_public_by_day",
                condition=models.Q(published_at__isnull=False),
            ),
            models.Index(
                fields=["-published_at", "-id"],
                name="visit_public_newest",
                condition=models.Q(published_at__isnull=False),
            ),
            models.Index(
                fields=["held_on"],
                name="visit_public_held",
                condition=models.Q(published_at__isnull=False),
            ),
            models.Index(
                fields=["updated_at"],
                name="visit_public_changed",
                condition=models.Q(published_at__isnull=False),
            ),
            models.Index(
                fields=["participants"],
                name="visit_public_people",
                condition=models.Q(published_at__isnull=False),
            ),
            models.Index(fields=["held_on"], name="visit_day"),
            models.Index(fields=["wished_on"], name="visit_wished"),
            models.Index(
                fields=["offered_until"],
                condition=models.Q(offered_until__isnull=False),
                name="visit_offered",
            ),
            models.Index(
                fields=["held_until"],
                condition=models.Q(held_until__isnull=False),
                name="visit_of_several_days",
            ),
            models.Index(
                fields=["status", "updated_at"],
                condition=models.Q(erased_at__isnull=True),
                name="visit_to_erase",
            ),
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
                condition=models.Q(seats=0) | models.Q(slot__isnull=False),
                name="visit_seats_are_in_a_slot",
            ),
            models.CheckConstraint(
                condition=models.Q(seats=0)
                | models.Q(
                    status__in=[
                        "submitted",
                        "needs_information",
                        "waiting_list",
                        "confirmed",
                        "completed",
                    ]
                ),
                name="visit_that_is_off_holds_no_seats",
            ),
            models.CheckConstraint(
                condition=models.Q(offered_until__isnull=True)
                | models.Q(status__in=["waiting_list", "needs_information"], seats__gte=1),
                name="visit_offer_holds_seats",
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
    def is_to_come(self) -> bool:
        """Whether its last day lies in the future."""
        last_day = self.held_until or self.held_on
        return last_day is not None and last_day > timezone.localdate()

    @property
    def has_begun(self) -> bool:
        """Whether the delegation is here today, or was."""
        return self.status == self.Status.COMPLETED or (
            self.status == self.Status.CONFIRMED
            and self.held_on is not None
            and self.held_on <= timezone.localdate()
        )

    @property
    def open_transitions(self) -> list[str]:
        """Names of the methods that may be called in the present status."""
        names = [name for name, statuses in self.transitions.items() if self.status in statuses]
        closed = {"publish" if self.is_published else "unpublish"}
        if self.slot_id is None:
            closed.add("put_on_waiting_list")
        if self.is_to_come:
            closed.add("complete")
        if self.erased_at:
            closed.add("erase")
        if not self.contact_email:
            closed.add("send_link")
        if not self.link_hash:
            closed.add("renew_link")
        return [name for name in names if name not in closed]

    def clean(self):
        """What `status` and publication demand, which the form itself does not show."""
        agreed = {self.Status.CONFIRMED, self.Status.COMPLETED}
        if self.status in agreed and not (self.held_on or self.reported_on):
            raise ValidationError({"held_on": _("Enter the day of the visit.")})
        if self.is_published and not self.slug:
            raise ValidationError({"slug": _("A public visit needs its address.")})


@receiver(post_delete, sender=Visit)
def delete_letter(instance, **kwargs):
    """The letter goes with its visit; a signal, because a queryset never calls `delete()`."""
    if instance.letter:
        name = instance.letter.name
        delete_on_commit(partial(instance.letter.storage.delete, name), name)
