"""Made-up visits of ten years: slots, requests and their history, and the days to come."""

import bisect
import datetime
import itertools
import random
from dataclasses import dataclass
from functools import lru_cache

from django.db import transaction
from django.utils.text import slugify

from benchmarks import names
from benchmarks.people import People
from benchmarks.words import Writer
from innovations.models import Innovation
from visits.closed_days import is_weekend, public_holidays
from visits.models import Stop, TimeSlot, Visit, VisitEvent, VisitPicture
from visits.models.visit import REFERENCE_ALPHABET

FIRST_DAY = datetime.date(2015, 1, 5)
FIRST_SLOTS = datetime.date(2024, 1, 8)
# However many visits there were, an office has only so many before it.
MOST_OPEN, MOST_CONFIRMED = 300, 200
DAYS_AHEAD = 92
CHUNK = 500
HOURS = [(9, 11), (13, 15)]
VENUES = ["Aula Contoh", "Ruang Sidang Contoh"]
S = Visit.Status
PAST = {S.DECLINED: 0.12, S.CANCELLED: 0.14, S.COMPLETED: 1.0}
PUBLISHED_SHARE = 0.3
LISTED_SHARE = 0.75
ODD = 0x9E3779B1


@dataclass
class Plan:
    """What a visit becomes: its status, its day, whether it is public, whether it has a list."""

    status: str
    day: datetime.date
    published: bool = False
    listed: bool = False


