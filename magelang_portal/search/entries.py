from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# Room for so many objects of each kind between the numbers of two kinds.
STEP = 1 << 40
WORD_COLUMNS = ("names", "names_en", "leads", "leads_en", "body", "body_en")


class Kind(models.TextChoices):
    """What can be found, in the order in which equals stand."""

    INNOVATION = "innovation", _("Innovation")
    AGENCY = "agency", _("Agency")
    AWARD = "award", _("Award")
    VISIT = "visit", _("Visit")
    QUESTION = "question", _("Question")

    @property
    def plural(self):
        """The name of the kind above several of them."""
        return {
            Kind.INNOVATION: _("Innovations"),
            Kind.AGENCY: _("Agencies"),
            Kind.AWARD: _("Awards"),
            Kind.VISIT: _("Visits"),
            Kind.QUESTION: _("Questions and answers"),
        }[self]

    @property
    def first_id(self) -> int:
        return (list(Kind).index(self) + 1) * STEP

    @property
    def ids(self) -> tuple[int, int]:
        """The first and the last id that an entry of this kind may have."""
        return self.first_id, self.first_id + STEP - 1

    def id_of(self, object_id: int) -> int:
        return self.first_id + object_id

    @property
    def is_mass(self) -> bool:
        """Whether there are so many that a common word finds only the newest of them."""
        return self in {Kind.VISIT, Kind.QUESTION}


class Span(NamedTuple):
    """Ids among which something is looked for: all that is found there, or the newest `most`.

    `kind` is the one kind of which there are many, if it is one.
    """

    first: int
    last: int
    kind: Kind | None = None
    most: int | None = None


# The kinds of which there are most stand last, so that one number tells them from the others.
FIRST_MASS_ID = Kind.VISIT.first_id


def _of_one_thing() -> Q:
    """That an entry links to the one object of its kind."""
    kinds = Kind.values
    return reduce(
        or_,
        (Q(kind=kind, **{f"{each}__isnull": each != kind for each in kinds}) for kind in kinds),
    )


class SearchEntry(models.Model):
    """One public thing as the search knows it, derived from its texts in their own transaction.

    Its id is made of its kind and its object's id, so that newer objects of a kind have greater
    ones. On SQLite, triggers keep a full-text table in step: a migration that rebuilds this
    table must make them anew (`0006_search`).
    """

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=20, choices=Kind)
    innovation = models.OneToOneField(
        "innovations.Innovation", models.CASCADE, null=True, related_name="search_entry"
    )
    agency = models.OneToOneField(
        "innovations.Agency", models.CASCADE, null=True, related_name="search_entry"
    )
    award = models.OneToOneField(
        "innovations.Award", models.CASCADE, null=True, related_name="search_entry"
    )
    visit = models.OneToOneField(
        "visits.Visit", models.CASCADE, null=True, related_name="search_entry"
    )
    question = models.OneToOneField(
        "innovations.Question", models.CASCADE, null=True, related_name="search_entry"
    )
    title = models.CharField(max_length=200)  # the order of equals
    keys = models.TextField()  # |datago|datakotamagelangopen|, to compare whole names
    # Words without case, accents and signs, by weight and language.
    names = models.TextField()
    names_en = models.TextField()
    leads = models.TextField()
    leads_en = models.TextField()
    body = models.TextField()
    body_en = models.TextField()
    # What a result shows a part of: plain text, without markup.
    shown = models.TextField()
    shown_en = models.TextField()

    class Meta:
        verbose_name = _("entry of the search")
        verbose_name_plural = _("entries of the search")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=_of_one_thing(), name="search_entry_of_one_thing")
        ]

    def __str__(self):
        return self.title

    @property
    def object_id(self) -> int:
        return self.id - Kind(self.kind).first_id

    def words(self) -> set[str]:
        """Every word that stands in it."""
        return {word for column in WORD_COLUMNS for word in getattr(self, column).split()}


class SearchWord(models.Model):
    """A word of the public texts and in how many entries it stands, for corrections."""

    word = models.CharField(max_length=40, unique=True)
    documents = models.IntegerField()

    class Meta:
        verbose_name = _("word of the search")
        verbose_name_plural = _("words of the search")
        default_permissions = ()

    def __str__(self):
        return self.word
