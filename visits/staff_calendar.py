"""The month as staff see it: visits agreed on, requests for a day, slots, closed days."""

import datetime

from django.db.models import Q

from visits.models import TimeSlot, Visit
from visits.months import CalendarOfDays, Day, Month

AGREED = (Visit.Status.CONFIRMED, Visit.Status.COMPLETED)
ONE_DAY = datetime.timedelta(days=1)


class StaffDay(Day):
    @property
    def has_something(self) -> bool:
        return super().has_something or (self.in_month and self.is_today)


def may_see(user) -> bool:
    """Whether `user` has any business here: with visits, or with the stops of an agency."""
    return user.has_perm("visits.view_visit") or user.has_perm("visits.view_stop")


class StaffCalendar(CalendarOfDays):
    """The calendar of `month` for `user`, in three queries, however much the month holds.

    Visit officers see every visit and slot; hosts see the visits with a stop of their agency
    that they have not declined.
    """

    day_class = StaffDay

    def __init__(self, month: Month, user):
        super().__init__(month)
        self.user = user
        self.is_whole = user.has_perm("visits.view_visit")
        self._fill()

    @property
    def previous(self) -> Month:
        return Month.of(self.month.first - ONE_DAY)

    @property
    def next(self) -> Month:
        return Month.of(self.month.last + ONE_DAY)

    @property
    def totals(self) -> dict[str, int]:
        """How many visits are agreed on (`visits`) for how many people, and how many ask."""
        visits = {visit.pk: visit for day in self._days.values() for visit in day.visits}
        agreed = [visit for visit in visits.values() if visit.status in AGREED]
        return {
            "visits": len(agreed),
            "people": sum(visit.people for visit in agreed),
            "requests": len(visits) - len(agreed),
        }

    def _fill(self):
        if self.is_whole:
            month = (self.month.first, self.month.last)
            for slot in TimeSlot.objects.filter(date__range=month):
                self._days[slot.date].slots.append(slot)
        for visit in self._visits():
            visit.people = visit.participants or visit.expected_participants or 0
            visit.is_agreed = visit.status in AGREED
            begins = visit.held_on if visit.is_agreed else _asked_for(visit)
            ends = (visit.is_agreed and visit.held_until) or begins
            self._put(visit, begins, ends)
        for day in self._days.values():
            day.visits.sort(key=_by_hour)

    def _visits(self):
        month = (self.month.first, self.month.last)
        agreed = Visit.objects.held_between(*month).filter(status__in=AGREED)
        asked = Visit.objects.open().filter(
            Q(slot__date__range=month) | Q(slot__isnull=True, wished_on__range=month)
        )
        return (agreed | asked).visible_to(self.user).select_related("slot").order_by("pk")


def _asked_for(visit) -> datetime.date:
    return visit.slot.date if visit.slot else visit.wished_on


def _by_hour(visit):
    """Those agreed on first, the earliest hour first, those without an hour last."""
    hour = visit.slot.starts_at if visit.slot else datetime.time.max
    return (not visit.is_agreed, hour, visit.pk)
