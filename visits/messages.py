"""Every message of a visit: one function for each, which writes it into the outbox.

Called by the model within the transaction of the change it tells of, so that either both stand or
neither. The worker sends them (`visits.outbox`). Texts are three templates for each kind in
`templates/visits/messages/`: `<kind>.subject.txt`, `<kind>.txt`, `<kind>.html`.
"""

import datetime
import re
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from visits.invitations import cancellation, invitation
from visits.models import Attachment, Message, Paper, Stop, VisitSettings

# Stand in stored texts to the delegation where the private links go when a message is sent
# (`visits.outbox`).
PRIVATE_LINK = "[[private-link]]"
GROUP_LINK = "[[group-link]]"

# What staff see a kind called; each has its three templates.
KINDS = {
    "request_received": gettext_lazy("Request received"),
    "office_request": gettext_lazy("To the office: new request"),
    "stops_to_answer": gettext_lazy("To the hosts: stops to answer"),
    "stops_withdrawn": gettext_lazy("To the hosts: stops taken out"),
    "hosts_told": gettext_lazy("To the hosts: visit confirmed, changed or off"),
    "office_told": gettext_lazy("To the office: what a delegation or host did"),
    "information_needed": gettext_lazy("Question to the delegation"),
    "placed_on_waiting_list": gettext_lazy("Put on the waiting list"),
    "seats_offered": gettext_lazy("Freed seats offered"),
    "offer_expired": gettext_lazy("Offer expired"),
    "visit_confirmed": gettext_lazy("Visit confirmed"),
    "visit_moved": gettext_lazy("Visit moved"),
    "programme_changed": gettext_lazy("Programme changed"),
    "numbers_changed": gettext_lazy("Number of people changed"),
    "visit_declined": gettext_lazy("Request declined"),
    "visit_cancelled": gettext_lazy("Visit cancelled"),
    "papers_issued": gettext_lazy("Papers issued"),
    "reminder": gettext_lazy("Reminder"),
    "feedback_wanted": gettext_lazy("Thanks, and asking for feedback"),
    "adoption_asked": gettext_lazy("Question on adoption"),
    "questions_answered": gettext_lazy("Questions answered"),
    "link_sent": gettext_lazy("Private link"),
    "address_changed": gettext_lazy("E-mail address changed"),
}
# Kinds that go to the office and to hosts: the delegation is not shown them.
TO_STAFF = {"office_request", "office_told", "stops_to_answer", "stops_withdrawn", "hosts_told"}
# Kinds that get no private link. All others go to the visit's contact person alone.
WITHOUT_LINK = {*TO_STAFF, "address_changed"}
LONG_DAY = "l, j F Y"
# Papers issued within this time are one message.
TIME_TO_ISSUE = datetime.timedelta(minutes=5)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
LONGEST_SUBJECT = Message._meta.get_field("subject").max_length  # noqa: SLF001 (documented API)


def request_received(visit):
    """To the delegation: the request is here, seated or on the waiting list; its private link."""
    _to_delegation("request_received", visit, together=visit.joins)
    _to_office("office_request", visit, together=visit.joins)


def stops_to_answer(visit, added=None):
    """To each agency of the itinerary, or of what was `added` to it: a delegation asks to come."""
    _to_hosts("stops_to_answer", visit, stops=added)


def stops_withdrawn(visit, removed):
    """To each agency whose stops staff have `removed` from the itinerary: it need not prepare."""
    _to_hosts("stops_withdrawn", visit, stops=removed)


def office_told(visit, event):
    """To the office: a delegation or a host has answered, changed or called off something."""
    _to_office("office_told", visit, event=event)


def information_needed(visit, question):
    """To the delegation: what the city wants to know before it goes on."""
    _to_delegation("information_needed", visit, question=question)


def placed_on_waiting_list(visit, reason=""):
    """To the delegation: it holds no seats any longer and waits for others."""
    _to_delegation("placed_on_waiting_list", visit, reason=reason)


def seats_offered(visit):
    """To the delegation: seats are kept for it until `visit.offered_until`."""
    _to_delegation("seats_offered", visit)


def offer_expired(visit):
    """To the delegation: it has let the deadline pass and waits on, at the end of the list."""
    _to_delegation("offer_expired", visit)


def visit_confirmed(visit, reason=""):
    """To the delegation and its hosts: the visit takes place; an invitation for calendars."""
    stops = visit.stops.select_related("innovation__agency")
    _to_delegation(
        "visit_confirmed",
        visit,
        attach=invitation,
        reason=reason,
        unanswered=stops.filter(answer=Stop.Answer.PENDING),
    )
    _to_hosts("hosts_told", visit, attach=invitation)


