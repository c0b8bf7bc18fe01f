from django.contrib import admin
from django.urls import path
from django.utils.translation import gettext_lazy as _

from visits.views import private, public, registration

app_name = "visits"

urlpatterns = [
    path("", public.VisitListView.as_view(), name="list"),
    path(_("request/"), registration.register, name="register"),
    path(_("request/<str:token>/"), private.request_detail, name="request"),
    path(_("request/<str:token>/letter/"), private.request_letter, name="request_letter"),
    path(
        _("letters/<str:reference>/"), admin.site.admin_view(private.staff_letter), name="letter"
    ),
    path("<slug:slug>/", public.VisitDetailView.as_view(), name="detail"),
]
