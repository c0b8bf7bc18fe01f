from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _


class LoginForm(AdminAuthenticationForm):
    error_messages = {
        "invalid_login": _(
            "User name or password is wrong. Mind capital letters; after five mistakes the "
            "account is locked for half an hour."
        ),
    }


def _pages_on_visits(user) -> list[dict]:
    """Pages of the admin that list no model, as `get_app_list` describes those that do."""
    from visits.staff_calendar import may_see

    pages = (
        ("visit_calendar", _("Calendar of visits"), may_see(user)),
        ("visit_figures", _("Figures of the year"), user.has_perm("visits.see_figures")),
    )
    return [
        {
            "name": title,
            "object_name": name,
            "admin_url": reverse(f"admin:{name}"),
            "add_url": None,
            "view_only": True,
            "perms": {},
        }
        for name, title, may in pages
        if may
    ]


class PortalAdminSite(admin.AdminSite):
    """The admin in the city's words, behind the second factor, opening on what waits."""

    site_header = _("Innovation portal of Kota Magelang")
    site_title = _("Innovation portal")
    index_title = _("Work")
    login_form = LoginForm

    def has_permission(self, request):
        from magelang_portal.second_factor import is_satisfied

        return super().has_permission(request) and is_satisfied(request.user)

    def login(self, request, extra_context=None):
        """Send whoever has given the password on to the second factor."""
        if (
            request.method == "GET"
            and super().has_permission(request)
            and not self.has_permission(request)
        ):
            query = urlencode({"next": request.GET.get("next", reverse("admin:index"))})
            return HttpResponseRedirect(f"{reverse('admin:second_factor')}?{query}")
        return super().login(request, extra_context)

    def index(self, request, extra_context=None):
        from django.utils import timezone

        from magelang_portal.to_do import tasks_for, visits_of_the_week
        from visits.staff_calendar import may_see

        user, tasks = request.user, tasks_for(request.user)
        context = {
            "tasks": tasks,
            "waiting": [task for task in tasks if task.count],
            "done": [task for task in tasks if not task.count],
            "week": visits_of_the_week(user),
            "today": timezone.localdate(),
            "may_see_calendar": may_see(user),
        }
        return super().index(request, context | (extra_context or {}))

    def get_app_list(self, request, app_label=None):
        """Put what the portal is about before the accounts; by name otherwise.

        Calendar and figures stand above the lists of visits.
        """
        first = ("innovations", "visits")
        apps = super().get_app_list(request, app_label)
        for app in apps:
            if app["app_label"] == "visits":
                app["models"] = [*_pages_on_visits(request.user), *app["models"]]
        return sorted(apps, key=lambda app: app["app_label"] not in first)

    def get_urls(self):
        from magelang_portal.second_factor import SecondFactorView
        from magelang_portal.style_guide import style_guide
        from visits.views import figures
        from visits.views.staff_calendar import staff_calendar

        return [
            path("style-guide/", self.admin_view(style_guide), name="style_guide"),
            path("visits/calendar/", self.admin_view(staff_calendar), name="visit_calendar"),
            path("visits/figures/", self.admin_view(figures.figures_page), name="visit_figures"),
            path(
                "visits/figures/xlsx/",
                self.admin_view(figures.figures_workbook),
                name="visit_figures_workbook",
            ),
            path("second-factor/", SecondFactorView.as_view(), name="second_factor"),
            *super().get_urls(),
        ]
