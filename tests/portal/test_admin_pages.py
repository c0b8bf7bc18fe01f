"""The admin's list of pages: what is no list of rows stands there too."""

import pytest
from django.urls import reverse

from tests.factories import AgencyFactory, UserFactory
from tests.groups import group
from tests.staff import logged_in

pytestmark = pytest.mark.django_db

CALENDAR, FIGURES = reverse("admin:visit_calendar"), reverse("admin:visit_figures")


@pytest.mark.parametrize(
    ("name", "pages"),
    [("visit officer", [CALENDAR, FIGURES]), ("host", [CALENDAR]), ("editor", [])],
)
def test_calendar_and_figures_are_listed_for_those_who_may_see_them(name, pages):
    user = UserFactory(agency=AgencyFactory())
    user.groups.add(group(name))
    client = logged_in(user)
    listed = [
        model["admin_url"]
        for app in client.get(reverse("admin:index")).context["available_apps"]
        for model in app["models"]
    ]
    assert [url for url in listed if url in {CALENDAR, FIGURES}] == pages
    for url in pages:
        assert client.get(url).status_code == 200
        assert f'href="{url}"' in client.get(reverse("admin:password_change")).text
