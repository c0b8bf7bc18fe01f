from datetime import date, timedelta
from functools import partial

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from magelang_portal.transitions import PRIMARY_KEY
from visits.models import TimeSlot

MOST_SLOTS = 60


class AnswerFilter(admin.SimpleListFilter):
    title = _("what is to do")
    parameter_name = "answer"

    def lookups(self, request, model_admin):
        return [
            ("open", _("To answer")),
            ("hosts", _("Hosts have not answered")),
            ("offers", _("Freed seats are offered")),
            ("offers_ending", _("Offer running out")),
            ("past", _("To mark as completed")),
            ("erase", _("Personal data to erase")),
            ("erase_soon", _("Personal data go within 14 days")),
        ]

    def queryset(self, request, queryset):
        wanted = {
            "open": queryset.open,
            "hosts": queryset.with_silent_hosts,
            "offers": queryset.with_offer,
            "offers_ending": queryset.with_offer_running_out,
            "past": queryset.past,
            "erase": queryset.due_for_erasure,
            "erase_soon": partial(queryset.due_for_erasure, within_days=14),
        }
        return wanted[self.value()]() if self.value() in wanted else queryset


def parse_day(text) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


class DayFilter(admin.SimpleListFilter):
    """By the day on which a visit stands or is wished (`VisitQuerySet.with_plan`).

    Any day may be asked for by its date, as the calendar does.
    """

    title = _("day of the visit")
    parameter_name = "day"

    def lookups(self, request, model_admin):
        return [
            ("today", _("Today")),
            ("week", _("In the next 7 days")),
            ("month", _("In the next 30 days")),
            ("past", _("Past")),
            ("none", _("No day")),
        ]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        match self.value():
            case "today":
                return queryset.planned_between(today, today)
            case "week":
                return queryset.planned_between(today, today + timedelta(days=7))
            case "month":
                return queryset.planned_between(today, today + timedelta(days=30))
            case "past":
                return queryset.filter(planned_on__lt=today)
            case "none":
                return queryset.filter(planned_on__isnull=True)
        day = parse_day(self.value())
        return queryset.planned_between(day, day) if day else queryset


class SlotFilter(admin.SimpleListFilter):
    """Offers the slots to come that somebody asks for; any other may be asked for by its id."""

    title = _("time slot")
    parameter_name = "slot"

    def lookups(self, request, model_admin):
        slots = TimeSlot.objects.upcoming().filter(visits__isnull=False).distinct()
        return [(str(slot.pk), str(slot)) for slot in slots[:MOST_SLOTS]]

    def has_output(self):
        """Whether it narrows the list, even where it has nothing to choose from."""
        return bool(self.lookup_choices) or self.value() is not None

    def queryset(self, request, queryset):
        if PRIMARY_KEY.fullmatch(self.value() or ""):
            return queryset.filter(slot=self.value())
        return queryset
