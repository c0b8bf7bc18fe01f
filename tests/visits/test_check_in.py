"""The day of the visit: passes scanned, people found and counted, mistakes taken back."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from lxml import html

from tests.factories import ParticipantFactory, UserFactory, VisitFactory
from tests.staff import logged_in
from visits.models import GroupPass, Participant, Visit

pytestmark = pytest.mark.django_db

S = Visit.Status
TODAY = timezone.localdate


@pytest.fixture
def visit():
    return VisitFactory(
        status=S.CONFIRMED, held_on=TODAY(), expected_participants=40, organisation="Kota Tamu"
    )


@pytest.fixture
def siti(visit):
    return ParticipantFactory(visit=visit, name="Siti Aminah", institution="Bappeda")


@pytest.fixture
def phone(visit_officer):
    return logged_in(visit_officer)


def at(visit, name="check_in", *args):
    return reverse(f"visits:{name}", args=[visit.reference, *args])


def pass_of(holder):
    return reverse("visits:pass", args=[holder.private_token])


def tap(phone, participant, mark, url=None):
    form = {"participant": participant.pk, "mark": mark}
    response = phone.post(url or at(participant.visit), form)
    participant.refresh_from_db()
    return response


def state(participant):
    return participant.attended_at is not None, participant.left_at is not None


def found(response):
    return [participant.name for participant in response.context["participants"]]


def test_taps_check_in_and_out_and_take_back(phone, siti, visit_officer):
    assert state(siti) == (False, False)
    response = tap(phone, siti, "check_in")
    assert response.url == f"{at(siti.visit)}#p{siti.pk}"
    assert (state(siti), siti.checked_in_by) == ((True, False), visit_officer)
    tap(phone, siti, "check_out")
    assert state(siti) == (True, True)
    tap(phone, siti, "undo_check_out")
    assert state(siti) == (True, False)
    tap(phone, siti, "undo_check_in")
    assert (state(siti), siti.checked_in_by) == ((False, False), None)


def test_second_tap_keeps_the_first_time(phone, siti):
    tap(phone, siti, "check_in")
    first = siti.attended_at
    tap(phone, siti, "check_in")
    assert siti.attended_at == first


def test_nobody_leaves_who_has_not_come(phone, siti):
    tap(phone, siti, "check_out")
    tap(phone, siti, "undo_check_out")
    assert state(siti) == (False, False)


def test_check_in_taken_back_takes_back_the_leaving(phone, siti):
    tap(phone, siti, "check_in")
    tap(phone, siti, "check_out")
    tap(phone, siti, "undo_check_in")
    assert state(siti) == (False, False)


@pytest.mark.parametrize(
    ("status", "days", "code"),
    [
        (S.CONFIRMED, 0, None),
        (S.CONFIRMED, -1, None),
        (S.COMPLETED, -1, None),
        (S.CONFIRMED, 1, "too_early"),
        (S.SUBMITTED, 0, "not_confirmed"),
        (S.CANCELLED, 0, "not_confirmed"),
    ],
)
def test_check_in_is_open_on_the_day_of_a_confirmed_visit_and_after_it(siti, status, days, code):
    visit = siti.visit
    Visit.objects.update(status=status, held_on=TODAY() + timedelta(days=days))
    for call in (lambda: siti.check_in(by=None), lambda: visit.check_in_group(3, by=None)):
        if code:
            with pytest.raises(ValidationError) as refused:
                call()
            assert refused.value.code == code
        else:
            call()
    assert state(siti) == (code is None, False)


def test_refused_tap_is_explained_on_the_page(phone, siti):
    Visit.objects.update(held_on=TODAY() + timedelta(days=1))
    tap(phone, siti, "check_in")
    assert phone.get(at(siti.visit)).text.count("notice--error") == 1


@pytest.mark.parametrize(
    "form", [{}, {"participant": "0", "mark": "check_in"}, {"mark": "delete"}]
)
def test_broken_tap_changes_nothing(phone, siti, form):
    assert phone.post(at(siti.visit), form).status_code == 302
    assert state(siti) == (False, False)


def test_participant_of_another_visit_is_not_checked_in_here(phone, visit):
    other = ParticipantFactory()
    tap(phone, other, "check_in", url=at(visit))
    assert state(other) == (False, False)
    assert phone.get(at(visit, "check_in_one", other.pk)).status_code == 404


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Siti Aminah", "Budi", "Joko"]),
        ("?q=AMINAH", ["Siti Aminah"]),
        ("?q=bappeda", ["Siti Aminah"]),
        ("?q=%25", []),
        ("?show=expected", ["Siti Aminah"]),
        ("?show=present", ["Budi"]),
        ("?show=left", ["Joko"]),
        ("?show=present&q=siti", []),
        ("?show=nonsense", ["Siti Aminah", "Budi", "Joko"]),
    ],
)
def test_list_is_searched_and_narrowed(phone, siti, query, names):
    now = timezone.now()
    ParticipantFactory(visit=siti.visit, name="Budi", attended_at=now, position=1)
    ParticipantFactory(visit=siti.visit, name="Joko", attended_at=now, left_at=now, position=2)
    assert found(phone.get(at(siti.visit) + query)) == names


def test_search_stays_while_people_are_tapped(phone, siti):
    response = tap(phone, siti, "check_in", url=f"{at(siti.visit)}?q=siti&show=expected")
    assert response.url == f"{at(siti.visit)}?q=siti&show=expected#p{siti.pk}"


def test_counts_tell_expected_present_and_left(phone, siti):
    ParticipantFactory.create_batch(2, visit=siti.visit, present=True)
    tap(phone, siti, "check_in")
    tap(phone, siti, "check_out")
    page = html.fromstring(phone.get(at(siti.visit)).text)
    figures = [text.strip() for text in page.xpath("//dl[contains(@class, 'figures')]//dd/text()")]
    assert figures == ["40", "3", "1"]


def test_scan_by_staff_opens_the_participant_with_one_button(phone, siti):
    response = phone.get(pass_of(siti))
    assert response.url == at(siti.visit, "check_in_one", siti.pk)
    page = html.fromstring(phone.get(response.url).text)
    assert page.xpath("//main//button/@value") == ["check_in"]
    tap(phone, siti, "check_in", url=response.url)
    assert state(siti) == (True, False)


def test_scan_alone_checks_nobody_in(phone, siti):
    phone.get(pass_of(siti))
    phone.get(at(siti.visit, "check_in_one", siti.pk))
    siti.refresh_from_db()
    assert state(siti) == (False, False)


def test_scan_of_the_group_opens_its_count(phone, visit):
    assert phone.get(pass_of(GroupPass.of(visit))).url == at(visit, "check_in_group")


@pytest.mark.parametrize("is_staff", [True, False])
def test_scan_by_anybody_else_shows_the_pass(siti, is_staff):
    page = logged_in(UserFactory(is_staff=is_staff)).get(pass_of(siti))
    assert page.context["participant"] == siti
    assert "Siti Aminah" in page.text
    assert "csrfmiddlewaretoken" not in page.text


def test_scan_without_an_account_shows_the_pass_to_be_kept_by_nobody(client, siti):
    response = client.get(pass_of(siti))
    assert html.fromstring(response.text).xpath("//h1/text()") == ["Siti Aminah"]
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert at(siti.visit) in response.text


def test_pass_of_the_group_names_the_organisation_and_no_person(client, siti):
    text = client.get(pass_of(GroupPass.of(siti.visit))).text
    assert "Kota Tamu" in text
    assert "Siti Aminah" not in text


def test_second_factor_is_asked_before_a_scan_checks_in(phone, siti, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    assert phone.get(pass_of(siti)).context["participant"] == siti
    assert phone.get(at(siti.visit)).status_code == 302


def test_unknown_pass_is_not_found(client):
    assert client.get(reverse("visits:pass", args=["x" * 43])).status_code == 404


def test_pass_of_a_visit_called_off_has_no_code(client, siti):
    assert "<svg" in html_main(client.get(pass_of(siti)))
    Visit.objects.update(status=S.CANCELLED)
    assert "<svg" not in html_main(client.get(pass_of(siti)))


@pytest.mark.parametrize(
    ("days", "present", "ways"),
    [(1, False, []), (0, False, ["ask"]), (0, True, ["feedback", "ask"])],
)
def test_pass_leads_to_questions_on_the_day_and_to_feedback_once_its_holder_came(
    client, siti, days, present, ways
):
    Visit.objects.update(held_on=TODAY() + timedelta(days=days))
    if present:
        siti.check_in(by=None)
    for holder in (siti, GroupPass.of(siti.visit)):
        page = html.fromstring(client.get(pass_of(holder)).text)
        links = page.xpath("//main//p[@class='actions']/a/@href")
        assert links == [reverse(f"visits:{way}", args=[holder.private_token]) for way in ways]


def test_pass_leads_to_the_certificate_once_it_is_issued(client, siti, visit_officer):
    siti.check_in(by=visit_officer)
    Visit.objects.get().complete(by=visit_officer)
    certificate = reverse("visits:my_certificate", args=[siti.private_token])
    assert certificate in client.get(pass_of(siti)).text
    assert client.get(certificate)["Content-Type"] == "application/pdf"


def html_main(response):
    return html.tostring(html.fromstring(response.text).xpath("//main")[0]).decode()


def test_delegation_without_names_is_counted_as_a_group_and_corrected(phone, visit):
    url = at(visit, "check_in_group")
    page = phone.get(url)
    assert page.context["form"].initial == {"number": 40}
    assert list(page.context["form"].fields) == ["number"]
    assert phone.post(url, {"number": "38"}).url == at(visit)
    phone.post(url, {"number": "39"})
    visit.refresh_from_db()
    assert visit.participants == 39
    phone.post(url, {"undo": "1"})
    visit.refresh_from_db()
    assert visit.participants is None
    events = visit.events.filter(what="checked_in").order_by("pk")
    assert [event.details for event in events] == [
        {"from": None, "to": 38},
        {"from": 38, "to": 39},
        {"from": 39, "to": None},
    ]


def test_whole_list_is_checked_in_at_once_but_for_who_was_there_already(
    phone, siti, visit_officer
):
    earlier = timezone.now() - timedelta(hours=1)
    budi = ParticipantFactory(visit=siti.visit, attended_at=earlier)
    phone.post(at(siti.visit, "check_in_group"), {"number": "2", "everyone": "on"})
    siti.refresh_from_db()
    budi.refresh_from_db()
    assert (state(siti), siti.checked_in_by) == ((True, False), visit_officer)
    assert (budi.attended_at, budi.checked_in_by) == (earlier, None)


def test_group_count_beside_the_list_leaves_the_names_alone(phone, siti):
    phone.post(at(siti.visit, "check_in_group"), {"number": "35"})
    siti.refresh_from_db()
    assert state(siti) == (False, False)
    assert phone.get(at(siti.visit)).context["here"] == 35


@pytest.mark.parametrize(
    ("number", "code"),
    [("", "required"), ("0", "min_value"), ("501", "max_value"), ("banyak", "invalid")],
)
def test_number_that_cannot_be_is_refused(phone, visit, number, code):
    response = phone.post(at(visit, "check_in_group"), {"number": number})
    assert [error.code for error in response.context["form"].errors.as_data()["number"]] == [code]


def test_group_is_not_counted_before_the_day(phone, visit):
    Visit.objects.update(held_on=TODAY() + timedelta(days=1))
    for form in ({"number": "3"}, {"undo": "1"}):
        response = phone.post(at(visit, "check_in_group"), form)
        assert len(response.context["form"].non_field_errors()) == 1


def test_count_of_those_who_came_follows_corrections_after_the_visit(siti, visit_officer):
    ParticipantFactory(visit=siti.visit, present=True)
    visit = siti.visit
    visit.complete(by=visit_officer)
    assert visit.participants == 1
    siti.check_in(by=visit_officer)
    siti.check_in(by=visit_officer)
    visit.refresh_from_db()
    assert visit.participants == 2
    siti.undo_check_in(by=visit_officer)
    siti.undo_check_in(by=visit_officer)
    visit.refresh_from_db()
    assert visit.participants == 1


def test_group_count_decides_how_many_came(siti, visit_officer):
    visit = siti.visit
    siti.check_in(by=visit_officer)
    visit.check_in_group(35, by=visit_officer)
    visit.complete(by=visit_officer)
    assert visit.participants == 35


def test_check_in_takes_the_same_queries_for_1_and_for_3(phone, visit, django_assert_num_queries):
    for number in (1, 2):
        ParticipantFactory.create_batch(number, visit=visit)
        with django_assert_num_queries(8):
            phone.get(at(visit))
    assert Participant.objects.count() == 3
