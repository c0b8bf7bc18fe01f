"""The month as staff see it: visits agreed on, requests for a day, slots, closed days."""

import datetime

from django.db.models import Q

from visits.models import TimeSlot, Visit
from visits.months import CalendarOfDays, Day, Month

AGREED = (Visit.Status.CONFIRMED, Visit.Status.COMPLETED)
ONE_DAY = datetime.timedelta(days=1)


# A cell shows no more visits, unless only one would be left out.
MOST_IN_A_DAY = 3
VISIT = ("reference", "organisation", "status", "held_on", "held_until", "wished_on")
PEOPLE = ("participants", "expected_participants")
SLOT = ("slot__date", "slot__starts_at", "slot__ends_at")


class StaffDay(Day):
    """With the visits `shown` in its cell, the earliest first; `more` are in the list alone."""

    shown = ()

    @property
    def more(self) -> int:
        return len(self.visits) - len(self.shown)

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
            too_many = self.is_whole and len(day.visits) > MOST_IN_A_DAY + 1
            day.shown = day.visits[:MOST_IN_A_DAY] if too_many else day.visits

    def _visits(self):
        """Found part by part, each by an index of its own, in one query."""
        month = (self.month.first, self.month.last)
        agreed = Visit.objects.filter(status__in=AGREED)
        # Apart, for else they are looked for among all that began before the month's end.
        of_several_days = Visit.objects.filter(held_until__gte=month[0], held_on__lte=month[1])
        parts = (
            agreed.filter(held_on__range=month),
            agreed.filter(pk__in=of_several_days.order_by().values("pk")),
            Visit.objects.open().filter(
                Q(slot__date__range=month) | Q(slot__isnull=True, wished_on__range=month)
            ),
        )
        first, *others = (part.order_by().values("pk") for part in parts)
        found = Visit.objects.filter(pk__in=first.union(*others))
        return (
            found.visible_to(self.user)
            .select_related("slot")
            .only(*VISIT, *PEOPLE, *SLOT)
            .order_by("pk")
        )


def _asked_for(visit) -> datetime.date:
    return visit.slot.date if visit.slot else visit.wished_on


def _by_hour(visit):
    """Those agreed on first, the earliest hour first, those without an hour last."""
    hour = visit.slot.starts_at if visit.slot else datetime.time.max
    return (not visit.is_agreed, hour, visit.pk)
