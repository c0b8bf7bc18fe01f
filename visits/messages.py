"""Every message of a visit: one function for each, which writes it into the outbox.

Called by the model within the transaction of the change it tells of, so that either both stand or
neither. The worker sends them (`visits.outbox`). Texts are three templates for each kind in
`templates/visits/messages/`: `<kind>.subject.txt`, `<kind>.txt`, `<kind>.html`.
"""

from urllib.parse import urljoin

from django.conf import settings
from django.contrib.auth import get_user_model
from django.template.loader import select_template
from django.urls import reverse
from django.utils.translation import override

from visits.models import Attachment, Message, VisitSettings

# Stand in stored texts where the private links go when a message is sent.
PRIVATE_LINK = "[[private-link]]"
GROUP_LINK = "[[group-link]]"


def request_received(visit):
    """To the delegation: the request is here, seated or on the waiting list; its private link."""
    _to_delegation("request_received", visit)
    _to_office("office_request", visit)


def stops_to_answer(visit):
    """To each agency of the itinerary: a delegation asks to come."""
    for agency_id, stops in _stops_by_agency(visit).items():
        hosts = get_user_model().objects.filter(agency=agency_id, is_staff=True, is_active=True)
        for host in hosts.exclude(email=""):
            _queue(
                "stops_to_answer",
                visit,
                to=host.email,
                language="id",
                context={"stops": stops, "url": _admin_url("visits_visit_changelist")},
            )


def office_told(visit, event):
    """To the office: the delegation has answered, changed or called off something."""
    _to_office("office_told", visit, event=event)


def information_needed(visit, question):
    _to_delegation("information_needed", visit, question=question)


def placed_on_waiting_list(visit, reason=""):
    _to_delegation("placed_on_waiting_list", visit, reason=reason)


def seats_offered(visit):
    """To the delegation: seats are kept for it until `visit.offered_until`."""
    _to_delegation("seats_offered", visit)


def offer_expired(visit):
    _to_delegation("offer_expired", visit)


def visit_confirmed(visit, reason=""):
    _to_delegation("visit_confirmed", visit, reason=reason)


def visit_moved(visit, reason=""):
    _to_delegation("visit_moved", visit, reason=reason)


def visit_declined(visit, reason):
    _to_delegation("visit_declined", visit, reason=reason)


def visit_cancelled(visit, reason=""):
    _to_delegation("visit_cancelled", visit, reason=reason)


def reminder(visit, days):
    """To the delegation, `days` (7 or 1) before the visit; once for each day of the visit."""
    key = f"reminder-{days}:{visit.pk}:{visit.held_on:%Y-%m-%d}"
    _to_delegation("reminder", visit, key=key, days=days)


def feedback_wanted(visit):
    """To the delegation: thanks, certificates, and the link for everybody who came."""
    _to_delegation("feedback_wanted", visit)


def adoption_asked(visit, months):
    """To the delegation, `months` (3, 6 or 12) after the visit: what was adopted?"""
    _to_delegation("adoption_asked", visit, key=f"adoption-{months}:{visit.pk}", months=months)


def questions_answered(visit, asked):
    """To the delegation: questions of its visit (`AskedQuestion`) are answered."""
    _to_delegation("questions_answered", visit, asked=asked)


def link_sent(visit):
    _to_delegation("link_sent", visit)


def _to_delegation(kind, visit, *, key=None, attachments=(), **context):
    """Write to the contact in the visit's language; nothing where there is no address."""
    if not visit.contact_email:
        return None
    if visit.private_token is None:
        visit.make_link()
        visit.save(update_fields=["link_nonce", "link_hash", "updated_at"])
    return _queue(
        kind,
        visit,
        to=visit.contact_email,
        language=visit.language,
        key=key,
        attachments=attachments,
        context=context,
    )


def _to_office(kind, visit, **context):
    address = VisitSettings.load().notification_email
    if not address:
        return None
    url = _admin_url("visits_visit_change", visit.pk)
    return _queue(kind, visit, to=address, language="id", context={"url": url, **context})


def _queue(kind, visit, *, to, language, context, key=None, attachments=()):
    """Write one message; with a `key` that was used before, none."""
    if key and Message.objects.filter(key=key).exists():
        return None
    with override(language):
        context = {
            "visit": visit,
            "private_link": PRIVATE_LINK,
            "group_link": GROUP_LINK,
            "site_url": settings.SITE_URL,
            **context,
        }
        subject = " ".join(_render(kind, "subject.txt", context).split())
        message = Message.objects.create(
            visit=visit,
            kind=kind,
            key=key,
            to=to,
            language=language,
            subject=subject[:200],
            text=_render(kind, "txt", context).strip() + "\n",
            html=_render(kind, "html", context),
        )
    Attachment.objects.bulk_create(
        Attachment(message=message, name=name, content_type=content_type, content=content)
        for name, content_type, content in attachments
    )
    return message


def _render(kind, part, context):
    template = select_template(
        [f"visits/messages/{kind}.{part}", f"visits/messages/_plain.{part}"]
    )
    return template.render(context)


def _stops_by_agency(visit):
    by_agency = {}
    for stop in visit.stops.select_related("innovation__agency"):
        by_agency.setdefault(stop.innovation.agency_id, []).append(stop)
    return by_agency


def _admin_url(name, *args):
    return urljoin(settings.SITE_URL, reverse(f"admin:{name}", args=args))
