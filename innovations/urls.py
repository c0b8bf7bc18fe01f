from django.urls import path
from django.utils.translation import gettext_lazy as _

from innovations import views

app_name = "innovations"

urlpatterns = [
    path(_("innovations/"), views.InnovationListView.as_view(), name="list"),
    path(_("innovations/<slug:slug>/"), views.InnovationDetailView.as_view(), name="detail"),
    path(_("innovations/<slug:slug>/suggest/"), views.suggest, name="suggest"),
    path(_("agencies/"), views.AgencyListView.as_view(), name="agency_list"),
    path(_("agencies/<slug:slug>/"), views.AgencyDetailView.as_view(), name="agency"),
    path(_("awards/"), views.AwardListView.as_view(), name="award_list"),
]
