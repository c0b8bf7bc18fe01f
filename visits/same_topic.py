"""Earlier visits of the same organisation, or on the same innovations: what is public of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

from django.db.models import Count, Q

from innovations.models import Innovation, Question
from visits.models import Visit

MOST_SHOWN = 5
# How the names of Indonesia's authorities are written short, and what adds nothing to a name.
ABBREVIATIONS = {
    "pemkab": "pemerintah kabupaten",
    "pemkot": "pemerintah kota",
    "pemprov": "pemerintah provinsi",
    "kab": "kabupaten",
    "prov": "provinsi",
    "setda": "sekretariat daerah",
    "kemenkes": "kementerian kesehatan",
    "kemensos": "kementerian sosial",
    "kemendagri": "kementerian dalam negeri",
    "kemensetneg": "kementerian sekretariat negara",
    "kemenpanrb": "kementerian pendayagunaan aparatur negara dan reformasi birokrasi",
    "kominfo": "komunikasi dan informatika",
    "bappeda": "badan perencanaan pembangunan daerah",
    "univ": "universitas",
}
WITHOUT_MEANING = {"ri", "republik", "indonesia"}


@dataclass(frozen=True)
class Earlier:
    """`own` are visits of the same organisation, `others` of others on the same innovations.

    `answered` are the innovations with public answers to questions, each with `answers`.
    """

    own: list[Visit]
    others: list[Visit]
    answered: list[Innovation]

    def __bool__(self):
        return bool(self.own or self.others or self.answered)


def normalised(name: str) -> str:
    """A name, or a part of one, as it is compared: `Pemkot. A` is `pemerintah kota a`."""
    words = " ".join(
        ABBREVIATIONS.get(word, word) for word in re.findall(r"\w+", name.casefold())
    ).split()
    # Where nothing else is left, the words are the name.
    return " ".join(word for word in words if word not in WITHOUT_MEANING) or " ".join(words)


def is_same_organisation(one: str, other: str) -> bool:
    """Whether two names mean one organisation: they agree, or one stands in the other as a part.

    `Kementerian Sosial` is in `Pusdiklat Contoh, Kementerian Sosial (Kemensos)`, between commas.
    """
    whole, other_whole = normalised(one), normalised(other)
    return whole in _parts(other) | {other_whole} or other_whole in _parts(one)


def _parts(name: str) -> set[str]:
    return {normalised(part) for part in re.split(r"[,/()]", name) if re.search(r"\w", part)}


def _with_the_words_of(name: str) -> Q:
    """What `is_same_organisation` may be true of: the database looks, so that few are compared."""
    found = Q(pk=None)
    for form in {normalised(name), *_parts(name)}:
        # LIKE does not know the case of other letters on every database.
        words = filter(str.isascii, form.split())
        found |= reduce(and_, map(_written_somehow, words), Q(pk__isnull=False))
    return found


def _written_somehow(word: str) -> Q:
    short = [short for short, long in ABBREVIATIONS.items() if word in long.split()]
    return reduce(or_, (Q(organisation__icontains=each) for each in [word, *short]))


def earlier_visits(*, organisation: str, innovations: Iterable[Innovation]) -> Earlier:
    """What a delegation should know before it asks; public pages alone, in six queries at most."""
    innovations = list(innovations)
    alike = Visit.objects.published().filter(_with_the_words_of(organisation))
    same = [
        pk
        for pk, other in alike.values_list("pk", "organisation")
        if is_same_organisation(organisation, other)
    ]
    public = Visit.objects.published().for_cards()
    others = public.filter(innovations__in=innovations).exclude(pk__in=same).distinct()
    counted = (
        Question.objects.published()
        .exclude(answer="")
        .filter(innovation__in=innovations)
        .order_by()
        .values_list("innovation")
        .annotate(Count("pk"))
    )
    answers = dict(counted)
    for innovation in innovations:
        innovation.answers = answers.get(innovation.pk, 0)
    return Earlier(
        own=list(public.filter(pk__in=same)[:MOST_SHOWN]),
        others=list(others[:MOST_SHOWN]),
        answered=[innovation for innovation in innovations if innovation.answers],
    )
