import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from innovations import images
from innovations.bilingual import BilingualModel
from innovations.fields import PdfField, PictureField
from innovations.models.innovation import Innovation
from magelang_portal.store_away import delete_on_commit


def picture_path(picture, filename):
    return f"pictures/{uuid.uuid4().hex}.webp"


def document_path(document, filename):
    return f"documents/{uuid.uuid4().hex}.pdf"


def _is_new(file) -> bool:
    """Whether `file` has been given to the model and is not yet in storage."""
    # Django has no public word for this; its own FileField asks the same.
    return bool(file) and not file._committed  # noqa: SLF001


def _delete_files_on_commit(items):
    """Delete what lies in storage for `items` once it is certain that nothing refers to it."""
    for item in items:
        file = item.image if isinstance(item, AbstractPicture) else item.file
        delete_on_commit(item.delete_files, file.name)


class AbstractPicture(BilingualModel):
    """A picture, re-encoded on upload, with smaller AVIF and WebP renditions."""

    bilingual_fields = ("alt", "caption")

    image = PictureField(
        _("picture"),
        upload_to=picture_path,
        width_field="width",
        height_field="height",
        help_text=_("JPEG, PNG, WebP or AVIF; place and camera data are removed."),
    )
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    alt = models.CharField(
        _("alternative text"),
        max_length=200,
        help_text=_("What the picture shows, for those who cannot see it."),
    )
    alt_en = models.CharField(_("alternative text in English"), max_length=200, blank=True)
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    caption_en = models.CharField(_("caption in English"), max_length=300, blank=True)
    credit = models.CharField(
        _("credit"), max_length=150, help_text=_("Who made it and allowed us to show it.")
    )
    focal_x = models.PositiveSmallIntegerField(
        _("focal point from the left, in %"),
        default=50,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    focal_y = models.PositiveSmallIntegerField(
        _("focal point from the top, in %"),
        default=50,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        abstract = True
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(focal_x__lte=100, focal_y__lte=100),
                name="%(class)s_focal_point_inside",
                violation_error_message=_("The focal point lies between 0 and 100 %."),
            )
        ]

    def __str__(self):
        return self.alt

    def save(self, *args, **kwargs):
        """Re-encode a new upload and write its renditions before the row is saved."""
        if _is_new(self.image):
            _delete_files_on_commit(type(self).objects.filter(pk=self.pk))
            fresh = images.reencode(self.image.file)
            self.image.save(fresh.name, fresh, save=False)
            images.write_renditions(self.image)
        super().save(*args, **kwargs)

    def delete_files(self):
        """Delete the picture and its renditions from storage."""
        images.delete_renditions(self.image, self.width)

    def renditions(self, format_name: str) -> list[tuple[str, int]]:
        """(URL, width in pixels) of each rendition in `avif` or `webp`, narrow to wide."""
        return images.rendition_urls(self.image, self.width, format_name)

    @property
    def largest_url(self) -> str:
        """The widest WebP rendition, for a picture shown by itself."""
        return self.renditions("webp")[-1][0]

    @property
    def focus_x_step(self) -> int:
        """The focal point from the left in tens of percent, 0 to 10, as the style sheet has it."""
        return round(self.focal_x / 10)

    @property
    def focus_y_step(self) -> int:
        """The focal point from the top in tens of percent, 0 to 10."""
        return round(self.focal_y / 10)

    def srcset(self, format_name: str) -> str:
        """The renditions as an HTML `srcset`."""
        return ", ".join(f"{url} {width}w" for url, width in self.renditions(format_name))


class Picture(AbstractPicture):
    """A picture of an innovation."""

    innovation = models.ForeignKey(
        Innovation, models.CASCADE, related_name="pictures", verbose_name=_("innovation")
    )


class Document(BilingualModel):
    """A PDF that belongs to an innovation: its decree, its manual, its presentation."""

    bilingual_fields = ("title",)

    innovation = models.ForeignKey(
        Innovation, models.CASCADE, related_name="documents", verbose_name=_("innovation")
    )
    title = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    file = PdfField(_("file"), upload_to=document_path, help_text=_("PDF."))
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["position", "pk"]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        """Save; a replaced file goes with the change."""
        if _is_new(self.file):
            _delete_files_on_commit(type(self).objects.filter(pk=self.pk))
        super().save(*args, **kwargs)

    def delete_files(self):
        """Delete the PDF from storage."""
        self.file.storage.delete(self.file.name)


@receiver(post_delete, sender=Picture)
@receiver(post_delete, sender=Document)
def delete_files(instance, **kwargs):
    """Files go with their row; a signal, because a cascade never calls `delete()`."""
    _delete_files_on_commit([instance])
