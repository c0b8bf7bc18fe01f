"""Participants at the private link and for staff, passes, and check-in."""

from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from visits.views import check_in, participants
from visits.views.doors import by_link, by_staff

at_the_day = by_staff("check_in")


def list_urls(behind, prefix):
    """The pages of a list, each view wrapped in `behind`, under names that begin with `prefix`."""
    pages = (
        ("", participants.participant_list, "participants"),
        (_("add/"), participants.participant_add, "participant_add"),
        (_("upload/"), participants.participant_upload, "participant_upload"),
        (_("remove-all/"), participants.participant_remove_all, "participant_remove_all"),
        (_("passes/"), participants.passes, "passes"),
        (_("template.<str:kind>"), participants.participant_template, "participant_template"),
        ("<int:pk>/", participants.participant_change, "participant_change"),
        (_("<int:pk>/remove/"), participants.participant_remove, "participant_remove"),
    )
    return [path(route, behind(view), name=f"{prefix}{name}") for route, view, name in pages]


urlpatterns = [
    path(_("request/<str:token>/participants/"), include(list_urls(by_link, ""))),
    path(_("pass/<str:token>/"), check_in.pass_page, name="pass"),
    path(
        _("check-in/<str:reference>/participants/"),
        include(list_urls(by_staff("change_participant"), "staff_")),
    ),
    path(_("check-in/<str:reference>/"), at_the_day(check_in.check_in), name="check_in"),
    path(
        _("check-in/<str:reference>/group/"),
        at_the_day(check_in.check_in_group),
        name="check_in_group",
    ),
    path(
        _("check-in/<str:reference>/attendance.xlsx"),
        at_the_day(check_in.attendance),
        name="attendance",
    ),
    path(
        _("check-in/<str:reference>/<int:pk>/"),
        at_the_day(check_in.check_in_one),
        name="check_in_one",
    ),
]
