from datetime import date, time

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from visits.models.visit import Visit


class VisitEvent(models.Model):
    """One line of a visit's history: what was done, when, by whom, and why."""

    class What(models.TextChoices):
        SUBMITTED = "submitted", _("Request received")
        ASKED = "asked", _("Information asked for")
        ANSWERED = "answered", _("Question answered")
        WAITING_LIST = "waiting_list", _("Put on the waiting list")
        OFFERED = "offered", _("Freed seats offered")
        OFFER_ACCEPTED = "offer_accepted", _("Offer accepted")
        OFFER_DECLINED = "offer_declined", _("Offer declined")
        OFFER_EXPIRED = "offer_expired", _("Offer expired")
        STOP_ACCEPTED = "stop_accepted", _("Stop accepted by its host")
        STOP_DECLINED = "stop_declined", _("Stop declined by its host")
        CONFIRMED = "confirmed", _("Visit confirmed")
        DECLINED = "declined", _("Request declined")
        CANCELLED = "cancelled", _("Visit cancelled")
        COMPLETED = "completed", _("Visit completed")
        MOVED = "moved", _("Visit moved")
        NUMBERS = "numbers", _("Number of people changed")
        LETTER = "letter", _("Letter replaced")
        CORRECTED = "corrected", _("Data corrected")
        PROGRAMME = "programme", _("Programme changed")
        JOINING_ALLOWED = "joining_allowed", _("Others may join")
        JOINING_STOPPED = "joining_stopped", _("Others may no longer join")
        PARTICIPANTS = "participants", _("List of participants changed")
        ADOPTION = "adoption", _("Told what was adopted")
        CHECKED_IN = "checked_in", _("Checked in as a group")
        LINK_SENT = "link_sent", _("Private link sent again")
        LINK_REVOKED = "link_revoked", _("Private link revoked")
        PUBLISHED = "published", _("Shown to the public")
        UNPUBLISHED = "unpublished", _("Taken off the public site")
        ERASED = "erased", _("Personal data erased")

    class Actor(models.TextChoices):
        STAFF = "staff", _("City staff")
        DELEGATION = "delegation", _("Delegation")
        SYSTEM = "system", _("The portal itself")

    visit = models.ForeignKey(
        Visit, models.CASCADE, related_name="events", verbose_name=_("visit")
    )
    what = models.CharField(_("what"), max_length=20, choices=What)
    status = models.CharField(_("status after it"), max_length=20, choices=Visit.Status)
    at = models.DateTimeField(_("at"), auto_now_add=True)
    actor = models.CharField(_("done by"), max_length=20, choices=Actor, default=Actor.SYSTEM)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    reason = models.TextField(
        _("reason"), blank=True, help_text=_("The delegation reads it at its private link.")
    )
    # What changed: {"from": 78, "to": 60} for numbers, {"innovation": "Data Go"} for a stop,
    # {"from": "2027-05-04", "to": "2027-05-11 09:00-11:30"} (`Visit.when`) for a move,
    # {"added": ["Data Go"], "removed": […], "changed": […]} for a programme,
    # where an empty name is the venue of the visit, taken away,
    # {"fields": ["contact_phone"]} for data corrected, without what they say.
    details = models.JSONField(_("details"), default=dict, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("history")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["what", "at"], name="event_what_when")]

    def __str__(self):
        return f"{self.get_what_display()} {timezone.localtime(self.at):%Y-%m-%d %H:%M}"

    @property
    def title(self) -> str:
        """What was done, with what changed, in the page's language."""
        title = self.get_what_display()
        if innovation := self.details.get("innovation"):
            return f"{title}: {innovation}"
        if self.what == self.What.PARTICIPANTS:
            return self._list_in_words(title)
        if self.before:
            return gettext("%(title)s: %(before)s → %(after)s") % {
                "title": title,
                "before": self.before,
                "after": self.after or "–",
            }
        if what := self.after or self._fields_in_words():
            return gettext("%(title)s: %(what)s") % {"title": title, "what": what}
        if self.what == self.What.PROGRAMME:
            parts = [
                gettext("%(title)s: %(what)s")
                % {
                    "title": label,
                    "what": ", ".join(name or gettext("no venue") for name in names),
                }
                for what, label in PROGRAMME_CHANGES.items()
                if (names := self.details.get(what))
            ]
            return gettext("%(title)s: %(what)s") % {"title": title, "what": "; ".join(parts)}
        return title

    @property
    def before(self) -> str:
        """The number or time that was changed, in words; empty where there was none."""
        return _in_words(self.details.get("from"))

    @property
    def after(self) -> str:
        """The number or time that it was changed to, in words; empty where there is none."""
        return _in_words(self.details.get("to"))

    def _fields_in_words(self):
        fields = map(Visit._meta.get_field, self.details.get("fields", ()))  # noqa: SLF001 (documented API)
        return ", ".join(str(field.verbose_name) for field in fields)

    def _list_in_words(self, title):
        """How many names more or fewer; corrected ones are not counted."""
        total = self.details.get("to") or 0
        more = total - (self.details.get("from") or 0)
        if more > 0:
            text = ngettext("%(number)s name added", "%(number)s names added", more)
        elif more < 0:
            text = ngettext("%(number)s name removed", "%(number)s names removed", -more)
        else:
            return title
        what = text % {"number": abs(more)}
        what = gettext("%(change)s, %(total)s in all") % {"change": what, "total": total}
        return gettext("%(title)s: %(what)s") % {"title": title, "what": what}


PROGRAMME_CHANGES = {
    "added": _("added"),
    "removed": _("removed"),
    "changed": _("another time, place or speaker"),
}


def _in_words(value) -> str:
    """A number, or a time as `Visit.when` writes it, as people of the page's language do."""
    if not value:
        return ""
    day, _space, hours = str(value).partition(" ")
    try:
        words = date_format(date.fromisoformat(day), "l, j F Y")
        return ", ".join([words, *([_hours_in_words(hours)] if hours else [])])
    except ValueError:
        return str(value)


def _hours_in_words(hours) -> str:
    return "–".join(time_format(time.fromisoformat(each)) for each in hours.split("-"))
