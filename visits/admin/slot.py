from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from magelang_portal.meanwhile import LockedWhileSavedMixin
from visits.closed_days import HORIZON, closed_dates
from visits.forms.slots import (
    ClosedDateForm,
    ClosedDaysForm,
    SeriesForm,
    SlotForm,
    planned_slots,
    visits_in_words,
)
from visits.models import ClosedDate, TimeSlot, Visit


class WhenFilter(admin.SimpleListFilter):
    """Upcoming slots unless asked otherwise: what is over is rarely what someone looks for."""

    title = _("when")
    parameter_name = "when"

    def lookups(self, request, model_admin):
        return [
            ("past", _("Begun or over")),
            ("closed_day", _("On a holiday or closed date")),
            ("all", _("All")),
        ]

    def choices(self, changelist):
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": _("Upcoming"),
        }
        yield from list(super().choices(changelist))[1:]

    def queryset(self, request, queryset):
        match self.value():
            case "all":
                return queryset
            case "past":
                return queryset.past()
            case "closed_day":
                today = timezone.localdate()
                return queryset.upcoming().filter(date__in=closed_dates(today, today + HORIZON))
        return queryset.upcoming()


class SeatsFilter(admin.SimpleListFilter):
    title = _("seats")
    parameter_name = "seats"

    def lookups(self, request, model_admin):
        return [
            ("free", _("Seats free")),
            ("full", _("Full")),
            ("waited", _("With a waiting list")),
        ]

    def queryset(self, request, queryset):
        match self.value():
            case "free":
                return queryset.with_free_seats()
            case "full":
                return queryset.without_free_seats()
            case "waited":
                return queryset.filter(waiting__gt=0)
        return queryset