def working_days(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    """The days from `first` to `last` on which the city receives delegations."""
    days = (first + datetime.timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if not is_weekend(day) and day not in public_holidays(day.year)]


def reference(year: int, number: int) -> str:
    """`KM-2019-7F3KQ`, another one for each `number` below 32 to the power of 5."""
    scattered, letters = number * ODD % 32**5, []
    for _letter in range(5):
        scattered, place = divmod(scattered, 32)
        letters.append(REFERENCE_ALPHABET[place])
    return f"KM-{year}-{''.join(letters)}"


@lru_cache(maxsize=4096)
def slug_of(organisation: str) -> str:
    return slugify(organisation)[:75]


def moment(day: datetime.date, rng: random.Random) -> datetime.datetime:
    """Some time of `day` in office hours."""
    return datetime.datetime(
        day.year, day.month, day.day, rng.randint(1, 8), rng.randint(0, 59), tzinfo=datetime.UTC
    )


class Delegations:
    """Stores `count` visits with `participants` people; `catalogue` is made already."""

    def __init__(self, store, catalogue, *, count, participants, seed):
        self.store, self.count, self.today = store, count, catalogue.today
        self.rng = random.Random(f"{seed} visits")
        self.writer = Writer(self.rng)
        self.officers, self.pictures = catalogue.staff[-5:], catalogue.pictures
        self.organisations = names.Organisations(self.rng, max(30, count // 30))
        self.people = People(store, self.rng, self.writer, self.officers, self.today)
        self.people_left = participants

    def make(self) -> None:
        published = Innovation.objects.published().exclude(running=False)
        self.innovations = list(published.order_by("pk").only("pk", "name"))
        weights = (1 / (place + 10) ** 0.5 for place in range(len(self.innovations)))
        self.innovation_weights = list(itertools.accumulate(weights))
        self._slots()
        plans = self._plans()
        self.lists_left = sum(plan.listed for plan in plans)
        with self.store.progress.of("visits", self.count):
            for first in range(0, len(plans), CHUNK):
                with transaction.atomic():
                    self._visits(first, plans[first : first + CHUNK])
                self.store.progress.advance(len(plans[first : first + CHUNK]))
        taken = [slot for slots in self.slots.values() for slot in slots if slot.booked]
        TimeSlot.objects.bulk_update(taken, ["booked"], batch_size=200)

    def _slots(self):
        """Four a day since the first, until three months from today; a few are closed again."""
        last = self.today + datetime.timedelta(days=DAYS_AHEAD)
        slots = self.store.rows(
            TimeSlot,
            [
                TimeSlot(
                    date=day,
                    starts_at=datetime.time(starts),
                    ends_at=datetime.time(ends, 30),
                    venue=venue,
                    capacity=self.rng.choice([40, 60, 80, 120]),
                    language=self.rng.choice(["id", "id", "id", "id,en"]),
                    is_open=self.rng.random() < 0.95,
                    updated_at=moment(min(day, self.today), self.rng),
                )
                for day in working_days(FIRST_SLOTS, last)
                for starts, ends in HOURS
                for venue in VENUES
            ],
        )
        self.slots = {}
        for slot in slots:
            self.slots.setdefault(slot.date, []).append(slot)
        self.days_ahead = [day for day in self.slots if day > self.today]

    def _plans(self):
        """One for each visit, in the order in which the requests came."""
        open_ones = min(MOST_OPEN, self.count // 20)
        confirmed = min(MOST_CONFIRMED, self.count // 25)
        days = working_days(FIRST_DAY, self.today - datetime.timedelta(days=1))
        past = [
            self._past(days[int(len(days) * self.rng.random() ** 0.7)])
            for _n in range(self.count - open_ones - confirmed)
        ]
        completed = [plan for plan in past if plan.status == S.COMPLETED]
        public = round(PUBLISHED_SHARE * self.count)
        for plan in self.rng.sample(completed, min(public, len(completed))):
            plan.published = True
        ahead = [
            Plan(status, self.rng.choice(self.days_ahead), listed=status == S.CONFIRMED)
            for status in [S.CONFIRMED] * confirmed + [S.SUBMITTED] * open_ones
        ]
        return sorted(past, key=lambda plan: plan.day) + ahead

    def _past(self, day):
        chance = self.rng.random()
        edges = list(itertools.accumulate([PAST[S.DECLINED], PAST[S.CANCELLED]]))
        status = list(PAST)[bisect.bisect(edges, chance)]
        listed = status == S.COMPLETED and self.rng.random() < LISTED_SHARE
        return Plan(status, day, listed=listed)

    def _visits(self, first, plans):
        visits = [self._visit(first + place, plan) for place, plan in enumerate(plans)]
        self.store.rows(Visit, visits)
        stops = [self._stops(visit) for visit in visits]
        self.store.rows(Stop, itertools.chain.from_iterable(stops))
        self.store.rows(
            VisitEvent, itertools.chain.from_iterable(self._events(visit) for visit in visits)
        )
        self.store.rows(VisitPicture, self._visit_pictures(visits))
        self.people.store_all(
            [(visit, plan, each) for visit, plan, each in zip(visits, plans, stops, strict=True)]
        )

    def _visit(self, number, plan):
        rng, writer, day = self.rng, self.writer, plan.day
        organisation, kind, province = self.organisations.pick()
        ahead = plan.day > self.today
        created = moment(
            (self.today if ahead else day) - datetime.timedelta(days=rng.randint(0, 20))
            if ahead
            else day - datetime.timedelta(days=rng.randint(15, 60)),
            rng,
        )
        listed = self._length_of_list() if plan.listed else 0
        expected = listed + rng.randint(0, 5) if listed else rng.randint(5, 60)
        english = kind == Visit.OrganisationKind.FOREIGN
        visit = Visit(
            reference=reference(created.year, number),
            status=plan.status,
            language="en" if english else "id",
            organisation=organisation,
            organisation_kind=kind,
            unit=rng.choice(names.UNITS),
            province=province,
            purpose=writer.paragraph(2, english=english),
            head_name=names.person(rng),
            head_position=rng.choice(names.JOB_TITLES),
            contact_name=names.person(rng),
            contact_phone=f"0800 {number // 10_000:04} {number % 10_000:04}",
            contact_email=f"kontak-{number}@contoh.example",
            expected_participants=expected,
            wished_on=day,
            open_to_joining=rng.random() < 0.2,
            consented_at=created,
            created_at=created,
            updated_at=created,
        )
        visit.listed = listed
        visit.make_link()
        if ahead:
            self._seat_ahead(visit, created)
        elif plan.status == S.COMPLETED:
            self._complete(visit, plan, number)
        else:
            visit.updated_at = created + datetime.timedelta(days=3)
        return visit

    def _length_of_list(self):
        """How many people stand on the next list, so that all lists together come out right."""
        average = self.people_left / self.lists_left
        spread = self.rng.choice([0.3, 0.5, 0.7, 0.9, 1.0, 1.1, 1.3, 1.6, 1.6])
        length = max(1, min(450, round(average * spread)))
        if self.lists_left == 1:
            length = max(1, min(450, self.people_left))
        self.lists_left -= 1
        self.people_left -= length
        return length

    def _sit_in(self, visit, slots):
        """Take seats in the first of `slots` that has so many; whether one had."""
        for slot in slots:
            if slot.free >= visit.expected_participants:
                slot.booked += visit.expected_participants
                visit.slot, visit.seats, visit.venue = slot, visit.expected_participants, ""
                return True
        return False

    def _seat_ahead(self, visit, created):
        """A confirmed visit has its day; an open request has seats, waits, or is asked back."""
        slots = self.slots[visit.wished_on]
        seated = self._sit_in(visit, self.rng.sample(slots, len(slots)))
        if visit.status == S.CONFIRMED:
            visit.held_on = visit.wished_on
            visit.venue = visit.slot.venue if seated else VENUES[0]
            visit.host = names.person(self.rng)
        elif not seated:
            visit.status, visit.slot, visit.waiting_since = S.WAITING_LIST, slots[0], created
        elif self.rng.random() < 0.15:
            visit.status = S.NEEDS_INFORMATION

    def _complete(self, visit, plan, number):
        rng, day = self.rng, plan.day
        visit.held_on = day
        if rng.random() < 0.05:
            visit.held_until = day + datetime.timedelta(days=rng.randint(1, 2))
        visit.updated_at = moment(day, rng) + datetime.timedelta(days=1)
        if not visit.held_until and day in self.slots:
            self._sit_in(visit, self.slots[day])
        visit.venue = visit.slot.venue if visit.slot else rng.choice(VENUES)
        visit.host, visit.host_position = names.person(rng), rng.choice(names.JOB_TITLES)
        visit.participants = max(1, round(visit.expected_participants * rng.uniform(0.8, 1.0)))
        if plan.published:
            visit.summary = self.writer.line(200)
            visit.report = self.writer.text(2)
            if rng.random() < 0.3:
                visit.summary_en = self.writer.line(200, english=True)
            visit.slug = f"{day}-{slug_of(visit.organisation)}-{number}"
            visit.published_at = visit.updated_at
            visit.published_by = self.officers[0]

    def _stops(self, visit):
        chosen = self.rng.choices(
            self.innovations, cum_weights=self.innovation_weights, k=self.rng.randint(1, 3)
        )
        is_open = visit.status in Visit.open_statuses
        return [
            self._stop(visit, innovation, position, is_open=is_open)
            for position, innovation in enumerate(dict.fromkeys(chosen), start=1)
        ]

    def _stop(self, visit, innovation, position, *, is_open):
        weights = [60, 35, 5] if is_open else [0, 95, 5]
        answer = self.rng.choices(Stop.Answer.values, weights)[0]
        answered = answer != Stop.Answer.PENDING
        return Stop(
            visit=visit,
            innovation=innovation,
            position=position,
            answer=answer,
            answer_reason="Ruang sedang dipakai." if answer == Stop.Answer.DECLINED else "",
            answered_at=visit.created_at + datetime.timedelta(hours=20) if answered else None,
            answered_by=self.officers[1] if answered else None,
            speaker=names.person(self.rng) if answer == Stop.Answer.ACCEPTED else "",
        )

    def _events(self, visit):
        created, officer = visit.created_at, self.rng.choice(self.officers)
        yield VisitEvent(
            visit=visit, what="submitted", status=S.SUBMITTED, at=created, actor="delegation"
        )
        decided = created + datetime.timedelta(days=2)
        by_staff = {"visit": visit, "actor": "staff", "by": officer}
        match visit.status:
            case S.DECLINED:
                reason = "Pada hari itu semua ruang sudah terpakai."
                yield VisitEvent(
                    what="declined", status=S.DECLINED, at=decided, reason=reason, **by_staff
                )
            case S.CANCELLED:
                yield VisitEvent(
                    visit=visit,
                    what="cancelled",
                    status=S.CANCELLED,
                    at=decided,
                    actor="delegation",
                )
            case S.CONFIRMED | S.COMPLETED:
                yield VisitEvent(what="confirmed", status=S.CONFIRMED, at=decided, **by_staff)
        if visit.status == S.COMPLETED:
            done = {"status": S.COMPLETED, "at": visit.updated_at}
            yield VisitEvent(what="completed", **done, **by_staff)
            if visit.published_at:
                yield VisitEvent(what="published", **done, **by_staff)

    def _visit_pictures(self, visits):
        return [
            VisitPicture(
                visit=visit,
                image=self.rng.choice(self.pictures),
                width=1280,
                height=800,
                alt=self.writer.line(100),
                credit="Mesin pembuat data Contoh",
            )
            for visit in visits
            if visit.published_at and self.rng.random() < 0.15
        ]