def visit_moved(visit, event):
    """To the delegation and its hosts: another time; once confirmed, the invitation follows."""
    _to_delegation("visit_moved", visit, attach=_invited_to(visit), event=event)
    hosts_told(visit, event)


def programme_changed(visit, event):
    """To the delegation: stops of its confirmed visit were added, removed, moved or declined."""
    _to_delegation("programme_changed", visit, attach=_invited_to(visit), event=event)


def numbers_changed(visit, event):
    """To the delegation: staff have changed how many persons come."""
    _to_delegation("numbers_changed", visit, event=event)


def hosts_told(visit, event, stops=None):
    """To the hosts of `stops`, or of all: `event` has changed time, place, speaker or number.

    Whoever did it is not told; once confirmed, the invitation follows.
    """
    # How many come, the invitation does not say.
    attach = None if event.what == event.What.NUMBERS else _invited_to(visit)
    _to_hosts("hosts_told", visit, stops=stops, attach=attach, event=event, but=event.by)


def _invited_to(visit):
    return invitation if visit.status == visit.Status.CONFIRMED else None


def visit_declined(visit, reason, *, hosts=True):
    """To the delegation and, where `hosts`, to its hosts: the city cannot receive it."""
    _called_off("visit_declined", visit, hosts=hosts, reason=reason)


def visit_cancelled(visit, event):
    """To the delegation and its hosts: the visit does not take place; `event` says by whom."""
    _called_off("visit_cancelled", visit, event=event)


def _called_off(kind, visit, *, hosts=True, **context):
    """An invitation stands only in the calendars of those whose visit had been confirmed."""
    confirmed = visit.events.filter(what="confirmed").exists()
    attach = cancellation if confirmed else None
    _to_delegation(kind, visit, attach=attach, **context)
    if hosts:
        _to_hosts("hosts_told", visit, attach=attach)


def papers_issued(visit):
    """To the delegation: papers for it were issued, and stand at its private link.

    It waits a while for further ones; those then stand in the place of the message that waits.
    """
    _waiting_on_papers(visit).delete()
    papers = visit.papers.for_delegation().filter(kind__in=Paper.announced)
    if papers:
        _to_delegation("papers_issued", visit, wait=TIME_TO_ISSUE, papers=papers.order_by("pk"))


def paper_withdrawn(visit):
    """Of a paper withdrawn before its message went out, the delegation hears nothing."""
    if _waiting_on_papers(visit).exists():
        papers_issued(visit)


def _waiting_on_papers(visit):
    waiting = Message.objects.filter(status=Message.Status.WAITING, attempts=0)
    return waiting.filter(visit=visit, kind="papers_issued")


def reminder(visit, days):
    """To the delegation, `days` (7 or 1) before the visit; once for each day of the visit."""
    _to_delegation("reminder", visit, key=reminder_key(visit, days))


def reminder_key(visit, days) -> str:
    """What marks a reminder as written; another day of the visit is another reminder."""
    return f"reminder-{days}:{visit.pk}:{visit.held_on:%Y-%m-%d}"


def feedback_wanted(visit):
    """To the delegation: thanks, certificates, and the link for everybody who came."""
    _to_delegation("feedback_wanted", visit)


def adoption_asked(visit, months):
    """To the delegation, `months` (3, 6 or 12) after the visit: what was adopted?"""
    _to_delegation("adoption_asked", visit, key=f"adoption-{months}:{visit.pk}")


def questions_answered(visit, asked):
    """To the delegation: questions of its visit (`AskedQuestion`) are answered."""
    _to_delegation("questions_answered", visit, asked=asked)


def link_sent(visit):
    """To the delegation: its private link, once more or anew."""
    _to_delegation("link_sent", visit)


def address_changed(visit, before):
    """To the address `before`, if there was one: the contact's is another; no private link."""
    if before:
        _queue("address_changed", visit, to=before, language=visit.language, context={})


def _to_delegation(kind, visit, *, key=None, attach=None, wait=None, **context):
    """Write to the contact in the visit's language; nothing where there is no address."""
    if not visit.contact_email:
        return None
    return _queue(
        kind,
        visit,
        to=visit.contact_email,
        name=visit.contact_name,
        language=visit.language,
        key=key,
        attach=attach,
        wait=wait,
        context={"private_link": PRIVATE_LINK, "group_link": GROUP_LINK, **context},
    )


