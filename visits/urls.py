from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from visits.views import (
    adoption,
    calendar,
    feedback,
    itinerary,
    papers,
    privacy,
    private,
    private_actions,
    public,
    registration,
    verification,
)
from visits.views.lost_link import lost_link

app_name = "visits"

# Under /kunjungan/ and /en/visits/.
visits = [
    path("", public.VisitListView.as_view(), name="list"),
    path(_("calendar/"), calendar.calendar, name="calendar"),
    path(_("calendar/free.ics"), calendar.free_feed, name="free_feed"),
    path(_("calendar/visits.ics"), calendar.visits_feed, name="visits_feed"),
    path(_("itinerary/"), itinerary.itinerary, name="itinerary"),
    path(_("request/"), registration.register, name="register"),
    path(_("register/date/"), registration.step, {"name": "date"}, name="register_date"),
    path(
        _("register/organisation/"),
        registration.step,
        {"name": "organisation"},
        name="register_organisation",
    ),
    path(_("register/contact/"), registration.step, {"name": "contact"}, name="register_contact"),
    path(_("register/letter/"), registration.step, {"name": "letter"}, name="register_letter"),
    path(_("register/summary/"), registration.summary, name="register_summary"),
    path(_("register/discard/"), registration.discard, name="register_discard"),
    path(_("request/<str:token>/"), private.request_detail, name="request"),
    path(_("request/<str:token>/letter/"), private.request_letter, name="request_letter"),
    path(_("request/<str:token>/answer/"), private_actions.answer, name="request_answer"),
    path(_("request/<str:token>/numbers/"), private_actions.numbers, name="request_numbers"),
    path(
        _("request/<str:token>/new-letter/"), private_actions.new_letter, name="request_new_letter"
    ),
    path(_("request/<str:token>/correct/"), private_actions.correct, name="request_correct"),
    path(_("request/<str:token>/offer/"), private_actions.offer, name="request_offer"),
    path(_("request/<str:token>/joining/"), private_actions.joining, name="request_joining"),
    path(_("request/<str:token>/new-link/"), private_actions.new_link, name="request_new_link"),
    path(_("request/<str:token>/cancel/"), private_actions.cancel, name="request_cancel"),
    path(_("lost-link/"), lost_link, name="lost_link"),
    path(
        _("letters/<str:reference>/"), admin.site.admin_view(private.staff_letter), name="letter"
    ),
    path(
        _("request/<str:token>/papers/<str:code>.pdf"), papers.of_delegation, name="request_paper"
    ),
    path(
        _("request/<str:token>/certificates.pdf"),
        papers.certificates_of_delegation,
        name="request_certificates",
    ),
    path(
        _("certificate/<str:token>.pdf"), papers.certificate_of_participant, name="my_certificate"
    ),
    path("", include("visits.participant_urls")),
    path(_("request/<str:token>/data/"), privacy.export, name="export"),
    path(_("request/<str:token>/erase/"), privacy.erase, name="erase"),
    path(_("request/<str:token>/receipt/"), privacy.receipt, name="receipt"),
    path(
        _("data/<str:reference>/"),
        admin.site.admin_view(privacy.staff_export),
        name="staff_export",
    ),
    path(_("request/<str:token>/adoption/"), adoption.tell_adoption, name="adoption"),
    path(_("feedback/<str:token>/"), feedback.feedback, name="feedback"),
    path(_("questions/<str:token>/"), feedback.ask, name="ask"),
    path("<slug:slug>/", public.VisitDetailView.as_view(), name="detail"),
]

urlpatterns = [
    # Short, because it is printed on every paper.
    path(_("verify/"), verification.ask, name="verify_any"),
    path(_("verify/<str:code>/"), verification.verify, name="verify"),
    path(_("adoptions/"), adoption.adoption_list, name="adoptions"),
    path(_("visits/"), include(visits)),
]
