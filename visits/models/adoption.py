import calendar
import datetime
import hashlib
import json

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovations.fields import PartialDateField
from innovations.models import Innovation
from visits.models.visit import Visit
from visits.provinces import Province


class AdoptionQuerySet(models.QuerySet):
    def confirmed(self):
        """What staff have confirmed, on innovations that are public: the public chain."""
        return self.filter(
            confirmed_at__isnull=False, innovation__status=Innovation.Status.PUBLISHED
        )

    def for_tree(self):
        """All that a family tree shows, innovation by innovation, in one query."""
        adoptions = self.select_related("innovation", "visit").only(
            "organisation",
            "province",
            "state",
            "since",
            "name_there",
            "evidence_url",
            "learned_from",
            "innovation__name",
            "innovation__slug",
            "visit__published_at",
            "visit__slug",
        )
        return adoptions.order_by("innovation__name", "innovation_id", "pk")

    def overview(self) -> dict:
        """How many `organisations` and `innovations` these are of, and `places`: their number by
        province and state; two queries, however many there are."""
        of_place = self.order_by().values_list("province", "state")
        numbers = of_place.annotate(number=models.Count("pk"))
        return {
            **self.aggregate(
                organisations=models.Count("organisation", distinct=True),
                innovations=models.Count("innovation", distinct=True),
            ),
            "places": {(province, state): number for province, state, number in numbers},
        }

    def to_confirm(self):
        """Pledges and changes on which staff have yet to say whether they are so."""
        return self.filter(
            models.Q(confirmed_at__isnull=True, dismissed_at__isnull=True)
            | models.Q(reported__isnull=False)
        )


