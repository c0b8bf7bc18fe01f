"""A made-up catalogue: agencies, sources, innovations, and what proves them."""

import datetime
import io
import random
from functools import cached_property

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.text import slugify
from PIL import Image, ImageDraw

from benchmarks import names
from benchmarks.words import Writer, coined
from innovations import images
from innovations.models import (
    Agency,
    Award,
    Citation,
    Innovation,
    Outcome,
    Picture,
    Question,
    Source,
    Suggestion,
)

FIRST_YEAR = 2010
PICTURES = 6
CHUNK = 500
S = Innovation.Status
STATUSES = [S.PUBLISHED] * 92 + [S.DRAFT] * 4 + [S.IN_REVIEW] * 2 + [S.ARCHIVED] * 2
AWARDS = [
    ("Lomba Inovasi Contoh", Award.Level.PROVINCIAL),
    ("Penghargaan Layanan Contoh", Award.Level.NATIONAL),
    ("Example Public Service Award", Award.Level.INTERNATIONAL),
]
UNITS = ["menit", "persen", "orang", "dokumen", "ton", "kasus"]


def _colour(rng):
    return tuple(rng.randint(40, 220) for _channel in "rgb")


class Catalogue:
    """Stores `count` innovations and what belongs to them; `today` is the day of the data."""

    def __init__(self, store, *, count: int, today: datetime.date, seed: int):
        self.store, self.count, self.today = store, count, today
        self.rng = random.Random(f"{seed} catalogue")
        self.writer = Writer(self.rng)
        self.taken = set()
        self.words = coined(self.rng)

    def make(self) -> None:
        self.agencies = self._agencies()
        self.staff = self._staff()
        self.pictures = self._pictures()
        with self.store.progress.of("innovations", self.count):
            for first in range(0, self.count, CHUNK):
                with transaction.atomic():
                    self._innovations(first, min(CHUNK, self.count - first))

    def _agencies(self):
        agencies = [
            Agency(
                name=name,
                abbreviation=abbreviation,
                slug=f"contoh-{slugify(abbreviation)}",
                about=self.writer.text(2),
                website=f"https://{slugify(abbreviation)}.contoh.example/",
                visit_ceiling=self.rng.choice([None, None, 8, 20]),
            )
            for name, abbreviation in names.agencies()
        ]
        return self.store.rows(Agency, agencies)

    def _staff(self):
        """A host in each agency, and five officers; nobody can log in as one of them."""
        hosts = [(f"tuan-rumah-{agency.pk}", agency) for agency in self.agencies]
        officers = [(f"petugas-{number}", None) for number in range(1, 6)]
        password = make_password(None)
        users = [
            get_user_model()(
                username=f"contoh-{name}",
                first_name=names.person(self.rng),
                is_staff=True,
                agency=agency,
                password=password,
            )
            for name, agency in (*hosts, *officers)
        ]
        return self.store.rows(get_user_model(), users)

    def _pictures(self):
        """Names of some picture files with their renditions, shared by all."""
        return [self._picture(f"pictures/contoh-{number}.webp") for number in range(PICTURES)]

    @staticmethod
    def _picture(name):
        if not default_storage.exists(name):
            # Chance of its own: where the file is there already, the rest comes out the same.
            rng = random.Random(name)
            picture = Image.new("RGB", (1280, 800), _colour(rng))
            draw = ImageDraw.Draw(picture)
            for _n in range(40):
                left, top = rng.randint(0, 1200), rng.randint(0, 720)
                box = (left, top, left + rng.randint(20, 400), top + 200)
                draw.ellipse(box, fill=_colour(rng))
            buffer = io.BytesIO()
            picture.save(buffer, "WEBP", quality=88)
            default_storage.save(name, ContentFile(buffer.getvalue()))
            images.write_renditions(Picture(image=name).image)
        return name

    def _innovations(self, first, count):
        sources = self._sources(first, count)
        made = self.store.rows(Innovation, (self._innovation(source) for source in sources))
        self.store.rows(
            Innovation.history.model,
            [self._version(innovation) for innovation in made],
        )
        partners = Innovation.partner_agencies.through
        self.store.rows(
            partners,
            [
                partners(innovation=innovation, agency=agency)
                for innovation in made
                if self.rng.random() < 0.3
                for agency in self.rng.sample(self.agencies, self.rng.randint(1, 2))
                if agency.pk != innovation.agency_id
            ],
        )
        pairs = list(zip(made, sources, strict=True))
        self.store.rows(Citation, self._citations(pairs))
        self.store.rows(Outcome, self._outcomes(pairs))
        self.store.rows(Award, self._awards(pairs, first))
        self.store.rows(Picture, self._rows_of_pictures(made))
        self.store.rows(Question, self._voices(Question, made, 2.0))
        self.store.rows(Suggestion, self._voices(Suggestion, made, 0.7))
        self.store.progress.advance(count)

    def _sources(self, first, count):
        return self.store.rows(
            Source,
            [
                Source(
                    slug=f"contoh-{number}",
                    title=self.writer.line(120),
                    publisher=f"Warta {self.rng.choice(names.PLACES)} Contoh",
                    url=f"https://warta.contoh.example/{number}/",
                    published_on=self._day(self.rng.randint(FIRST_YEAR, self.today.year)),
                    read_on=self.today,
                )
                for number in range(first, first + count)
            ],
        )

    def _innovation(self, source):
        rng, writer = self.rng, self.writer
        name, slug = self._name()
        year = FIRST_YEAR + int((self.today.year - FIRST_YEAR + 1) * rng.random() ** 0.7)
        status = rng.choice(STATUSES)
        running = rng.choices([True, None, False], [70, 24, 6])[0]
        visitable = rng.choices([True, None, False], [60, 30, 10])[0]
        english = rng.random() < 0.5
        created = self._moment(year)
        return Innovation(
            name=name,
            slug=slug,
            expanded_name=writer.line(120).rstrip(".") if name.split()[0].isupper() else "",
            summary=writer.line(200),
            summary_en=writer.line(200, english=True) if english else "",
            agency=rng.choice(self.agencies),
            form=rng.choice(Innovation.Form.values),
            type=rng.choice(Innovation.Type.values),
            stage=rng.choices(Innovation.Stage.values, [10, 15, 75])[0],
            initiator=rng.choice(Innovation.Initiator.values),
            government_affair=rng.choices(
                Innovation.GovernmentAffair.values, cum_weights=self._affairs
            )[0],
            beneficiaries=writer.line(120),
            problem=f"{writer.text(2)} [@{source.slug}]",
            problem_en=writer.text(2, english=True) if english else "",
            solution=writer.text(3),
            how_to_use=writer.steps(rng.randint(3, 6)),
            how_to_replicate=writer.text(1),
            started_on=self._day(year),
            implemented_on=str(min(year + 1, self.today.year)),
            service_url=f"https://layanan.contoh.example/{slug}/" if rng.random() < 0.5 else "",
            contact="Loket informasi Contoh",
            running=running,
            stopped_reason=writer.line(120) if running is False else "",
            confirmed_on=self.today - datetime.timedelta(days=rng.randint(0, 500)),
            visitable=visitable,
            visit_max_group=rng.choice([None, 30, 50, 100]),
            visit_languages=rng.choice(["", "id", "id,en"]),
            visit_closed_days=rng.choice(["", "", "", "1", "5"]),
            visit_lead_days=rng.choice([None, None, 3, 10]),
            status=status,
            published_at=created if status == S.PUBLISHED else None,
            published_by=self.staff[-1] if status == S.PUBLISHED else None,
            created_at=created,
            updated_at=created,
        )

    @cached_property
    def _affairs(self):
        weights = [1 / (rank + 2) for rank in range(len(Innovation.GovernmentAffair))]
        return [sum(weights[: rank + 1]) for rank in range(len(weights))]

    def _name(self):
        for word in self.words:
            name = names.innovation(self.rng, word)
            slug = slugify(name)
            if slug not in self.taken:
                self.taken.add(slug)
                return name, slug
        raise StopIteration

    def _version(self, innovation):
        model = Innovation.history.model
        tracked = {
            field.attname: getattr(innovation, field.attname) for field in model.tracked_fields
        }
        return model(
            **tracked,
            history_date=innovation.created_at,
            history_type="+",
            history_user=self.staff[-1],
        )

    def _citations(self, pairs):
        return [
            Citation(innovation=innovation, source=source, fact=fact)
            for innovation, source in pairs
            for fact in [Citation.Fact.ENTRY, *self.rng.sample(Citation.Fact.values[1:], 1)]
        ]

    def _outcomes(self, pairs):
        return [
            Outcome(
                innovation=innovation,
                source=source,
                indicator=self.writer.line(80),
                unit=self.rng.choice(UNITS),
                before=self.rng.randint(10, 400),
                after=self.rng.randint(1, 300),
                as_of=str(self.rng.randint(FIRST_YEAR, self.today.year)),
                position=position,
            )
            for innovation, source in pairs
            for position in range(self.rng.choice([0, 0, 1, 1, 2, 3]))
        ]

    def _awards(self, pairs, first):
        awards = []
        for number, (innovation, source) in enumerate(pairs, start=first):
            # So many that the small size fills a page of them, too.
            if self.rng.random() < 0.2:
                name, level = self.rng.choice(AWARDS)
                awards.append(
                    Award(
                        name=name,
                        slug=f"contoh-{number}",
                        innovation=innovation,
                        awarding_body="Lembaga Contoh",
                        level=level,
                        awarded_on=self._day(self.rng.randint(2015, self.today.year)),
                        rank=self.rng.choice(["", "Juara I", "Juara II", "Sepuluh besar"]),
                        is_nomination=self.rng.random() < 0.3,
                        source=source,
                    )
                )
        return awards

    def _rows_of_pictures(self, made):
        return [
            Picture(
                innovation=innovation,
                image=self.rng.choice(self.pictures),
                width=1280,
                height=800,
                alt=self.writer.line(100),
                caption=self.writer.line(100),
                credit="Mesin pembuat data Contoh",
                position=position,
            )
            for innovation in made
            for position in range(self.rng.choice([0, 0, 1, 2]))
        ]

    def _voices(self, model, made, average):
        """What people wrote: three of four let through, four of five of these answered."""
        voices = []
        for innovation in made:
            for _n in range(int(self.rng.expovariate(1 / average))):
                asked = self._moment(self.rng.randint(2020, self.today.year))
                moderation = self.rng.choices(model.Moderation.values, [5, 75, 20])[0]
                answered = moderation == model.Moderation.PUBLISHED and self.rng.random() < 0.8
                voices.append(
                    model(
                        innovation=innovation,
                        text=self.writer.paragraph(2),
                        moderation=moderation,
                        answer=self.writer.paragraph(2) if answered else "",
                        answered_on=asked.date() if answered else None,
                        created_at=asked,
                    )
                )
        return voices

    def _day(self, year) -> str:
        """A day of `year` that is past, as exact as it is known."""
        day = self._moment(year).date()
        return self.rng.choice([str(year), f"{day:%Y-%m}", f"{day:%Y-%m-%d}"])

    def _moment(self, year) -> datetime.datetime:
        """Some time of `year` before today, in office hours."""
        first = datetime.date(year, 1, 1)
        days = (min(self.today, datetime.date(year, 12, 31)) - first).days
        return datetime.datetime.combine(
            first + datetime.timedelta(days=self.rng.randint(0, max(0, days - 1))),
            datetime.time(self.rng.randint(1, 8), self.rng.randint(0, 59)),
            tzinfo=datetime.UTC,
        )
