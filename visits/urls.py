from django.contrib import admin
from django.urls import path
from django.utils.translation import gettext_lazy as _

from visits import views

app_name = "visits"

urlpatterns = [
    path("", views.VisitListView.as_view(), name="list"),
    path(_("request/"), views.register, name="register"),
    path(_("request/<str:token>/"), views.request_detail, name="request"),
    path(_("request/<str:token>/letter/"), views.request_letter, name="request_letter"),
    path(_("letters/<str:reference>/"), admin.site.admin_view(views.staff_letter), name="letter"),
    path("<slug:slug>/", views.VisitDetailView.as_view(), name="detail"),
]
