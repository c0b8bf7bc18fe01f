"""No NUL reaches the database: SQLite takes one, PostgreSQL fails over it."""

import pytest
from django.db import connection
from django.urls import reverse

from tests.factories import VisitFactory
from tests.staff import changelist, logged_in
from visits.models import Message, Paper

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fails_like_postgresql():
    def without_nul(execute, sql, params, many, context):
        if any(isinstance(each, str) and "\0" in each for each in params or ()):
            raise ValueError("A string literal cannot contain NUL (0x00) characters.")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(without_nul):
        yield


@pytest.mark.parametrize(
    ("view", "arguments"),
    [
        ("visits:verify", ["%"]),
        ("visits:request_paper", ["x" * 43, "%"]),
        ("visits:request", ["%"]),
        ("visits:pass", ["%"]),
    ],
)
def test_address_with_a_nul_is_not_found(client, view, arguments):
    url = reverse(view, args=arguments).replace("%25", "a%00b")
    assert client.get(url).status_code == 404


@pytest.fixture
def visit():
    visit = VisitFactory()
    visit.make_link()
    visit.save()
    return visit


def test_copy_of_a_paper_with_a_nul_in_its_code_is_not_found(client, visit):
    url = reverse("visits:request_paper", args=[visit.private_token, "%"])
    assert client.get(url.replace("%25", "a%00b")).status_code == 404


def test_visit_with_a_nul_in_its_reference_is_not_found(visit_officer):
    url = reverse("admin:visits_paper_issue", args=["%", "programme"])
    assert logged_in(visit_officer).get(url.replace("%25", "a%00b")).status_code == 404


@pytest.mark.parametrize(
    ("model", "query"), [(Message, "kind"), (Message, "status__exact"), (Paper, "language__exact")]
)
def test_list_asked_for_a_nul_is_not_found(visit_officer, model, query):
    response = logged_in(visit_officer).get(f"{changelist(model)}?{query}=a%00b")
    assert response.status_code == 404


def test_search_for_a_nul_is_not_found(client):
    assert client.get(f"{reverse('innovations:list')}?q=a%00b").status_code == 404
