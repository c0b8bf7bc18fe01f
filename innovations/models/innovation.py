import itertools
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models.functions import Coalesce, NullIf, Substr
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from innovations import classification
from innovations.bilingual import BilingualModel
from innovations.fields import PartialDateField
from innovations.models.agency import Agency
from innovations.notes import CITATION
from innovations.querysets import InnovationQuerySet


class Innovation(BilingualModel):
    """A regional innovation (inovasi daerah) of the city: one entry of the catalogue."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in_review", _("In review")
        PUBLISHED = "published", _("Published")
        ARCHIVED = "archived", _("Archived")

    class VisitLanguages(models.TextChoices):
        INDONESIAN = "id", _("Indonesian")
        ENGLISH = "en", _("English")
        BOTH = "id,en", _("Indonesian and English")

    Form = classification.Form
    Type = classification.Type
    Stage = classification.Stage
    Initiator = classification.Initiator
    GovernmentAffair = classification.GovernmentAffair

    bilingual_fields = (
        "summary",
        "beneficiaries",
        "problem",
        "solution",
        "how_to_use",
        "how_to_replicate",
        "stopped_reason",
        "visit_note",
    )
    # What a complete entry tells; where one is empty, the owner has yet to say.
    expected_fields = (
        "expanded_name",
        "problem",
        "solution",
        "how_to_use",
        "how_to_replicate",
        "beneficiaries",
        "form",
        "type",
        "stage",
        "initiator",
        "government_affair",
        "started_on",
        "implemented_on",
        "service_url",
        "contact",
        "running",
        "visitable",
    )
    # Not every innovation has these: once the owner has confirmed the entry, empty means none.
    expected_until_confirmed = ("expanded_name", "service_url")

    # Each transition and the statuses from which it is open.
    transitions = {
        "confirm": {Status.PUBLISHED},
        "submit_for_review": {Status.DRAFT},
        "publish": {Status.DRAFT, Status.IN_REVIEW},
        "return_to_draft": {Status.IN_REVIEW, Status.PUBLISHED, Status.ARCHIVED},
        "archive": {Status.PUBLISHED},
    }

    name = models.CharField(_("name"), max_length=150)
    slug = models.SlugField(_("address on this site"), max_length=80, unique=True)
    expanded_name = models.CharField(
        _("what the acronym stands for"),
        max_length=200,
        blank=True,
        help_text=_("Only if the name is an acronym, and only as a source spells it out."),
    )
    summary = models.CharField(
        _("summary"),
        max_length=300,
        help_text=_("One sentence: what it does, for whom. It stands on the cards."),
    )
    summary_en = models.CharField(_("summary in English"), max_length=300, blank=True)
    agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="innovations", verbose_name=_("agency")
    )
    partner_agencies = models.ManyToManyField(
        Agency,
        blank=True,
        related_name="partner_innovations",
        verbose_name=_("partner agencies"),
    )

    form = models.CharField(_("form"), max_length=20, choices=Form, blank=True)
    type = models.CharField(_("type"), max_length=20, choices=Type, blank=True)
    stage = models.CharField(_("stage"), max_length=20, choices=Stage, blank=True)
    initiator = models.CharField(_("initiator"), max_length=20, choices=Initiator, blank=True)
    government_affair = models.CharField(
        _("government affair"), max_length=30, choices=GovernmentAffair, blank=True
    )

    beneficiaries = models.CharField(
        _("beneficiaries"), max_length=300, blank=True, help_text=_("Who is better off with it.")
    )
    beneficiaries_en = models.CharField(_("beneficiaries, in English"), max_length=300, blank=True)
    problem = models.TextField(
        _("the problem"),
        blank=True,
        help_text=_("What was difficult before. Markdown; [@key] puts a source's number."),
    )
    problem_en = models.TextField(_("the problem, in English"), blank=True)
    solution = models.TextField(
        _("the solution"), blank=True, help_text=_("What was changed. Markdown.")
    )
    solution_en = models.TextField(_("the solution, in English"), blank=True)
    how_to_use = models.TextField(
        _("how to use it"),
        blank=True,
        help_text=_("The steps for a resident, and what to bring. Markdown."),
    )
    how_to_use_en = models.TextField(_("how to use it, in English"), blank=True)
    how_to_replicate = models.TextField(
        _("how to replicate it"),
        blank=True,
        help_text=_("What another region needs in order to do the same. Markdown."),
    )
    how_to_replicate_en = models.TextField(_("how to replicate it, in English"), blank=True)

    started_on = PartialDateField(_("started"))
    trialled_on = PartialDateField(_("trial from"))
    implemented_on = PartialDateField(_("in use from"))
    year = models.GeneratedField(
        expression=Substr(
            Coalesce(
                NullIf("started_on", models.Value("")),
                NullIf("trialled_on", models.Value("")),
                "implemented_on",
            ),
            1,
            4,
        ),
        output_field=models.CharField(max_length=4),
        db_persist=True,
        verbose_name=_("year"),
    )

    service_url = models.URLField(_("address of the service"), max_length=300, blank=True)
    contact = models.CharField(
        _("contact"),
        max_length=200,
        blank=True,
        help_text=_("A desk, its telephone or its e-mail: no private person's."),
    )
    running = models.BooleanField(
        _("still runs"),
        null=True,
        blank=True,
        help_text=_("Unknown until the owner has said."),
    )
    stopped_reason = models.CharField(_("why it stopped"), max_length=300, blank=True)
    stopped_reason_en = models.CharField(
        _("why it stopped, in English"), max_length=300, blank=True
    )
    confirmed_on = models.DateField(
        _("last confirmed by the owner on"),
        null=True,
        blank=True,
        help_text=_("The day on which the agency last said that this entry is right."),
    )

    visitable = models.BooleanField(
        _("can be visited"),
        null=True,
        blank=True,
        help_text=_("Unknown: delegations may ask, and the city answers."),
    )
    visit_host = models.CharField(_("host of visits"), max_length=200, blank=True)
    visit_max_group = models.PositiveSmallIntegerField(
        _("largest group, in persons"), null=True, blank=True
    )
    visit_languages = models.CharField(
        _("languages of visits"), max_length=10, choices=VisitLanguages, blank=True
    )
    visit_closed_days = models.CharField(
        _("days closed to visits"),
        max_length=20,
        blank=True,
        validators=[
            RegexValidator(
                r"^[1-7](, ?[1-7])*$",
                _("Write weekdays as numbers, 1 for Monday to 7 for Sunday: 1, 3."),
                code="weekdays",
            )
        ],
        help_text=_("Weekdays without visits: 1 is Monday, 7 is Sunday; separated by commas."),
    )
    visit_lead_days = models.PositiveSmallIntegerField(
        _("lead time, in working days"), null=True, blank=True
    )
    visit_note = models.CharField(_("what visitors should know"), max_length=300, blank=True)
    visit_note_en = models.CharField(
        _("what visitors should know, in English"), max_length=300, blank=True
    )

    featured = models.BooleanField(
        _("on the home page"), default=False, help_text=_("The home page shows it first.")
    )
    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.DRAFT, editable=False
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
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    history = HistoricalRecords(
        excluded_fields=["year"],
        verbose_name=_("version of an innovation"),
        verbose_name_plural=_("versions of innovations"),
    )
    objects = InnovationQuerySet.as_manager()

    class Meta:
        verbose_name = _("innovation")
        verbose_name_plural = _("innovations")
        ordering = ["name", "pk"]
        permissions = [("publish_innovation", _("Can publish and archive innovations"))]
        indexes = [
            models.Index(fields=["status", "name"], name="innovation_status_name"),
            models.Index(fields=["status", "-published_at"], name="innovation_status_newest"),
            models.Index(fields=["status", "-year"], name="innovation_status_year"),
            models.Index(
                fields=["status", "-featured", "name", "id"], name="innovation_status_featured"
            ),
            models.Index(
                fields=["status", "-featured", "-published_at", "name"], name="innovation_of_home"
            ),
            models.Index(fields=["status", "updated_at"], name="innovation_status_changed"),
            models.Index(fields=["agency", "status", "name"], name="innovation_of_agency"),
            models.Index(
                fields=["government_affair", "status", "name"], name="innovation_of_affair"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "in_review", "published", "archived"]),
                name="innovation_status_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="published") | models.Q(published_at__isnull=False),
                name="innovation_published_has_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(running=False) | ~models.Q(stopped_reason=""),
                name="innovation_stopped_has_reason",
                violation_error_message=_("Say why it stopped: readers will ask."),
            ),
            models.CheckConstraint(
                condition=models.Q(visit_max_group__isnull=True)
                | models.Q(visit_max_group__gte=1),
                name="innovation_visit_group_positive",
                violation_error_message=_("The largest group has at least one person."),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("innovations:detail", args=[self.slug])

    def clean(self):
        dates = filter(None, [self.started_on, self.trialled_on, self.implemented_on])
        # Dates of different exactness are compared as far as both are known.
        if any(
            earlier[: len(later)] > later[: len(earlier)]
            for earlier, later in itertools.pairwise(dates)
        ):
            raise ValidationError(
                {
                    "implemented_on": _(
                        "An innovation starts, is tried, and is used, in this order."
                    )
                }
            )

    @property
    def is_published(self) -> bool:
        return self.status == self.Status.PUBLISHED

    @property
    def open_transitions(self) -> list[str]:
        """Names of the methods that may be called in the present status."""
        return [name for name, statuses in self.transitions.items() if self.status in statuses]

    @property
    def is_to_confirm(self) -> bool:
        """Whether it is long ago, or never was, that the owner said that the entry is right."""
        if not self.is_published or self.running is False:
            return False
        limit = timezone.localdate() - timedelta(days=settings.CONFIRM_EVERY_DAYS)
        return self.confirmed_on is None or self.confirmed_on < limit

    @property
    def missing_fields(self) -> list:
        """Labels of the expected fields that wait for the owner."""
        return [
            self._meta.get_field(name).verbose_name
            for name in self.expected_fields
            if getattr(self, name) in ("", None)
            and not (self.confirmed_on and name in self.expected_until_confirmed)
        ]

    def unknown_keys(self) -> list[str]:
        """Keys that the texts cite and that no source of this entry has; their notes vanish."""
        known = {
            slug
            for related in (self.citations, self.outcomes, self.awards)
            for slug in related.values_list("source__slug", flat=True)
        }
        texts = " ".join(
            getattr(self, name)
            for field in self.bilingual_fields
            for name in (field, f"{field}_en")
        )
        return sorted({match["slug"] for match in CITATION.finditer(texts)} - known)

    @property
    def closed_weekdays(self) -> list[int]:
        """The weekdays without visits: 1 is Monday, 7 is Sunday."""
        return [int(number) for number in self.visit_closed_days.replace(",", " ").split()]

    @property
    def closed_day_names(self) -> list:
        """The weekdays without visits, in the page's language."""
        return [WEEKDAYS[number - 1] for number in self.closed_weekdays]

    @property
    def cover(self):
        """The first picture, or None; then the cover art stands in."""
        return next(iter(self.pictures.all()), None)

    @transaction.atomic
    def confirm(self, *, by):
        """The owner says that the public entry is right as it stands today."""
        now = type(self).objects.select_for_update().get(pk=self.pk)
        if now.status not in self.transitions["confirm"]:
            raise ValidationError(
                _("“%(name)s” is not public: there is nothing to confirm yet."),
                code="transition",
                params={"name": self.name},
            )
        self.confirmed_on = timezone.localdate()
        self._history_user, self._change_reason = by, str(_("Confirmed as right"))
        self.save(update_fields=["confirmed_on", "updated_at"])

    def submit_for_review(self, *, by):
        """Hand a draft to whoever publishes. Raises ValidationError from another status."""
        self._move("submit_for_review", self.Status.IN_REVIEW, by=by)

    def return_to_draft(self, *, by, reason=""):
        """Take the entry back for more work; a published one leaves the public site."""
        self._move("return_to_draft", self.Status.DRAFT, by=by, reason=reason)

    @property
    def mark(self) -> str:
        """What stands for the entry as it is, by which a later change is noticed."""
        return f"{self.pk}-{self.updated_at.timestamp()}"

    @transaction.atomic
    def publish(self, *, by, seen=None):
        """Show the entry to the public; it must name at least one source.

        `by` is None where a command publishes; `seen` are the marks (`mark`) of what was looked
        at before. Raises ValidationError otherwise, or where it was changed since.
        """
        now = type(self).objects.select_for_update().get(pk=self.pk)
        if seen is not None and now.mark not in seen:
            raise ValidationError(
                _("“%(name)s” was changed meanwhile. Read what it says now, then publish that."),
                code="changed",
                params={"name": self.name},
            )
        if not self.citations.exists():
            raise ValidationError(
                _("“%(name)s” names no source: add one under “Citations”, then publish."),
                code="unsourced",
                params={"name": self.name},
            )
        self._move("publish", self.Status.PUBLISHED, by=by)

    def archive(self, *, by, reason=""):
        """Take a published entry off the public site for good, keeping it for staff."""
        self._move("archive", self.Status.ARCHIVED, by=by, reason=reason)

    @transaction.atomic
    def _move(self, transition, status, *, by, reason=""):
        now = type(self).objects.select_for_update().get(pk=self.pk).status
        if now not in self.transitions[transition]:
            raise ValidationError(
                _("“%(name)s” is %(now)s: it cannot become %(then)s."),
                code="transition",
                params={
                    "name": self.name,
                    "now": self.Status(now).label,
                    "then": status.label,
                },
            )
        self.status = status
        if status == self.Status.PUBLISHED:
            self.published_at, self.published_by = timezone.now(), by
        self._history_user = by
        self._change_reason = f"{status.label}: {reason}" if reason else str(status.label)
        self.save(update_fields=["status", "published_at", "published_by", "updated_at"])