class Adoption(models.Model):
    """An innovation taken up elsewhere: from the first pledge to what became of it.

    It names an organisation and no person, so it stays when a visit's personal data are erased.
    What staff have confirmed stays public as it is; what the delegation tells later waits in
    `reported` until staff confirm that too.
    """

    class State(models.TextChoices):
        INTERESTED = "interested", _("Interested")
        PLANNED = "planned", _("Planned")
        RUNNING = "running", _("Running")
        DROPPED = "dropped", _("Dropped")

    # What a delegation tells of each innovation at its private link.
    told_fields = ("state", "since", "province", "name_there", "evidence", "evidence_url")

    innovation = models.ForeignKey(
        Innovation, models.PROTECT, related_name="adoptions", verbose_name=_("innovation")
    )
    visit = models.ForeignKey(
        Visit,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="adoptions",
        verbose_name=_("visit it came from"),
    )
    learned_from = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="passed_on",
        verbose_name=_("learned from"),
        help_text=_("If it was learned from another adopter instead of from Magelang itself."),
    )
    organisation = models.CharField(_("organisation"), max_length=200)
    province = models.CharField(_("province"), max_length=10, choices=Province, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State)
    since = PartialDateField(_("since"))
    name_there = models.CharField(
        _("its name there"), max_length=150, blank=True, help_text=_("If it is called otherwise.")
    )
    evidence = models.TextField(_("evidence"), max_length=2000, blank=True)
    evidence_url = models.URLField(_("address of the evidence"), max_length=300, blank=True)
    reported_at = models.DateTimeField(_("reported at"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    dismissed_at = models.DateTimeField(_("dismissed at"), null=True, editable=False)
    # `told_fields` as told since the confirmation: {"state": "running", "since": "2027", …}.
    reported = models.JSONField(_("change to confirm"), null=True, editable=False)

    objects = AdoptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("adoption")
        verbose_name_plural = _("adoptions")
        ordering = ["-reported_at", "-pk"]
        permissions = [("confirm_adoption", _("Can confirm adoptions"))]
        indexes = [
            models.Index(fields=["-reported_at", "-id"], name="adoption_newest"),
            models.Index(
                fields=["innovation", "province", "state", "organisation"],
                name="adoption_public",
                condition=models.Q(confirmed_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "innovation"],
                name="adoption_once_per_visit",
                violation_error_message=_("This visit has told of this innovation already."),
            ),
            models.CheckConstraint(
                condition=models.Q(learned_from__isnull=True)
                | ~models.Q(learned_from=models.F("id")),
                name="adoption_not_from_itself",
                violation_error_message=_("Nobody learns from oneself."),
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=True)
                | models.Q(dismissed_at__isnull=True),
                name="adoption_confirmed_or_dismissed",
            ),
            models.CheckConstraint(
                condition=models.Q(reported__isnull=True) | models.Q(confirmed_at__isnull=False),
                name="adoption_change_is_of_what_was_confirmed",
            ),
        ]

    def __str__(self):
        return f"{self.organisation}: {self.innovation}"

    def clean(self):
        """Whoever it was learned from adopted the same innovation, and did so before."""
        seen, before = {self.pk}, self.learned_from
        while before is not None:
            if before.innovation_id != self.innovation_id:
                raise ValidationError(
                    {"learned_from": _("Choose an adopter of the same innovation.")}
                )
            if before.pk in seen:
                raise ValidationError(
                    {"learned_from": _("That one learned from this: choose another adopter.")}
                )
            seen.add(before.pk)
            before = before.learned_from

    @property
    def told(self) -> dict[str, str]:
        """`told_fields` as the delegation told them last, confirmed or not."""
        return self.reported or {name: getattr(self, name) for name in self.told_fields}

    @property
    def mark(self) -> str:
        """A digest of what confirming makes public now, by which a later change is noticed."""
        content = [self.pk, self.innovation_id, self.organisation, self.told]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    @property
    def told_state(self) -> str:
        """The state as told last, in the page's language."""
        return self.State(self.told["state"]).label

    @property
    def waits(self) -> bool:
        """Whether staff have yet to say whether it is so (`AdoptionQuerySet.to_confirm`)."""
        return self.reported is not None or not (self.confirmed_at or self.dismissed_at)

    @property
    def open_transitions(self) -> list[str]:
        """Names of the methods that staff may call now."""
        names = []
        if self.confirmed_at is None or self.reported is not None:
            names.append("confirm")
        if self.waits:
            names.append("dismiss")
        if self.confirmed_at is not None and self.reported is None:
            names.append("take_off")
        return names

    @classmethod
    @transaction.atomic
    def record_answers(cls, *, visit, answers) -> bool:
        """The delegation tells what it has adopted: `answers` has `told_fields` by innovation.

        An innovation that is left out was not adopted. Questions on adoption count as answered;
        the office hears of what is new. Returns whether anything is.
        """
        from visits import messages

        Visit.objects.select_for_update().get(pk=visit.pk)
        known = {adoption.innovation_id: adoption for adoption in visit.adoptions.all()}
        changed = []
        for innovation, told in answers.items():
            adoption = known.get(innovation.pk) or cls(
                visit=visit, innovation=innovation, organisation=visit.organisation
            )
            if adoption.hear(told):
                changed.append(innovation.name)
        visit.follow_ups.filter(answered_at__isnull=True).update(answered_at=timezone.now())
        if changed:
            event = visit.record(
                "adoption",
                by=None,
                actor="delegation",
                details={"innovation": ", ".join(changed)},
            )
            messages.office_told(visit, event)
        return bool(changed)

    def hear(self, told) -> bool:
        """Store what its delegation tells of it now; whether that is new. Within a transaction."""
        if self.pk and told == self.told:
            return False
        if self.confirmed_at:
            confirmed = {name: getattr(self, name) for name in self.told_fields}
            self.reported = None if told == confirmed else told
        else:
            self.dismissed_at = None
            self._take(told)
        self.save()
        return True

    def _take(self, told):
        for name in self.told_fields:
            setattr(self, name, told[name])

    @transaction.atomic
    def confirm(self, *, by, seen=None):
        """It is so: it stands in the family tree, with the change if one was told.

        `seen` are the marks (`mark`) of what was looked at before; what was told since is refused.
        """
        self._lock_for("confirm")
        if seen is not None and self.mark not in seen:
            raise ValidationError(
                _("%(adoption)s was changed meanwhile. Read what it says now, then confirm that."),
                code="changed",
                params={"adoption": self},
            )
        if self.reported:
            self._take(self.reported)
        self.reported = self.dismissed_at = None
        self.confirmed_at, self.confirmed_by = timezone.now(), by
        self.save()

    @transaction.atomic
    def dismiss(self, *, by):
        """It is not so: a pledge stays off the public site, a change is dropped.

        Who did it stands in the admin's log.
        """
        self._lock_for("dismiss")
        if self.reported:
            self.reported = None
        else:
            self.dismissed_at = timezone.now()
        self.save()

    @transaction.atomic
    def take_off(self, *, by):
        """Take back what was confirmed; the admin's log tells who did."""
        self._lock_for("take_off")
        self.confirmed_at = self.confirmed_by = None
        self.dismissed_at = timezone.now()
        self.save()

    def _lock_for(self, transition):
        self.refresh_from_db(from_queryset=type(self).objects.select_for_update())
        if transition not in self.open_transitions:
            raise ValidationError(
                _("%(adoption)s was decided on already. Look at it, and try again."),
                code="transition",
                params={"adoption": self},
            )


class FollowUp(models.Model):
    """That a delegation was asked, 3, 6 or 12 months after its visit, what it has adopted."""

    MONTHS = (3, 6, 12)
    # The last question goes out a fortnight early: after a year the contact's address is erased.
    EARLY = {12: datetime.timedelta(days=14)}

    visit = models.ForeignKey(
        Visit, models.CASCADE, related_name="follow_ups", verbose_name=_("visit")
    )
    months = models.PositiveSmallIntegerField(_("months after the visit"))
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("question on adoption")
        verbose_name_plural = _("questions on adoption")
        constraints = [
            models.UniqueConstraint(fields=["visit", "months"], name="follow_up_once"),
            models.CheckConstraint(
                condition=models.Q(months__in=(3, 6, 12)), name="follow_up_months_known"
            ),
        ]

    def __str__(self):
        return f"{self.visit.reference} +{self.months}"

    @classmethod
    def ask(cls) -> int:
        """Ask every delegation that is due what it has adopted; the number of those asked.

        Each question goes out once, and only the latest one of those that are due: after a
        standstill nobody is asked three times at once. A visit erased or without an address is
        not asked.
        """
        from visits import messages

        asked = 0
        for months in reversed(cls.MONTHS):
            for visit in cls._due(months):
                with transaction.atomic():
                    _follow_up, created = cls.objects.get_or_create(visit=visit, months=months)
                    if created:
                        messages.adoption_asked(visit, months)
                        asked += 1
        return asked

    @classmethod
    def _due(cls, months):
        day = timezone.localdate() + cls.EARLY.get(months, datetime.timedelta())
        later = cls.objects.filter(visit=models.OuterRef("pk"), months__gte=months)
        return (
            Visit.objects.alias(last_day=Coalesce("held_until", "held_on"))
            .filter(
                status=Visit.Status.COMPLETED,
                erased_at__isnull=True,
                last_day__lte=months_before(day, months),
            )
            .exclude(contact_email="")
            .exclude(models.Exists(later))
        )


def months_before(day: datetime.date, months: int) -> datetime.date:
    """The same day `months` months earlier; the month's last day where it has none such."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(day.day, last))