@admin.register(TimeSlot)
class TimeSlotAdmin(LockedWhileSavedMixin, admin.ModelAdmin):
    form = SlotForm
    change_form_template = "admin/meanwhile.html"
    list_display = ["day", "time", "venue", "seats", "waiting", "open"]
    list_display_links = ["day", "time"]
    list_filter = [WhenFilter, "is_open", SeatsFilter, "language"]
    search_fields = ["venue", "note"]
    search_help_text = _("Venue or note.")
    date_hierarchy = "date"
    actions = ["open_for_requests", "close_for_requests"]
    readonly_fields = ["seats", "visits_in_it"]
    fieldsets = [
        (None, {"fields": ["date", ("starts_at", "ends_at"), "venue", "capacity", "language"]}),
        (_("In the public calendar"), {"fields": ["note", "is_open"]}),
        (_("Visits"), {"fields": ["seats", "visits_in_it"]}),
    ]

    def get_fieldsets(self, request, obj=None):
        return super().get_fieldsets(request, obj)[: None if obj else 2]

    def get_queryset(self, request):
        return super().get_queryset(request).with_waiting()

    def get_deleted_objects(self, objs, request):
        """Visits that protect a slot are the reason, whether or not one may delete visits."""
        to_delete, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return to_delete, counts, set() if protected else lacking, protected

    def save_model(self, request, obj, form, change):
        """Seats that a larger capacity frees, or opening, go to the waiting list at once."""
        super().save_model(request, obj, form, change)
        if change and {"capacity", "is_open"} & set(form.changed_data):
            self._tell_offers(request, obj.offer_freed_seats())
        if "date" in form.changed_data and (closed := closed_dates(obj.date, obj.date)):
            self.message_user(
                request,
                _("Mind that offices are closed on %(day)s: %(name)s.")
                % {"day": date_format(obj.date), "name": closed[obj.date]},
                messages.WARNING,
            )

    def _tell_offers(self, request, offers):
        text = ngettext(
            "Seats were offered to %(count)d delegation on the waiting list.",
            "Seats were offered to %(count)d delegations on the waiting list.",
            offers,
        )
        if offers:
            self.message_user(request, text % {"count": offers}, messages.SUCCESS)

    @admin.display(description=_("day"), ordering="date")
    def day(self, slot):
        return date_format(slot.date, "l, j F Y")

    @admin.display(description=_("time"), ordering="starts_at")
    def time(self, slot):
        return slot.hours

    @admin.display(description=_("open"), boolean=True, ordering="is_open")
    def open(self, slot):
        return slot.is_open

    @admin.display(description=_("seats"), ordering="booked")
    def seats(self, slot):
        return _("%(booked)s of %(capacity)s") % {
            "booked": number_format(slot.booked),
            "capacity": number_format(slot.capacity),
        }

    @admin.display(description=_("waiting"), ordering="waiting")
    def waiting(self, slot):
        return slot.waiting or "–"

    @admin.display(description=_("visits in it"))
    def visits_in_it(self, slot):
        rows = format_html_join(
            "",
            '<li><a href="{}">{}</a> · {} · {}</li>',
            (
                (
                    reverse("admin:visits_visit_change", args=[visit.pk]),
                    visit,
                    visit.get_status_display(),
                    ngettext("%(count)s seat", "%(count)s seats", visit.seats)
                    % {"count": number_format(visit.seats)},
                )
                for visit in slot.visits.order_by("created_at", "pk")
            ),
        )
        return format_html("<ul>{}</ul>", rows) if rows else "–"

    @admin.action(description=_("Open for requests"), permissions=["change"])
    def open_for_requests(self, request, queryset):
        closed = ClosedDate.objects.filter(date__in=queryset.values("date"))
        days = {each.date for each in closed}
        self._set_open(request, queryset.exclude(date__in=days), is_open=True)
        if days:
            self.message_user(
                request,
                _("Still closed, for these are closed dates: %(days)s.")
                % {"days": ", ".join(map(date_format, sorted(days)))},
                messages.WARNING,
            )

    @admin.action(description=_("Close for requests"), permissions=["change"])
    def close_for_requests(self, request, queryset):
        self._set_open(request, queryset, is_open=False)

    @transaction.atomic
    def _set_open(self, request, queryset, *, is_open):
        chosen = queryset.exclude(is_open=is_open).values("pk")
        slots = list(TimeSlot.objects.filter(pk__in=chosen).order_by("pk").select_for_update())
        for slot in slots:
            slot.is_open = is_open
            slot.save(update_fields=["is_open", "updated_at"])
            self.log_change(request, slot, [{"changed": {"fields": ["is_open"]}}])
        self._tell_offers(request, sum(slot.offer_freed_seats() for slot in slots))
        text = (
            ngettext("%(count)d slot opened.", "%(count)d slots opened.", len(slots))
            if is_open
            else ngettext("%(count)d slot closed.", "%(count)d slots closed.", len(slots))
        )
        self.message_user(request, text % {"count": len(slots)}, messages.SUCCESS)

    def get_urls(self):
        view = self.admin_site.admin_view(self.series_view)
        return [path("series/", view, name="visits_timeslot_series"), *super().get_urls()]

    def series_view(self, request):
        """Many slots in three steps: the form, what would become of it, the slots themselves."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = SeriesForm(request.POST or None)
        plan = None
        if request.method == "POST" and form.is_valid() and "_change" not in request.POST:
            if "_create" in request.POST:
                slots = form.create(by=request.user)
                if slots is not None:
                    text = ngettext("%(count)d slot made.", "%(count)d slots made.", len(slots))
                    self.message_user(request, text % {"count": len(slots)}, messages.SUCCESS)
                    return HttpResponseRedirect(reverse("admin:visits_timeslot_changelist"))
                self.message_user(
                    request,
                    _("The calendar has changed meanwhile: look at the list once more."),
                    messages.WARNING,
                )
            plan = form.plan()
            form.show(plan)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Check the series") if plan is not None else _("Add a series of slots"),
            "opts": self.opts,
            "form": form,
            "plan": plan,
            "number": len(planned_slots(plan)) if plan else 0,
        }
        return TemplateResponse(request, "admin/visits/timeslot/series.html", context)


class ComingFilter(admin.SimpleListFilter):
    title = _("when")
    parameter_name = "when"

    def lookups(self, request, model_admin):
        return [("coming", _("From today on")), ("past", _("Past"))]

    def queryset(self, request, queryset):
        match self.value():
            case "coming":
                return queryset.filter(date__gte=timezone.localdate())
            case "past":
                return queryset.filter(date__lt=timezone.localdate())
        return queryset


@admin.register(ClosedDate)
class ClosedDateAdmin(admin.ModelAdmin):
    form = ClosedDateForm
    list_display = ["day", "reason"]
    list_filter = [ComingFilter]
    search_fields = ["reason"]
    date_hierarchy = "date"

    def get_form(self, request, obj=None, **kwargs):
        """Several days may be closed at once; each is a row of its own from then on."""
        return super().get_form(
            request, obj, **({} if obj else {"form": ClosedDaysForm}), **kwargs
        )

    def get_fields(self, request, obj=None):
        return ["date", "reason"] if obj else ["date", "until", "reason"]

    @admin.display(description=_("day"), ordering="date")
    def day(self, closed):
        return date_format(closed.date, "l, j F Y")

    def save_model(self, request, obj, form, change):
        """The slots of a closed day take no requests; what visits stand on it, staff are told."""
        super().save_model(request, obj, form, change)
        days = [obj.date] if change else form.days
        more, slots = ClosedDate.objects.close(days, reason=obj.reason)
        if more:
            LogEntry.objects.log_actions(request.user.pk, more, ADDITION, [{"added": {}}])
            text = ngettext("%(count)d day closed.", "%(count)d days closed.", len(days))
            self.message_user(request, text % {"count": len(days)}, messages.SUCCESS)
        if slots:
            text = ngettext(
                "%(count)d slot closed for requests: %(slots)s.",
                "%(count)d slots closed for requests: %(slots)s.",
                len(slots),
            )
            self.message_user(
                request,
                text % {"count": len(slots), "slots": "; ".join(map(str, slots))},
                messages.WARNING,
            )
        self._name_visits(request, days)

    def _name_visits(self, request, days):
        status = Visit.Status
        stands = Q(slot__date__in=days) | Q(held_on__in=days)
        wishes = Q(wished_on__in=days) | Q(alternative_on__in=days)
        visits = Visit.objects.filter(
            Q(stands, status__in={*Visit.open_statuses, status.CONFIRMED})
            | Q(wishes, status__in=Visit.open_statuses, slot=None, held_on=None)
        ).order_by("created_at", "pk")
        if names := visits_in_words(visits):
            self.message_user(
                request,
                _("Visits stand on these days or wish for them: %(visits)s. Move or cancel each.")
                % {"visits": names},
                messages.WARNING,
            )

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        self._name_slots(request, [obj.date])

    def delete_queryset(self, request, queryset):
        days = list(queryset.values_list("date", flat=True))
        super().delete_queryset(request, queryset)
        self._name_slots(request, days)

    def _name_slots(self, request, days):
        """What was closed with the day is not opened by itself: somebody may have meant it."""
        slots = TimeSlot.objects.upcoming().filter(date__in=days, is_open=False)
        if slots:
            self.message_user(
                request,
                _("Slots that stay closed until you open them: %(slots)s.")
                % {"slots": "; ".join(map(str, slots))},
                messages.WARNING,
            )
