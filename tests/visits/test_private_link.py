import re

import pytest
from django.urls import reverse

from tests.factories import UserFactory, VisitFactory
from visits.models import Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(send):
    return send(organisation="<script>alert(1)</script>").url


def test_link_shows_reference_status_and_all_that_was_sent(client, link):
    visit = Visit.objects.get()
    text = client.get(link).text
    for shown in (
        visit.reference,
        visit.head_name,
        visit.contact_email,
        "Data Go",
        "Belajar membuka data &lt;sektoral&gt;.",
    ):
        assert shown in text


def test_what_a_delegation_typed_never_becomes_markup(client, link):
    text = client.get(link).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>" not in text


@pytest.mark.parametrize("guess", ["a" * 43, "x", "KM-2026-ABCDE"])
def test_guessed_link_is_not_found(client, link, guess):
    assert client.get(reverse("visits:request", args=[guess])).status_code == 404
    assert client.get(reverse("visits:request_letter", args=[guess])).status_code == 404


def test_link_is_long_and_stored_only_as_a_hash(link):
    token = link.rstrip("/").rpartition("/")[2]
    assert re.fullmatch(r"[\w-]{43}", token)
    visit = Visit.objects.get()
    assert re.fullmatch(r"[0-9a-f]{64}", visit.link_hash)
    assert token not in str(visit.__dict__)


def test_private_pages_are_kept_and_indexed_by_nobody(client, link):
    response = client.get(link)
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "strict-origin"


def test_private_page_tells_why_a_request_was_declined(client, link, publisher):
    Visit.objects.get().decline(by=publisher, reason="Aula sedang diperbaiki.")
    assert "Aula sedang diperbaiki." in client.get(link).text


def test_letter_is_downloaded_through_the_link(client, link):
    response = client.get(f"{link}{_letter_part(link)}")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response.streaming_content).startswith(b"%PDF-")


def _letter_part(link):
    token = link.rstrip("/").rpartition("/")[2]
    return reverse("visits:request_letter", args=[token]).removeprefix(link)


def test_letter_never_stands_at_a_public_address(client, link):
    name = Visit.objects.get().letter.name
    assert client.get(f"/media/{name}").status_code == 404


def test_page_takes_few_queries_however_long_the_history(
    client, link, publisher, django_assert_num_queries
):
    for _round in range(2):
        with django_assert_num_queries(6):
            client.get(link)
        Visit.objects.get().confirm(by=publisher)
        Visit.objects.update(status=Visit.Status.SUBMITTED)


def test_staff_letter_asks_strangers_to_sign_in(client, link):
    url = reverse("visits:letter", args=[Visit.objects.get().reference])
    assert client.get(url).status_code == 302


def test_staff_letter_is_refused_to_staff_without_the_task(client, link):
    client.force_login(UserFactory())
    url = reverse("visits:letter", args=[Visit.objects.get().reference])
    assert client.get(url).status_code == 403


def test_visit_officer_downloads_the_letter(client, link, visit_officer):
    client.force_login(visit_officer)
    url = reverse("visits:letter", args=[Visit.objects.get().reference])
    assert b"".join(client.get(url).streaming_content).startswith(b"%PDF-")


def test_letter_of_a_visit_without_one_is_not_found(client, visit_officer):
    client.force_login(visit_officer)
    url = reverse("visits:letter", args=[VisitFactory().reference])
    assert client.get(url).status_code == 404


def test_private_page_names_what_left_the_public_site_without_a_dead_link(client, link):
    stop = Visit.objects.get().stops.get()
    stop.innovation.return_to_draft(by=None)
    text = client.get(link).text
    assert stop.innovation.name in text
    assert stop.innovation.get_absolute_url() not in text
