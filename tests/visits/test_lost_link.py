"""A lost link comes back by e-mail, and nobody learns who asked for a visit."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from lxml import html

from magelang_portal.rate_limits import Policy
from tests.factories import VisitFactory
from visits.models import Message, Visit, VisitEvent

pytestmark = pytest.mark.django_db

S = Visit.Status
KNOWN = "sekretaris@contoh.example"


def ask(client, **data):
    return client.post(reverse("visits:lost_link"), {"email": KNOWN} | data)


def sent():
    return set(Message.objects.filter(kind="link_sent").values_list("visit", "to"))


def test_links_of_all_that_is_not_off_go_to_the_address_that_they_name(client):
    wanted = {VisitFactory(status=S.SUBMITTED), VisitFactory(status=S.WAITING_LIST)}
    wanted |= {VisitFactory(status=status, held_on="2030-01-07") for status in ("confirmed",)}
    wanted.add(VisitFactory(status=S.COMPLETED, held_on="2019-09-04"))
    VisitFactory(status=S.DECLINED)
    VisitFactory(status=S.CANCELLED)
    VisitFactory(contact_email="lain@contoh.example")
    ask(client, email="Sekretaris@Contoh.example ")
    assert sent() == {(visit.pk, KNOWN) for visit in wanted}


def test_reference_asks_for_one_request_whatever_became_of_it(client):
    visit = VisitFactory(status=S.DECLINED)
    VisitFactory()
    ask(client, reference=visit.reference.lower())
    assert sent() == {(visit.pk, KNOWN)}


def test_reference_of_someone_else_sends_nothing(client):
    visit = VisitFactory(contact_email="lain@contoh.example")
    ask(client, reference=visit.reference)
    assert sent() == set()


def test_mail_carries_the_link_and_the_database_does_not(client):
    visit = VisitFactory()
    ask(client)
    visit.refresh_from_db()
    assert visit.private_token
    assert visit.private_token not in str(list(Message.objects.values()))


@pytest.mark.parametrize("email", [KNOWN, "tidak.dikenal@contoh.example"])
def test_answer_is_the_same_for_every_address(client, email):
    VisitFactory()
    response = client.post(reverse("visits:lost_link"), {"email": email})
    assert response.url == reverse("visits:lost_link")
    page = html.document_fromstring(client.get(response.url).content)
    [notice] = page.find_class("notice")
    assert notice.text_content() == (
        "Jika ada permohonan dengan alamat surel ini, tautan pribadinya sedang dikirim ke sana. "
        "Periksa juga folder spam."
    )


def test_unknown_address_costs_the_same_work_and_leaves_no_trace(client):
    VisitFactory()
    ask(client)  # what is made once, such as a link, is made
    VisitEvent.objects.all().delete()
    Message.objects.all().delete()
    work = []
    for email in (KNOWN, "tidak.dikenal@contoh.example"):
        with CaptureQueriesContext(connection) as queries:
            ask(client, email=email)
        work.append([query["sql"].split()[0] for query in queries])
    known, unknown = work
    # The made-up visit is inserted, and its first link is saved.
    assert 0 <= len(unknown) - len(known) <= 4
    assert (Visit.objects.count(), VisitEvent.objects.count(), len(sent())) == (1, 1, 1)


def test_same_link_is_not_sent_again_and_again(client):
    visit = VisitFactory()
    for _click in range(3):
        assert ask(client).status_code == 302
    assert Message.objects.count() == 1
    VisitEvent.objects.update(at=timezone.now() - timedelta(minutes=11))
    ask(client)
    assert Message.objects.filter(visit=visit).count() == 2


def test_too_many_attempts_from_one_connection_are_told_so(client, monkeypatch):
    VisitFactory()
    monkeypatch.setattr("visits.views.lost_link.LOST_LINKS", Policy("lost_links", most=1))
    assert ask(client, email="x@contoh.example").status_code == 302
    response = ask(client)
    assert len(response.context["form"].non_field_errors()) == 1
    assert (sent(), response["Cache-Control"]) == (set(), "private, no-store")


@pytest.mark.parametrize(
    ("data", "code"), [({"email": ""}, "required"), ({"email": "sekretaris"}, "invalid")]
)
def test_what_is_no_address_comes_back(client, data, code):
    response = ask(client, **data)
    errors = response.context["form"].errors.as_data()
    assert [error.code for error in errors["email"]] == [code]


def test_erased_visit_has_no_link_to_send(client, visit_officer):
    VisitFactory(status=S.CANCELLED).erase(by=visit_officer)
    ask(client, email="")
    ask(client)
    assert sent() == set()


def test_page_speaks_both_languages(client):
    with translation.override("en"):
        address = reverse("visits:lost_link")
    assert "Lost your private link?" in client.get(address).text