def _to_hosts(kind, visit, *, attach=None, stops=None, but=None, **context):
    """Write to the staff of each agency that has not declined its stops; they see only these.

    `stops` are those that it is about, where not all of the visit; `but` is not written to.
    """
    by_agency = {}
    if stops is None:
        stops = visit.stops.select_related("innovation__agency")
    for stop in stops:
        if stop.answer != Stop.Answer.DECLINED:
            by_agency.setdefault(stop.innovation.agency_id, []).append(stop)
    hosts = get_user_model().objects.filter(agency__in=by_agency, is_staff=True, is_active=True)
    for host in hosts.exclude(email="").exclude(pk=but and but.pk).order_by("pk"):
        _queue(
            kind,
            visit,
            to=host.email,
            name=host.get_full_name(),
            language="id",
            attach=attach,
            context={
                "stops": by_agency[host.agency_id],
                "url": _admin_url("visits_stop_changelist"),
                **context,
            },
        )


def _to_office(kind, visit, **context):
    address = VisitSettings.load().notification_email
    if not address:
        return None
    url = _admin_url("visits_visit_change", visit.pk)
    return _queue(kind, visit, to=address, language="id", context={"url": url, **context})


def _queue(kind, visit, *, to, language, context, name="", key=None, attach=None, wait=None):
    """Write one message, to be sent after `wait`; with a `key` that was used before, none.

    `attach` makes the file that goes along, of `visit` and for whoever is addressed.
    """
    if key and Message.objects.filter(key=key).exists():
        return None
    with override(language):
        context = _context(visit, language, name) | context | {"attached": attach is not None}
        subject = " ".join(CONTROL.sub(" ", _render(kind, "subject.txt", context)).split())
        context["subject"] = subject[:LONGEST_SUBJECT]
        message = Message(
            visit=visit,
            kind=kind,
            key=key,
            to=to,
            language=language,
            subject=context["subject"],
            text=_tidy(_render(kind, "txt", context)),
            html=_render(kind, "html", context),
            next_attempt_at=timezone.now() + (wait or datetime.timedelta()),
        )
        stops = context["stops"]
        files = [attach(visit, email=to, name=name, stops=stops)] if attach else []
    if kind in WITHOUT_LINK:
        # A mark that a delegation typed is none of ours, even though no link is put in here.
        message.text, message.html = _without_marks(message.text), _without_marks(message.html)
    try:
        with transaction.atomic():
            message.save()
            Attachment.objects.bulk_create(
                Attachment(message=message, name=name, content_type=content_type, content=content)
                for name, content_type, content in files
            )
    except IntegrityError:
        # Somebody else has written it since we looked.
        if key and Message.objects.filter(key=key).exists():
            return None
        raise
    return message


def _context(visit, language, name):
    return {
        "visit": visit,
        "when": when_of(visit),
        "venue": visit.venue or (visit.slot.venue if visit.slot else ""),
        "deadline": _deadline(visit),
        "stops": list(visit.stops.shown().select_related("innovation__agency")),
        "office": VisitSettings.load(),
        "name": name,
        "language": language,
        "site_url": settings.SITE_URL,
        "register_url": urljoin(settings.SITE_URL, reverse("visits:register")),
    }


def when_of(visit) -> str:
    """The day of the visit, and the hours where they are agreed; else the day that was wished."""
    day = visit.held_on or (visit.slot.date if visit.slot else visit.wished_on)
    if day is None:
        return ""
    if visit.held_until:
        return f"{date_format(day, LONG_DAY)} – {date_format(visit.held_until, LONG_DAY)}"
    if visit.slot and visit.slot.date == day:
        return _in_zone(visit.slot)
    return date_format(day, LONG_DAY)


def _deadline(visit):
    if visit.offered_until is None:
        return ""
    moment = timezone.localtime(visit.offered_until)
    return _in_zone(f"{date_format(moment, LONG_DAY)}, {time_format(moment)}")


def _in_zone(when):
    return _("%(when)s WIB (UTC+7)") % {"when": when}


def _render(kind, part, context):
    """The text of a template; only in HTML is what people typed escaped."""
    template = get_template(f"visits/messages/{kind}.{part}").template
    return template.render(Context(context, autoescape=part == "html"))


def _tidy(text):
    """The text without the gaps that a template leaves where it had nothing to say."""
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines) + "\n"


def _without_marks(text):
    """The text without marks, those included that taking one away puts together."""
    while PRIVATE_LINK in text or GROUP_LINK in text:
        text = text.replace(PRIVATE_LINK, "").replace(GROUP_LINK, "")
    return text


def _admin_url(name, *args):
    return urljoin(settings.SITE_URL, reverse(f"admin:{name}", args=args))
