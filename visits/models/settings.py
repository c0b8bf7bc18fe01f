import uuid
from functools import partial

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from innovations import images
from innovations.fields import PictureField
from magelang_portal.store_away import delete_on_commit
from visits.storage import private_storage


def emblem_path(settings, filename):
    return f"office/{uuid.uuid4().hex}.webp"


class VisitSettings(models.Model):
    """How this city hall receives visits and signs its papers: one row, kept by staff."""

    lead_days = models.PositiveSmallIntegerField(
        _("lead time, in working days"),
        default=7,
        validators=[MaxValueValidator(60)],
        help_text=_("How many working days ahead a delegation asks at the latest."),
    )
    offer_hours = models.PositiveSmallIntegerField(
        _("time to take freed seats, in hours"),
        default=48,
        validators=[MinValueValidator(1), MaxValueValidator(336)],
        help_text=_("How long freed seats are kept for the next on the waiting list."),
    )
    keep_days = models.PositiveSmallIntegerField(
        _("personal data are kept, in days"),
        default=365,
        validators=[MinValueValidator(30), MaxValueValidator(1825)],
        help_text=_("Counted from the visit, or from the last change of a request refused."),
    )
    notification_email = models.EmailField(
        _("e-mail for new requests"),
        blank=True,
        help_text=_("Where the office hears of new requests and answers. Empty: nowhere."),
    )

    city_line = models.CharField(
        _("letterhead, first line"), max_length=150, blank=True, default="Pemerintah Kota Magelang"
    )
    office_line = models.CharField(_("letterhead, office"), max_length=150, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    phone = models.CharField(_("telephone"), max_length=60, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("website"), max_length=300, blank=True)
    emblem = PictureField(
        _("emblem"),
        upload_to=emblem_path,
        storage=private_storage,
        blank=True,
        help_text=_("The city's own emblem for the letterhead. JPEG, PNG or WebP."),
    )
    signatory_name = models.CharField(_("signatory"), max_length=150, blank=True)
    signatory_position = models.CharField(
        _("position of the signatory"), max_length=150, blank=True
    )
    signatory_id = models.CharField(
        _("rank or number of the signatory"), max_length=150, blank=True
    )
    seal_text = models.CharField(
        _("text in place of the seal"),
        max_length=300,
        blank=True,
        help_text=_("Such as: valid without wet signature; check it with the code."),
    )
    number_prefix = models.CharField(
        _("prefix of numbers"),
        max_length=20,
        default="KM",
        help_text=_("Papers are numbered PREFIX/KIND/YEAR/0001."),
    )

    class Meta:
        verbose_name = _("settings of visits")
        verbose_name_plural = _("settings of visits")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="visit_settings_are_one_row")
        ]

    def __str__(self):
        return str(self._meta.verbose_name)

    def save(self, *args, **kwargs):
        """Save; a new emblem is re-encoded, and the one before goes with the change."""
        self.pk = 1
        before = type(self).objects.filter(pk=self.pk).first()
        if self.emblem and (before is None or self.emblem != before.emblem):
            fresh = images.reencode(self.emblem.file)
            self.emblem.save(fresh.name, fresh, save=False)
        super().save(*args, **kwargs)
        if before and before.emblem and before.emblem.name != self.emblem.name:
            name = before.emblem.name
            delete_on_commit(partial(before.emblem.storage.delete, name), name)

    @classmethod
    def load(cls) -> "VisitSettings":
        """The settings in force; what nobody has set has its default."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    def emblem_bytes(self) -> bytes:
        """The emblem's picture; nothing where none is set, or its file is gone."""
        try:
            return self.emblem.read() if self.emblem else b""
        except FileNotFoundError:
            return b""
        finally:
            if self.emblem:
                self.emblem.close()
