from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from magelang_portal.search.entries import SearchEntry, SearchWord

__all__ = ["Attempt", "SearchEntry", "SearchWord", "ShowcaseRecord", "User"]


class User(AbstractUser):
    """A member of the city's staff; residents and delegations have no accounts."""

    agency = models.ForeignKey(
        "innovations.Agency",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="staff",
        verbose_name=_("agency"),
        help_text=_("Whose visitors this person receives; empty for those who serve all."),
    )

    class Meta(AbstractUser.Meta):
        verbose_name = _("staff member")
        verbose_name_plural = _("staff members")


class ShowcaseRecord(models.Model):
    """A file of the showcase that was loaded once and is never loaded again.

    What it became belongs to staff from then on: edited, renamed or deleted, it stays so.
    """

    key = models.CharField(max_length=150, unique=True)  # such as innovations/data-go
    object_id = models.PositiveBigIntegerField()
    loaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("loaded file of the showcase")
        verbose_name_plural = _("loaded files of the showcase")

    def __str__(self):
        return self.key


class Attempt(models.Model):
    """A form sent from an address; see `magelang_portal.rate_limits`."""

    policy = models.CharField(max_length=30)
    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        indexes = [
            models.Index(fields=["policy", "key"], name="attempt_policy_key"),
            models.Index(fields=["policy", "at"], name="attempt_policy_at"),
        ]

    def __str__(self):
        return f"{self.policy} {self.at:%Y-%m-%d %H:%M}"


class PublicChange(models.Model):
    """That something public has changed; written by triggers, see `magelang_portal.public_state`.

    SQLite keeps one row, PostgreSQL the latest few dozen. All marks together are the state.
    """

    mark = models.BigIntegerField()

    class Meta:
        verbose_name = _("change of something public")
        verbose_name_plural = _("changes of something public")

    def __str__(self):
        return str(self.mark)
