"""What the public calendar shows of a month: free slots, closed days, visits that are public."""

from dataclasses import dataclass

from django.utils import timezone

from visits.closed_days import earliest_day, is_estimated
from visits.models import TimeSlot, Visit, VisitSettings
from visits.months import CalendarOfDays, Day, Month

# All that a day tells of a visit: a month may hold hundreds.
SHOWN = ("slug", "organisation", "language", "held_on", "held_until")


@dataclass
class PublicDay(Day):
    is_over: bool = False  # past, or too near to be asked for


class PublicCalendar(CalendarOfDays):
    """The calendar of one month, in five queries, however much the month holds."""

    day_class = PublicDay

    def __init__(self, month: Month):
        super().__init__(month)
        self.lead_days = VisitSettings.load().lead_days
        self.earliest_day = earliest_day(self.lead_days)
        self._fill()

    @staticmethod
    def first_month() -> Month:
        """The month of the first slot that can still be asked for, or else the present one."""
        slot = TimeSlot.objects.open_for_requests().with_free_seats().first()
        return Month.of(slot.date) if slot else Month.current()

    @staticmethod
    def months() -> list[Month]:
        """The months worth looking at: the current one, and whichever holds anything."""
        slots = TimeSlot.objects.public().values_list("date", flat=True)
        # Their days come from an index; months would be made of each row.
        visits = Visit.objects.published().filter(held_on__isnull=False).order_by("held_on")
        days = {*slots, *visits.values_list("held_on", flat=True).distinct()}
        return sorted({Month.current(), *map(Month.of, days)})

    @property
    def days(self) -> list[Day]:
        """The days of the month on which there is anything to tell."""
        return [day for day in self._days.values() if day.has_something]

    @property
    def has_slots(self) -> bool:
        return any(day.slots for day in self._days.values())

    @property
    def has_estimates(self) -> bool:
        """Whether a holiday of the month is calculated and not fixed yet."""
        return any(is_estimated(day.closed) for day in self._days.values())

    @property
    def is_past(self) -> bool:
        return self.month < Month.current()

    @property
    def is_partly_too_soon(self) -> bool:
        """Whether days of the month that are still to come are too near to ask for."""
        return self.month.first < self.earliest_day and self.month.last >= timezone.localdate()

    def _fill(self):
        first, last = self.month.first, self.month.last
        for day in self._days.values():
            day.is_over = day.date < self.earliest_day
        now = timezone.now()
        for slot in TimeSlot.objects.public().filter(date__range=(first, last)):
            slot.has_begun = slot.starts <= now
            slot.is_too_soon = slot.date < self.earliest_day
            self._days[slot.date].slots.append(slot)
        # To be put in order here: asked to, SQLite would read every visit there is in that order.
        visits = Visit.objects.published().held_between(first, last).order_by().only(*SHOWN)
        for visit in sorted(visits, key=lambda visit: (-visit.day.toordinal(), visit.pk)):
            self._put(visit, visit.held_on, visit.held_until or visit.held_on)
